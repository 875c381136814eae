//! Counts the bytes of files that are being sent, which stay in memory until they are sent even if the files are
//! deleted.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Bytes;
use drivesim::Sim;
use drivesim::item::FileBytes;
use foldhash::fast::FixedState;
use parking_lot::Mutex;

use crate::limits::budget::OverBudget;

/// Files up to this size are not counted: a connection holds as much anyway.
const UNCOUNTED: usize = 4 << 10;

/// The files that are being sent. Clones share the count.
///
/// Each file counts once, however many requests send it, and in full, even if only a range is sent. The limit for all
/// together is what drives may hold. So a file that still exists is refused only while deleted files are being sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Downloads(Arc<Mutex<Active>>);

#[derive(Debug, Default)]
struct Active {
    /// The number of transfers of each file, by the address of its bytes.
    by_address: HashMap<usize, usize, FixedState>,
    n_bytes: u64,
}

impl Downloads {
    /// Returns how many bytes may be sent at the same time: what drives may hold, or what they do hold if that is more.
    pub(crate) fn max_bytes(sim: &Sim) -> u64 {
        sim.bounds().max_content.max(sim.held().1)
    }

    /// Counts a file that is about to be sent. `most` is the limit for all files.
    pub(crate) fn begin(&self, bytes: &FileBytes, most: u64) -> Result<Option<CountedFile>, OverBudget> {
        if bytes.len() <= UNCOUNTED {
            return Ok(None);
        }
        let mut active = self.0.lock();
        let n_bytes = active.n_bytes.saturating_add(bytes.len() as u64);
        let times = active.by_address.get(&bytes.address()).copied().unwrap_or_default();
        if times == 0 {
            if n_bytes > most && active.n_bytes > 0 {
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                return Err(OverBudget { limit: "max_content", most });
            }
            active.n_bytes = n_bytes;
        }
        active.by_address.insert(bytes.address(), times + 1);
        Ok(Some(CountedFile { bytes: bytes.clone(), downloads: self.clone() }))
    }

    /// Returns the number of bytes of all files that are being sent.
    pub(crate) fn n_bytes(&self) -> u64 {
        self.0.lock().n_bytes
    }
}

/// A counted file that is being sent.
#[derive(Debug)]
pub(crate) struct CountedFile {
    // Kept while it counts, so that no other bytes get the address.
    bytes: FileBytes,
    downloads: Downloads,
}

impl CountedFile {
    /// Returns the bytes of a range, which count until the last clone is dropped.
    pub(crate) fn slice(self, range: Range<usize>) -> Bytes {
        Bytes::from_owner(self).slice(range)
    }
}

impl AsRef<[u8]> for CountedFile {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for CountedFile {
    fn drop(&mut self) {
        let mut active = self.downloads.0.lock();
        let address = self.bytes.address();
        match active.by_address.get_mut(&address) {
            Some(times) if *times > 1 => *times -= 1,
            _ => {
                active.by_address.remove(&address);
                active.n_bytes = active.n_bytes.saturating_sub(self.bytes.len() as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(n_bytes: usize) -> FileBytes {
        FileBytes::from(vec![7; n_bytes])
    }

    #[test]
    fn a_file_counts_once_and_in_full_until_its_last_range_is_sent() {
        let (downloads, file) = (Downloads::default(), bytes(10_000));
        let first = downloads.begin(&file, 15_000).unwrap().unwrap().slice(0..10_000);
        let second = downloads.begin(&file, 15_000).unwrap().unwrap().slice(3..5);
        drop(file);
        let third = second.slice(1..);
        let refused = downloads.begin(&bytes(10_000), 15_000).unwrap_err();
        assert_eq!((refused.limit, refused.most, downloads.n_bytes()), ("max_content", 15_000, 10_000));
        drop(first);
        drop(second);
        assert_eq!((&third[..], downloads.n_bytes()), (&[7][..], 10_000));
        drop(third);
        assert_eq!(downloads.n_bytes(), 0);
        assert!(downloads.0.lock().by_address.is_empty());
    }

    #[test]
    fn a_single_file_is_always_sent_and_small_ones_do_not_count() {
        let downloads = Downloads::default();
        let alone = downloads.begin(&bytes(10_000), 5000).unwrap();
        assert!(downloads.begin(&bytes(10_000), 5000).is_err());
        assert!(downloads.begin(&bytes(4096), 5000).unwrap().is_none());
        drop(alone);
        assert_eq!(downloads.n_bytes(), 0);
    }
}
