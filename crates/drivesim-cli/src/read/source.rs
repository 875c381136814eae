//! Determines what a path names: a folder, a file, or an outline.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

/// The extension of outline files.
const OUTLINE: &str = "outline";

/// The kind of SOURCE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SourceKind {
    Folder,
    File,
    Outline,
}

impl SourceKind {
    /// Determines what a path names, following links. With `as_outline` any file is an outline.
    ///
    /// A stream, such as a shell's `<(…)`, has no size for a file of a drive, so it is an outline.
    pub(crate) fn of(source: &Path, as_outline: bool) -> anyhow::Result<SourceKind> {
        if is_stdin(source) {
            return Ok(SourceKind::Outline);
        }
        let found = fs::metadata(source).with_context(|| format!("cannot read {source:?}"))?;
        let kind = found.file_type();
        if kind.is_dir() {
            return Ok(SourceKind::Folder);
        }
        if is_stream(kind) || kind.is_file() && (as_outline || is_outline_name(source)) {
            return Ok(SourceKind::Outline);
        }
        if kind.is_file() {
            return Ok(SourceKind::File);
        }
        bail!("{source:?} is neither a folder nor a file")
    }
}

/// Returns whether a path is standard input, which is read once and not through a file.
pub(super) fn is_stdin(path: &Path) -> bool {
    ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].iter().any(|stdin| path == Path::new(stdin))
}

/// Returns the name of a source for messages.
pub(super) fn display_name(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { format!("{path:?}") }
}

fn is_outline_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(OUTLINE))
}

#[cfg(unix)]
fn is_stream(kind: fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    kind.is_fifo() || kind.is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_: fs::FileType) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_with_the_extension_are_outlines_unless_forced() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for name in ["a.outline", "b.OUTLINE", "c.txt", "outline", "noext", ".outline", "d.outline.bak"] {
            fs::write(path(name), "").unwrap();
        }
        fs::create_dir(path("folder.outline")).unwrap();
        let kind = |name: &str, as_outline: bool| SourceKind::of(&path(name), as_outline).unwrap();
        for name in ["a.outline", "b.OUTLINE"] {
            assert_eq!(kind(name, false), SourceKind::Outline, "{name}");
        }
        for name in ["c.txt", "outline", "noext", ".outline", "d.outline.bak"] {
            assert_eq!(kind(name, false), SourceKind::File, "{name}");
            assert_eq!(kind(name, true), SourceKind::Outline, "{name}");
        }
        for as_outline in [false, true] {
            assert_eq!(kind("folder.outline", as_outline), SourceKind::Folder);
        }
        assert!(SourceKind::of(&path("none.outline"), true).is_err());
        assert_eq!(SourceKind::of(Path::new("-"), false).unwrap(), SourceKind::Outline);
    }
}
