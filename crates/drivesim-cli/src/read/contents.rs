//! Reads the bytes of files once, each into the buffer that the drive keeps, up to a limit for all files.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::anyhow;
use drivesim::item::Content;
use indicatif::HumanBytes;

use super::create_items::NewItem;
use crate::args::origin;
use crate::failure::Failure;
use crate::progress::ReadProgress;

/// How many bytes are read between two updates of the progress.
const PIECE: usize = 4 << 20;

/// How the contents of files are read: only their sizes, or bytes up to a limit.
#[derive(Debug)]
pub(crate) struct Contents {
    is_read: bool,
    most: u64,
    n_left: u64,
    pub(super) reading: ReadProgress,
}

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum ReadError {
    /// The file is left out.
    LeftOut(String),
    /// The limit is exceeded, so the command fails.
    TooMuch(Failure),
}

impl Contents {
    /// Starts to read files. With `is_read` their bytes are read, at most `most` of all files together.
    pub(crate) fn new(is_read: bool, most: u64) -> Contents {
        Contents { is_read, most, n_left: most, reading: ReadProgress::start() }
    }

    /// Reads the content of a file that had `size` bytes.
    pub(super) fn read(&mut self, path: &Path, size: u64) -> Result<NewItem, ReadError> {
        if !self.is_read {
            return Ok(NewItem::Sized(size));
        }
        self.n_left = self.n_left.checked_sub(size).ok_or_else(|| self.too_much(path, size))?;
        let bytes = bytes_of(path, size, &mut self.reading).map_err(ReadError::LeftOut)?;
        Ok(NewItem::Bytes(Content::from(bytes)))
    }

    fn too_much(&self, path: &Path, size: u64) -> ReadError {
        let before = match self.most - self.n_left {
            0 => String::new(),
            n_read => format!(", after {} of other files", HumanBytes(n_read)),
        };
        ReadError::TooMuch(Failure::Usage(anyhow!(
            "{path:?} has {}{before}: {} allows {} of content in all; give it more, or leave --with-content out",
            HumanBytes(size),
            origin("max-content"),
            HumanBytes(self.most),
        )))
    }
}

/// Reads a file that had `size` bytes.
///
/// An empty file is not opened: files of `/proc` that have this size may be endless.
fn bytes_of(path: &Path, size: u64, reading: &mut ReadProgress) -> Result<Vec<u8>, String> {
    let mut bytes = buffer_for(size).ok_or_else(|| format!("{size} bytes do not fit into memory"))?;
    if bytes.is_empty() {
        return Ok(bytes);
    }
    let changed = || "it changed while it was read".to_owned();
    let message = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => changed(),
        _ => error.to_string(),
    };
    let mut file = File::open(path).map_err(message)?;
    for piece in bytes.chunks_mut(PIECE) {
        file.read_exact(piece).map_err(message)?;
        reading.add_bytes(piece.len() as u64);
    }
    // One byte more means that the file has grown.
    match file.read(&mut [0]).map_err(message)? {
        0 => Ok(bytes),
        _ => Err(changed()),
    }
}

/// Allocates a buffer for a file; `None` if there is not enough memory.
fn buffer_for(size: u64) -> Option<Vec<u8>> {
    let size = usize::try_from(size).ok()?;
    let mut buffer = Vec::new();
    // A failed allocation would abort the program; a failed reservation does not.
    buffer.try_reserve_exact(size).ok()?;
    buffer.resize(size, 0);
    Some(buffer)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(path: &Path, size: u64) -> Result<Vec<u8>, String> {
        bytes_of(path, size, &mut ReadProgress::start())
    }

    #[test]
    fn a_file_whose_size_changed_fails() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "four").unwrap();
        assert_eq!(read(&path, 4), Ok(b"four".to_vec()));
        for size in [3, 5] {
            assert_eq!(read(&path, size), Err("it changed while it was read".to_owned()));
        }
        assert!(read(&path, u64::MAX).unwrap_err().contains("do not fit"));
        assert!(read(&dir.path().join("none"), 1).is_err());
        assert_eq!(read(&dir.path().join("none"), 0), Ok(Vec::new()));
    }

    #[test]
    fn a_file_of_several_chunks_is_read_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let bytes: Vec<u8> = (0..PIECE + 7).map(|at| at as u8).collect();
        fs::write(&path, &bytes).unwrap();
        assert!(read(&path, bytes.len() as u64) == Ok(bytes));
    }

    #[test]
    fn the_error_names_the_file_that_exceeds_the_total_limit() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        fs::write(&a, "four").unwrap();
        fs::write(&b, "five!").unwrap();
        let mut contents = Contents::new(true, 8);
        assert!(matches!(contents.read(&a, 4), Ok(NewItem::Bytes(_))));
        let Err(ReadError::TooMuch(Failure::Usage(error))) = contents.read(&b, 5) else { panic!("it fits") };
        let message = error.to_string();
        assert!(
            message.contains("b\" has 5 B, after 4 B of other files: --max-content allows 8 B"),
            "{message}"
        );
        // A smaller file still fits.
        assert!(matches!(contents.read(&a, 4), Ok(NewItem::Bytes(_))));
        assert!(matches!(Contents::new(false, 0).read(&b, 5), Ok(NewItem::Sized(5))));
    }
}
