//! Parses paths: `/` is the root, `/Docs/a.txt` an item below it.

pub(crate) mod fault;

pub use self::fault::PathFault;
use crate::error::Error;

/// Splits a path into names; the root has none. One slash at the end is allowed.
///
/// # Errors
/// [`Error::BadPath`] for a path that does not begin with a slash or has an empty name in it.
pub(crate) fn names_of(path: &str) -> Result<impl Iterator<Item = &str>, Error> {
    let bad = |fault| Error::BadPath { path: path.to_owned(), fault };
    let inner = path.strip_prefix('/').ok_or_else(|| bad(PathFault::NoSlash))?;
    let inner = inner.strip_suffix('/').filter(|inner| !inner.is_empty()).unwrap_or(inner);
    if inner.starts_with('/') || inner.ends_with('/') || inner.contains("//") {
        return Err(bad(PathFault::EmptyName));
    }
    Ok(inner.split('/').filter(|name| !name.is_empty()))
}

/// Splits a path into that of the folder and the last name.
///
/// # Errors
/// [`Error::BadPath`] for a text that is not a path, and for the root, which has no name.
pub fn split_last(path: &str) -> Result<(&str, &str), Error> {
    let _is_a_path = names_of(path)?;
    let inner = path.strip_suffix('/').unwrap_or(path);
    match inner.rsplit_once('/') {
        Some((folder, name)) if !name.is_empty() => Ok((if folder.is_empty() { "/" } else { folder }, name)),
        _ => Err(Error::BadPath { path: path.to_owned(), fault: PathFault::Root }),
    }
}

/// Returns the path of `below`, a name or a path, in the folder at `folder`.
pub(crate) fn join(folder: &str, below: &str) -> String {
    format!("{}/{}", folder.trim_end_matches('/'), below.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&[&str]>) {
        let names = names_of(path).map(|names| names.collect::<Vec<_>>());
        assert_eq!(names.as_deref().ok(), expected, "{path:?}");
    }

    #[test]
    fn paths_are_split_and_other_texts_fail() {
        check("/", Some(&[]));
        check("/a", Some(&["a"]));
        check("/a/b c/", Some(&["a", "b c"]));
        for path in ["", "a", "a/b", "//", "//a", "/a//b", "/a//"] {
            check(path, None);
        }
    }

    #[test]
    fn a_folder_and_a_path_below_it_are_joined() {
        assert_eq!(join("/", "a"), "/a");
        assert_eq!(join("/a", "b"), "/a/b");
        assert_eq!(join("/a", "/b/c"), "/a/b/c");
    }

    #[test]
    fn the_last_name_is_split_off() {
        assert_eq!(split_last("/a"), Ok(("/", "a")));
        assert_eq!(split_last("/a/b/"), Ok(("/a", "b")));
        assert!(split_last("/").is_err());
        assert!(split_last("/a//b").is_err());
    }
}
