//! The only place that tells what has changed in a drive since a moment that a token stands for.

use std::fmt;
use std::str::FromStr;

use crate::changes::{Entry, Tombstone};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::Item;
use crate::tree::Walk;

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Change {
    /// The item is new or has changed; this is how it is now.
    Changed(Item),
    /// The item was deleted, with all below it, or a copy that made it was undone.
    Deleted(Tombstone),
}

/// What has changed since a token.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Changes {
    /// Each item that changed once, in the order of its last change.
    pub changes: Vec<Change>,
    /// Stands for the moment after these.
    pub token: ChangeToken,
    /// Whether there are more by now.
    pub more: bool,
}

/// Stands for a moment in the life of a drive. It prints as a short text and parses back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChangeToken {
    at: At,
    /// Which drive, and which life of it: one that was put back to an earlier state has another.
    epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum At {
    /// All items are being listed, by slot, and this one is next; then come the changes after a number.
    Listing { slot: u32, then: u64 },
    /// All changes up to this number are known.
    Since(u64),
}

impl fmt::Display for ChangeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            At::Listing { slot, then } => write!(f, "{:x}-{then:x}-{slot:x}", self.epoch),
            At::Since(number) => write!(f, "{:x}-{number:x}", self.epoch),
        }
    }
}

/// Says that a text is not a change token.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change token is two or three hexadecimal numbers with a hyphen between")]
pub struct ParseChangeTokenError;

impl FromStr for ChangeToken {
    type Err = ParseChangeTokenError;

    fn from_str(text: &str) -> Result<ChangeToken, ParseChangeTokenError> {
        let number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
            let number = u64::from_str_radix(part, 16).ok().filter(|_| digits);
            number.ok_or(ParseChangeTokenError)
        };
        let small = |part: &str| u32::try_from(number(part)?).map_err(|_| ParseChangeTokenError);
        let parts: Vec<&str> = text.split('-').collect();
        match parts[..] {
            [epoch, since] => Ok(ChangeToken { epoch: number(epoch)?, at: At::Since(number(since)?) }),
            [epoch, then, slot] => {
                let at = At::Listing { slot: small(slot)?, then: number(then)? };
                Ok(ChangeToken { epoch: number(epoch)?, at })
            }
            _ => Err(ParseChangeTokenError),
        }
    }
}

impl Drive {
    /// Returns the token of this moment: what changes from now on.
    pub fn change_token(&self) -> ChangeToken {
        ChangeToken { at: At::Since(self.log.latest()), epoch: self.epoch }
    }

    /// Returns at most `limit` of the items that changed since `token`, each once and as it is now, deleted ones as
    /// tombstones. Without a token all items are listed first, the root too, and then what has changed meanwhile.
    ///
    /// Changes are those of an item itself; that a folder's size or count moved with what is in it is none. An item
    /// that changes between two calls comes again.
    ///
    /// # Errors
    /// [`Error::ResyncRequired`] if changes since the token were forgotten, or the token is not of this drive: start
    /// without one.
    pub fn changes(&self, token: Option<ChangeToken>, limit: usize) -> Result<Changes, Error> {
        let start = ChangeToken { at: At::Listing { slot: 0, then: self.log.latest() }, epoch: self.epoch };
        let token = token.unwrap_or(start);
        if token.epoch != self.epoch {
            return Err(Error::ResyncRequired);
        }
        match token.at {
            At::Listing { slot, then } => self.list(slot, then, limit.max(1)),
            At::Since(number) => self.changed_since(number, limit.max(1)),
        }
    }

    fn list(&self, first: u32, then: u64, limit: usize) -> Result<Changes, Error> {
        self.check_known(then)?;
        let mut slots = self.tree.arena.live_slots_from(first).filter(|&slot| self.is_shown(slot));
        let changes = slots.by_ref().take(limit).map(|slot| Change::Changed(self.show(slot))).collect();
        let next = slots.next();
        let more = next.is_some() || then < self.log.latest();
        let at = next.map_or(At::Since(then), |slot| At::Listing { slot, then });
        Ok(Changes { changes, token: ChangeToken { at, epoch: self.epoch }, more })
    }

    fn changed_since(&self, number: u64, limit: usize) -> Result<Changes, Error> {
        self.check_known(number)?;
        let mut entries = self.log.since(number).ok_or(Error::ResyncRequired)?;
        let (mut changes, mut latest) = (Vec::new(), number);
        while changes.len() < limit {
            let Some((number, entry)) = entries.next() else {
                latest = self.log.latest();
                break;
            };
            latest = number;
            match entry {
                Entry::Slot(slot) if self.is_shown(slot) => changes.push(Change::Changed(self.show(slot))),
                Entry::Slot(_) => (),
                Entry::Gone(tombstone) => changes.push(Change::Deleted(tombstone.clone())),
            }
        }
        let token = ChangeToken { at: At::Since(latest), epoch: self.epoch };
        Ok(Changes { changes, token, more: latest < self.log.latest() })
    }

    fn check_known(&self, number: u64) -> Result<(), Error> {
        let known = self.log.forgotten()..=self.log.latest();
        if known.contains(&number) { Ok(()) } else { Err(Error::ResyncRequired) }
    }

    /// Returns whether a slot holds an item that callers may see.
    fn is_shown(&self, slot: u32) -> bool {
        let node = self.tree.node(slot);
        node.is_live() && !node.is_hidden() && self.is_under_root(slot) && self.may_read(slot)
    }

    /// Notes that an item and all below it have changed, in runs of slots that lie side by side.
    pub(crate) fn log_all(&mut self, top: u32) {
        let below = Walk::below(self.tree.nodes(), top).map(|(slot, _)| slot);
        let mut slots: Vec<u32> = below.filter(|&slot| !self.tree.node(slot).is_hidden()).collect();
        slots.push(top);
        slots.sort_unstable();
        for run in slots.chunk_by(|a, b| a + 1 == *b) {
            self.log.record_run(run[0], run.len() as u32);
        }
    }

    /// Begins another life: tokens given so far are good no longer. For a drive that is put back to an earlier state,
    /// and so that tokens of several drives differ.
    pub fn begin_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Returns which life of the drive this is.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}
