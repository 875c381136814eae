//! Holds the parts of an upload session, and joins them to the content of a file.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use drivesim::drive::DriveId;
use drivesim::item::{FileBytes, Timestamp};
use uuid::Uuid;

use crate::limits::budget::Permit;
use crate::state::uploads::{NewUpload, PastSession, UploadError};

/// The memory of a session without its details, and of a part without its bytes: many tiny parts take memory too.
pub(super) const SESSION_OVERHEAD: usize = 2 * size_of::<(Uuid, UploadSession)>();
const PART_OVERHEAD: usize = 2 * size_of::<(u64, UploadPart)>();

/// Returns the least memory of a complete session for a file of a size.
pub(crate) fn min_memory(size: u64, part_size: u64) -> u64 {
    let overhead = size.div_ceil(part_size).saturating_mul(PART_OVERHEAD as u64);
    size.saturating_add(overhead).saturating_add(SESSION_OVERHEAD as u64)
}

/// Bytes of a file, and the permit that counts them.
#[derive(Debug)]
struct Piece {
    bytes: FileBytes,
    _permit: Permit,
}

/// A part that was received.
#[derive(Debug)]
pub(crate) struct UploadPart {
    pub(crate) range: Range<u64>,
    /// The digest that came with it, if the service requires one.
    pub(crate) sha1: Option<[u8; 20]>,
    /// `None` once the parts are joined.
    piece: Option<Piece>,
}

/// An upload in progress.
#[derive(Debug)]
pub(crate) struct UploadSession {
    pub(crate) id: Uuid,
    pub(crate) drive: DriveId,
    details: Arc<dyn Any + Send + Sync>,
    /// The size of the file, once a request has declared it.
    pub(crate) total: Option<u64>,
    pub(crate) expires_at: Timestamp,
    /// How long it is known as expired.
    known_until: Timestamp,
    /// By their offsets.
    parts: BTreeMap<u64, UploadPart>,
    /// The parts that a request has joined to create the file.
    joined: Option<Piece>,
    /// Counts the session itself.
    permit: Arc<Permit>,
    /// Whether its file is being created, from parts that were taken out. Requests do not find it until that has failed.
    is_ending: bool,
}

impl UploadSession {
    pub(super) fn new(id: Uuid, upload: NewUpload, now: Timestamp, permit: Permit) -> UploadSession {
        let NewUpload { drive, details, total, expires_at, .. } = upload;
        let life = expires_at.duration_since(now);
        UploadSession {
            id,
            drive,
            details,
            total,
            expires_at,
            known_until: expires_at.saturating_add(life).unwrap_or(Timestamp::MAX),
            parts: BTreeMap::new(),
            joined: None,
            permit: Arc::new(permit),
            is_ending: false,
        }
    }

    /// Returns what the service keeps with the session; `None` if that has another type.
    pub(crate) fn details<D: Any + Send + Sync>(&self) -> Option<Arc<D>> {
        self.details.clone().downcast().ok()
    }

    /// Returns the received parts, in the order of the file.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = &UploadPart> {
        self.parts.values()
    }

    /// Returns the part that begins at an offset.
    pub(crate) fn part_at(&self, offset: u64) -> Option<&UploadPart> {
        self.parts.get(&offset)
    }

    /// Returns the end of the last part; 0 before the first.
    pub(crate) fn end_of_parts(&self) -> u64 {
        self.parts.last_key_value().map_or(0, |(_, part)| part.range.end)
    }

    /// Adds a part. The caller has checked its range.
    pub(crate) fn add_part(
        &mut self,
        range: Range<u64>,
        bytes: &[u8],
        sha1: Option<[u8; 20]>,
    ) -> Result<(), UploadError> {
        let mut permit = self.permit.empty_like();
        permit.grow(bytes.len() + PART_OVERHEAD).map_err(UploadError::OverBudget)?;
        // Copied, because the bytes may be part of a larger buffer, which they would keep alive.
        let piece = Piece { bytes: FileBytes::from(bytes.to_vec()), _permit: permit };
        self.parts.insert(range.start, UploadPart { range, sha1, piece: Some(piece) });
        Ok(())
    }

    /// Takes the parts out, to create the file from them. Requests do not find the session until it is reopened.
    pub(crate) fn end(&mut self) -> UploadSession {
        self.is_ending = true;
        UploadSession {
            details: self.details.clone(),
            parts: std::mem::take(&mut self.parts),
            joined: self.joined.take(),
            permit: self.permit.clone(),
            is_ending: false,
            ..*self
        }
    }

    pub(super) fn is_ending(&self) -> bool {
        self.is_ending
    }

    /// Puts back the parts that [`UploadSession::end`] has taken out.
    pub(super) fn resume(&mut self, ended: UploadSession) {
        (self.parts, self.joined, self.is_ending) = (ended.parts, ended.joined, false);
    }

    pub(super) fn past(&self) -> PastSession {
        PastSession { id: self.id, drive: self.drive, known_until: self.known_until }
    }

    /// Returns the bytes of the parts, in the order of the file.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let parts = self.parts.values().filter_map(|part| part.piece.as_ref());
        self.joined.iter().chain(parts).map(|piece| &*piece.bytes)
    }

    /// Joins the parts and returns all bytes. A single part is not copied.
    pub(crate) fn join(&mut self) -> FileBytes {
        let parts = self.parts.values_mut().filter_map(|part| part.piece.take());
        let mut pieces: Vec<Piece> = self.joined.take().into_iter().chain(parts).collect();
        let whole = match (pieces.pop(), pieces.is_empty()) {
            (Some(single), true) => single,
            (last, _) => {
                pieces.extend(last);
                self.copy(pieces)
            }
        };
        self.joined.insert(whole).bytes.clone()
    }

    /// Copies pieces into one. Each is freed as soon as it is copied, so that not all bytes are held twice.
    fn copy(&self, pieces: Vec<Piece>) -> Piece {
        let mut permit = self.permit.empty_like();
        let n_bytes = pieces.iter().map(|piece| piece.bytes.len()).sum();
        let mut whole = Vec::with_capacity(n_bytes);
        for piece in pieces {
            let n_bytes = piece.bytes.len();
            whole.extend_from_slice(&piece.bytes);
            drop(piece);
            // The dropped piece has freed as much.
            permit.grow_anyway(n_bytes);
        }
        Piece { bytes: FileBytes::from(whole), _permit: permit }
    }
}
