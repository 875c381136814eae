//! Matches paths with the patterns of operations.

/// Returns whether segments match a path, in which braces at the end of a segment match any text.
pub(crate) fn matches(path: &str, rest: &[String]) -> bool {
    let is_one = |(pattern, segment): (&str, &String)| match pattern.split_once('{') {
        Some((start, _)) => segment.len() > start.len() && segment.starts_with(start),
        None => pattern == segment,
    };
    path.split('/').count() == rest.len() && path.split('/').zip(rest).all(is_one)
}
