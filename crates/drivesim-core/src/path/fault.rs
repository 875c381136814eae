//! Defines the faults of paths and their messages, with the path that was probably meant.

use crate::name::Quoted;

/// A rule of paths that a text breaks. [`Error::BadPath`](crate::Error::BadPath) shows the text and a corrected path.
///
/// ```
/// # use drivesim_core::{Drive, Error, PathFault, Profile, Timestamp};
/// let drive = Drive::new(Profile::PLAIN, Timestamp::UNIX_EPOCH);
/// let refused = drive.find("Docs").unwrap_err();
/// assert_eq!(refused, Error::BadPath { path: "Docs".to_owned(), fault: PathFault::NoSlash });
/// assert_eq!(refused.to_string(), "\"Docs\" is not a path: a path begins with a slash, as \"/Docs\"");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathFault {
    /// It does not begin with a slash.
    #[error("a path begins with a slash")]
    NoSlash,
    /// It has two consecutive slashes.
    #[error("names of a path are separated by one slash")]
    EmptyName,
    /// It is the root, but the path of an item below it is needed.
    #[error("the root has no name")]
    Root,
}

impl PathFault {
    /// Returns the rest of a message that begins with the path: the rule and the right form.
    pub(crate) fn explained(self, path: &str) -> String {
        match self {
            PathFault::NoSlash | PathFault::EmptyName => {
                format!("is not a path: {self}, as {}", Quoted(&corrected(path)))
            }
            PathFault::Root => {
                format!("is the root of a drive: {self}, the path of an item in it is like \"/name\"")
            }
        }
    }
}

/// Returns the path that a text was probably meant to be.
fn corrected(text: &str) -> String {
    let slashes = if text.contains('/') { text.to_owned() } else { text.replace('\\', "/") };
    let names: Vec<&str> = slashes.split('/').filter(|name| !name.is_empty()).collect();
    let names = if names.first() == Some(&".") { &names[1..] } else { &names[..] };
    format!("/{}", names.join("/"))
}

/// Returns a hint for the message about a missing path that contains `.` or `..`: these are not followed.
pub(crate) fn dots_hint(path: &str) -> String {
    let mut names = Vec::new();
    let mut dots = None;
    for name in path.split('/').skip(1).filter(|name| !name.is_empty()) {
        match name {
            "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
        dots = dots.or(Some(name).filter(|name| [".", ".."].contains(name)));
    }
    let hint = |dots| {
        format!(": {dots:?} is not followed in a path, write {}", Quoted(&format!("/{}", names.join("/"))))
    };
    dots.map(hint).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::path::{names_of, split_last};

    /// Checks the message about a text that is not a path, and that the corrected path is valid.
    fn check_message(path: &str, expected: &str) {
        let error = split_last(path).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
        let right = corrected(path);
        assert!(names_of(&right).is_ok(), "{right}");
    }

    #[test]
    fn an_invalid_path_is_shown_with_its_corrected_form() {
        check_message("a", "\"a\" is not a path: a path begins with a slash, as \"/a\"");
        check_message("", "\"\" is not a path: a path begins with a slash, as \"/\"");
        check_message("./a/b/", "\"./a/b/\" is not a path: a path begins with a slash, as \"/a/b\"");
        check_message("a\\b", "\"a\\\\b\" is not a path: a path begins with a slash, as \"/a/b\"");
        check_message(
            "/a//b",
            "\"/a//b\" is not a path: names of a path are separated by one slash, as \"/a/b\"",
        );
        check_message("//", "\"//\" is not a path: names of a path are separated by one slash, as \"/\"");
        check_message(
            "/",
            "\"/\" is the root of a drive: the root has no name, the path of an item in it is like \"/name\"",
        );
    }

    #[test]
    fn a_missing_path_with_dots_is_shown_without_them() {
        let message = |item: &str| Error::NotFound { item: item.to_owned() }.to_string();
        assert_eq!(message("/a/b"), "\"/a/b\" does not exist");
        assert_eq!(message("/a..b/c."), "\"/a..b/c.\" does not exist");
        assert_eq!(
            message("/a/../b/./c"),
            "\"/a/../b/./c\" does not exist: \"..\" is not followed in a path, write \"/b/c\""
        );
        assert_eq!(message("/.."), "\"/..\" does not exist: \"..\" is not followed in a path, write \"/\"");
    }
}
