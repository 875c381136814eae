//! The only place that searches among so many that memory is what takes the time.

/// Returns how many parts at the front `is_before` holds for, as [`slice::partition_point`] does.
///
/// Three are asked at a time. None waits for what another says, so memory, which is what a search among many mostly
/// waits for, is waited for half as often.
pub(super) fn partition_point<T>(parts: &[T], mut is_before: impl FnMut(&T) -> bool) -> usize {
    let (mut low, mut len) = (0, parts.len());
    while let quarter @ 1.. = len / 4 {
        let mut ask = |number: usize| usize::from(is_before(&parts[low + number * quarter]));
        let n_quarters = ask(1) + ask(2) + ask(3);
        let end = if n_quarters == 3 { low + len } else { low + (n_quarters + 1) * quarter };
        if n_quarters > 0 {
            low += n_quarters * quarter + 1;
        }
        len = end - low;
    }
    low + parts[low..low + len].iter().filter(|part| is_before(part)).count()
}
