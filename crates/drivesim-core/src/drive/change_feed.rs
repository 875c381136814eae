//! Reads the change feed of a drive from a token on.

#[cfg(feature = "serde")]
mod serde_form;

use std::fmt;
use std::str::FromStr;

use crate::change_log::{LogEntry, Tombstone};
use crate::drive::Drive;
use crate::error::Error;
use crate::item::Item;
use crate::tree::Walk;

/// Something that changed.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Change {
    /// The item is new or has changed; this is its current state.
    Changed(Item),
    /// The item was deleted with everything below it, or a copy that created it was undone.
    Deleted(Tombstone),
}

/// What has changed since a token.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Changes {
    /// Each changed item once, in the order of its last change.
    pub changes: Vec<Change>,
    /// The moment after these changes.
    pub token: ChangeToken,
    /// Whether there are more changes by now.
    pub more: bool,
}

/// A moment in the history of a drive. It prints as a short text and parses back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChangeToken {
    at: Position,
    /// Identifies the drive and its state: a drive that was reset to an earlier state gets another epoch.
    epoch: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Position {
    /// All items are being listed by slot, and this one is next. The changes after a number follow.
    Listing { slot: u32, then: u64 },
    /// The client knows all changes up to this number.
    Since(u64),
}

impl fmt::Display for ChangeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Position::Listing { slot, then } => write!(f, "{:x}-{then:x}-{slot:x}", self.epoch),
            Position::Since(number) => write!(f, "{:x}-{number:x}", self.epoch),
        }
    }
}

/// The error for a text that is not a change token.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("a change token is two or three hexadecimal numbers separated by hyphens")]
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
            [epoch, since] => Ok(ChangeToken { epoch: number(epoch)?, at: Position::Since(number(since)?) }),
            [epoch, then, slot] => {
                let at = Position::Listing { slot: small(slot)?, then: number(then)? };
                Ok(ChangeToken { epoch: number(epoch)?, at })
            }
            _ => Err(ParseChangeTokenError),
        }
    }
}

impl Drive {
    /// Returns the token of this moment. It yields the changes from now on.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let token = drive.change_token();
    /// assert!(drive.changes(Some(token), 10)?.changes.is_empty());
    /// assert_eq!(token.to_string().parse(), Ok(token));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change_token(&self) -> ChangeToken {
        ChangeToken { at: Position::Since(self.change_log.latest()), epoch: self.epoch }
    }

    /// Returns at most `limit` of the items that changed since `token`, each once and in its current state; deleted
    /// items as tombstones. Without a token it lists all items first, the root too, and then the changes made
    /// meanwhile.
    ///
    /// Only changes of the item itself count, not those of a folder's size or child count. An item that changes between
    /// two calls is returned again.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Change};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let token = drive.change_token();
    /// let file = drive.find("/Docs/a.txt")?;
    /// drive.rename(file, "b.txt", now)?;
    /// let changes = drive.changes(Some(token), 10)?;
    /// assert!(matches!(&changes.changes[..], [Change::Changed(item)] if item.name == "b.txt"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ResyncRequired`] if changes since the token were forgotten, or if the token is not of this drive: start
    /// without one.
    pub fn changes(&self, token: Option<ChangeToken>, limit: usize) -> Result<Changes, Error> {
        let start = ChangeToken {
            at: Position::Listing { slot: 0, then: self.change_log.latest() },
            epoch: self.epoch,
        };
        let token = token.unwrap_or(start);
        if token.epoch != self.epoch {
            return Err(Error::ResyncRequired);
        }
        match token.at {
            Position::Listing { slot, then } => self.list(slot, then, limit.max(1)),
            Position::Since(number) => self.changed_since(number, limit.max(1)),
        }
    }

    fn list(&self, first: u32, then: u64, limit: usize) -> Result<Changes, Error> {
        self.check_retained(then)?;
        let mut slots = self.tree.arena.live_slots_from(first).filter(|&slot| self.is_visible(slot));
        let changes =
            slots.by_ref().take(limit).map(|slot| Change::Changed(self.item_at_slot(slot))).collect();
        let next = slots.next();
        let more = next.is_some() || then < self.change_log.latest();
        let at = next.map_or(Position::Since(then), |slot| Position::Listing { slot, then });
        Ok(Changes { changes, token: ChangeToken { at, epoch: self.epoch }, more })
    }

    fn changed_since(&self, number: u64, limit: usize) -> Result<Changes, Error> {
        self.check_retained(number)?;
        let mut entries = self.change_log.since(number).ok_or(Error::ResyncRequired)?;
        let (mut changes, mut latest) = (Vec::new(), number);
        while changes.len() < limit {
            let Some((number, entry)) = entries.next() else {
                latest = self.change_log.latest();
                break;
            };
            latest = number;
            match entry {
                LogEntry::Slot(slot) if self.is_visible(slot) => {
                    changes.push(Change::Changed(self.item_at_slot(slot)))
                }
                LogEntry::Slot(_) => (),
                LogEntry::Gone(tombstone) => changes.push(Change::Deleted(tombstone.clone())),
            }
        }
        let token = ChangeToken { at: Position::Since(latest), epoch: self.epoch };
        Ok(Changes { changes, token, more: latest < self.change_log.latest() })
    }

    fn check_retained(&self, number: u64) -> Result<(), Error> {
        let retained = self.change_log.dropped_to()..=self.change_log.latest();
        if retained.contains(&number) { Ok(()) } else { Err(Error::ResyncRequired) }
    }

    /// Returns whether a slot holds an item that callers may see.
    fn is_visible(&self, slot: u32) -> bool {
        let node = self.tree.node(slot);
        node.is_live() && !node.is_hidden() && self.is_under_root(slot) && self.may_read(slot)
    }

    /// Records a change of an item and of everything below it, in runs of adjacent slots.
    pub(crate) fn record_subtree_change(&mut self, top: u32) {
        let below = Walk::below(self.tree.nodes(), top).map(|(slot, _)| slot);
        let mut slots: Vec<u32> = below.filter(|&slot| !self.tree.node(slot).is_hidden()).collect();
        slots.push(top);
        slots.sort_unstable();
        for run in slots.chunk_by(|a, b| a + 1 == *b) {
            self.change_log.record_run(run[0], run.len() as u32);
        }
    }

    /// Starts a new epoch, which invalidates all tokens. For a drive that is reset to an earlier state, and so that the
    /// tokens of several drives differ.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Error};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let token = drive.change_token();
    /// drive.begin_epoch(7);
    /// assert_eq!(drive.changes(Some(token), 10).err(), Some(Error::ResyncRequired));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn begin_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
    }

    /// Returns the epoch of the drive.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// drive.begin_epoch(7);
    /// assert_eq!(drive.epoch(), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn epoch(&self) -> u64 {
        self.epoch
    }
}
