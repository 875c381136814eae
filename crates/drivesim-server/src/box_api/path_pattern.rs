//! Matches paths with the patterns of operations.

/// Returns whether segments match a path, in which braces at the end of a segment match any text.
pub(crate) fn matches(pattern: &str, segments: &[String]) -> bool {
    let mut names = pattern.split('/');
    let is_match = |segment: &String| names.next().is_some_and(|name| matches_segment(name, segment));
    segments.iter().all(is_match) && names.next().is_none()
}

fn matches_segment(name: &str, segment: &str) -> bool {
    if name == segment {
        return true;
    }
    let start = name.split_once('{').map(|(start, _)| start);
    start.is_some_and(|start| segment.len() > start.len() && segment.starts_with(start))
}

/// Returns a sort key that places patterns with a fixed segment before those with a name in braces in its place.
pub(crate) fn precedence(pattern: &str) -> Vec<bool> {
    pattern.split('/').map(|name| name.starts_with('{')).collect()
}
