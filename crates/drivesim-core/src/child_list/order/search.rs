//! Searches among many children, where memory access takes most of the time.

use super::{Order, Piece};

impl Order {
    /// Returns how many children at the front satisfy `is_before`; see [`Row::partition_point`].
    pub(crate) fn partition_point(&self, is_before: impl FnMut(u32) -> bool) -> u32 {
        self.partition_point_among(u32::MAX, is_before)
    }

    /// Returns how many of the first `n_children` children satisfy `is_before`.
    pub(crate) fn partition_point_among(
        &self,
        n_children: u32,
        mut is_before: impl FnMut(u32) -> bool,
    ) -> u32 {
        let among = |len: usize| len.min(n_children as usize);
        match self {
            Order::Row(row) => row.slice(0..n_children).partition_point(is_before),
            Order::Few(slots) => slots[..among(slots.len())].partition_point(|&slot| is_before(slot)) as u32,
            Order::Many(branches) => {
                let branches = &branches[..n_starting_among(branches, n_children, |branch| branch.len)];
                let n_branches = branches.partition_point(|branch| is_before(branch.first()));
                let Some((last, skipped)) = branches[..n_branches].split_last() else { return 0 };
                let before: u32 = skipped.iter().map(|branch| branch.len).sum();
                let n_pieces = n_starting_among(&last.pieces, n_children - before, Piece::len);
                let n_pieces = partition_point(&last.pieces[..n_pieces], |piece| is_before(piece.first()));
                let Some((last, skipped)) = last.pieces[..n_pieces].split_last() else { return before };
                let before = before + skipped.iter().map(Piece::len).sum::<u32>();
                let n_left = n_children - before;
                before
                    + match last {
                        Piece::Row(row) => row.slice(0..n_left).partition_point(is_before),
                        Piece::Slots(slots) => {
                            let slots = &slots.slots[..slots.slots.len().min(n_left as usize)];
                            partition_point(slots, |&slot| is_before(slot)) as u32
                        }
                    }
            }
        }
    }
}

/// Returns how many parts begin among the first `n_children`.
fn n_starting_among<T>(parts: &[T], n_children: u32, len: impl Fn(&T) -> u32) -> usize {
    if n_children == u32::MAX {
        return parts.len();
    }
    let starts = parts.iter().scan(0, |end, part| {
        *end += len(part);
        Some(*end - len(part))
    });
    starts.take_while(|&start| start < n_children).count()
}

/// Returns how many parts at the front satisfy `is_before`, as [`slice::partition_point`] does.
///
/// Three are tested at a time. These tests are independent of each other, so the search waits for memory, which takes
/// most of its time, half as often.
pub(super) fn partition_point<T>(parts: &[T], mut is_before: impl FnMut(&T) -> bool) -> usize {
    let (mut low, mut len) = (0, parts.len());
    while let quarter @ 1.. = len / 4 {
        let mut test = |number: usize| usize::from(is_before(&parts[low + number * quarter]));
        let n_quarters = test(1) + test(2) + test(3);
        let end = if n_quarters == 3 { low + len } else { low + (n_quarters + 1) * quarter };
        if n_quarters > 0 {
            low += n_quarters * quarter + 1;
        }
        len = end - low;
    }
    low + parts[low..low + len].iter().filter(|part| is_before(part)).count()
}
