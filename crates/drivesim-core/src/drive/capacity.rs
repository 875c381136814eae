//! Counts what a drive holds against a capacity.

use crate::capacity::{Capacity, CapacityKind, CapacityShare};
use crate::drive::Drive;
use crate::error::Error;

impl Drive {
    /// Counts the content of the drive against a capacity, and against no other. A clone does not count.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Capacity, Conflict};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let capacity = Capacity::new(outline::Bounds { max_items: 3, ..outline::Bounds::NONE });
    /// drive.join(&capacity)?;
    /// assert_eq!(capacity.left().max_items, 0);
    /// assert!(drive.create_folder(drive.root(), "New", Conflict::Fail, now).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OverCapacity`] if it does not fit.
    pub fn join(&mut self, capacity: &Capacity) -> Result<(), Error> {
        let share = CapacityShare::new(capacity);
        let (n_items, n_bytes) = self.held();
        share.claim(n_items, n_bytes).map_err(|(held, limit)| Error::OverCapacity {
            name: "/".to_owned(),
            held,
            limit,
        })?;
        self.capacity_share = share;
        self.change_log.count_against(Some(capacity));
        Ok(())
    }

    /// Counts the content of the drive against a capacity even if it does not fit; otherwise like [`Drive::join`].
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Capacity};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let capacity = Capacity::new(outline::Bounds { max_items: 1, ..outline::Bounds::NONE });
    /// assert!(drive.join(&capacity).is_err());
    /// drive.join_as_it_is(&capacity);
    /// assert_eq!(capacity.held().0, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join_as_it_is(&mut self, capacity: &Capacity) {
        self.capacity_share = CapacityShare::new(capacity);
        self.change_log.count_against(Some(capacity));
        self.settle_capacity();
    }

    /// Stops counting the content of the drive against a capacity.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Capacity};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let capacity = Capacity::new(outline::Bounds { max_items: 3, ..outline::Bounds::NONE });
    /// drive.join(&capacity)?;
    /// drive.leave_capacity();
    /// assert_eq!(capacity.held().0, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn leave_capacity(&mut self) {
        self.capacity_share = CapacityShare::default();
        self.change_log.count_against(None);
    }

    /// Updates the capacity with the content of the drive. Callers do this before others may read the capacity: verbs claim
    /// an upper bound before they change anything.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Capacity};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let capacity = Capacity::new(outline::Bounds { max_items: 3, ..outline::Bounds::NONE });
    /// drive.join(&capacity)?;
    /// drive.delete_permanently(drive.find("/To")?)?;
    /// drive.settle_capacity();
    /// assert_eq!(capacity.held().0, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn settle_capacity(&self) {
        let (n_items, n_bytes) = self.held();
        self.capacity_share.set(n_items, n_bytes);
    }

    /// Returns how many items and past versions the drive holds, including those in the bin, and how many bytes of
    /// contents and texts. Bytes of removed items count until they are swept; a declared size has none. The root does
    /// not count. Texts are descriptions, members and names of users.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// assert_eq!(drive.held(), (3, 2), "two folders, and a file of two bytes");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn held(&self) -> (u64, u64) {
        let arena = &self.tree.arena;
        // The root does not count.
        let n_items = u64::from(arena.n_used() - arena.n_condemned() - 1);
        let n_bytes = self.tree.content_bytes + self.tree.text_bytes + self.tree.users.n_bytes();
        (n_items + self.tree.past.n_versions + self.tree.reserved.past.n_versions, n_bytes)
    }

    /// Returns approximately how many bytes of memory the drive takes.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let empty = Drive::new(Profile::PLAIN, now);
    /// assert!(drive.n_bytes() > empty.n_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn n_bytes(&self) -> u64 {
        let (n_items, n_bytes) = self.held();
        // A node, a name, an index entry and times; a version takes about as much.
        n_items * 128 + n_bytes + self.change_log.n_bytes()
    }

    /// Claims capacity for an item that is to be created.
    pub(crate) fn claim(&mut self, name: &str, n_items: u64, n_bytes: u64) -> Result<(), Error> {
        let mut claimed = self.capacity_share.claim(n_items, n_bytes);
        if let Err((CapacityKind::Content, _)) = claimed {
            self.sweep_for_room();
            self.settle_capacity();
            claimed = self.capacity_share.claim(n_items, n_bytes);
        }
        claimed.map_err(|(held, limit)| Error::OverCapacity { name: name.to_owned(), held, limit })
    }

    /// Removes unused contents and texts. Searches for them only if there may be some, so that a client whose requests
    /// keep failing does not make the drive search all its items each time.
    fn sweep_for_room(&mut self) {
        if self.tree.may_have_unused() {
            return self.tree.sweep_bytes();
        }
        #[cfg(debug_assertions)]
        {
            let before = (self.tree.content_bytes, self.tree.text_bytes);
            self.tree.sweep_bytes();
            let after = (self.tree.content_bytes, self.tree.text_bytes);
            debug_assert_eq!(before, after, "a content or a text became unused without a note of it");
        }
    }

    /// Performs a change whose capacity was already checked, without a claim.
    pub(crate) fn without_claim<R>(&mut self, change: impl FnOnce(&mut Drive) -> R) -> R {
        let share = std::mem::take(&mut self.capacity_share);
        let result = change(self);
        self.capacity_share = share;
        self.settle_capacity();
        result
    }
}

#[cfg(test)]
mod tests;
