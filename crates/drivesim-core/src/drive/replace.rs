//! Replaces all items of a drive with those of an outline.

use jiff::Timestamp;

use crate::children;
use crate::drive::Drive;
use crate::fixture::FixtureError;
use crate::outline::Line;
use crate::tree::ROOT;

impl Drive {
    /// Replaces all items of the drive, including those in the bin, with the lines of an outline.
    ///
    /// Rules, quota, the root and its access level stay. No lock and no access level prevents this. The old items are
    /// freed at once, not in portions: the new ones need their room and names. A copy that was being revealed cannot
    /// continue, even if its target is the root.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, Detail};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// let new = outline::parse("new.txt\n")?.drives.remove(0).lines;
    /// drive.replace_all(&new, now)?;
    /// assert_eq!(drive.whole_outline(Detail::Names)?, "new.txt\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FixtureError`] as for [`Drive::with_lines`]; the drive is unchanged then.
    pub fn replace_all(&mut self, lines: &[Line], at: Timestamp) -> Result<(), FixtureError> {
        self.check_replacement(lines, at)?;
        self.replace_with_checked(lines, at);
        Ok(())
    }

    /// Fails if [`Drive::replace_all`] would fail. Changes nothing but the numbers counted against a capacity, until
    /// [`Drive::settle_capacity`].
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let new = outline::parse("new.txt\n")?.drives.remove(0).lines;
    /// drive.check_replacement(&new, now)?;
    /// assert!(drive.find("/Docs").is_ok(), "nothing has changed");
    /// drive.settle_capacity();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`FixtureError`] as for [`Drive::with_lines`].
    pub fn check_replacement(&self, lines: &[Line], at: Timestamp) -> Result<(), FixtureError> {
        let mut trial = self.clone();
        trial.clear();
        // A clone has no reservations for copies that are being built, but the drive has.
        trial.tree.hidden_bytes += self.tree.reserved.n_bytes;
        trial.tree.past += self.tree.reserved.past;
        trial.add_lines(lines, at)?;
        self.claim_lines(lines)
    }

    /// Works like [`Drive::replace_all`], with lines that [`Drive::check_replacement`] accepts for the drive in its
    /// current state. For callers that replace several drives or none.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let mut drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let new = outline::parse("new.txt\n")?.drives.remove(0).lines;
    /// drive.check_replacement(&new, now)?;
    /// drive.replace_with_checked(&new, now);
    /// assert!(drive.find("/new.txt").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replace_with_checked(&mut self, lines: &[Line], at: Timestamp) {
        let result = self.without_claim(|drive| {
            drive.clear();
            // The new items use the room of the old ones.
            drive.tree.sweep_bytes();
            drive.add_lines(lines, at)
        });
        debug_assert_eq!(result, Ok(()), "lines that fit the clone fit the drive");
    }

    /// Returns a clone that readers can use while the drive is replaced. It reserves the same room for copies that are
    /// being built.
    ///
    /// A copy that was opened in the clone cannot be built in the drive; see [`Drive::is_of`].
    ///
    /// ```
    /// use drivesim_core::outline::parse;
    /// use drivesim_core::{Detail, Drive, Profile, Timestamp};
    ///
    /// let now = Timestamp::UNIX_EPOCH;
    /// let lines = |text| parse(text).map(|outline| outline.drives[0].lines.clone());
    /// let mut drive = Drive::from_lines(Profile::PLAIN, &lines("old.txt\n")?, now)?;
    /// let stand_in = drive.stand_in();
    /// drive.replace_all(&lines("new.txt\n")?, now)?;
    /// assert_eq!(stand_in.whole_outline(Detail::Names)?, "old.txt\n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn stand_in(&self) -> Drive {
        let mut stand_in = self.clone();
        stand_in.tree.reserved = self.tree.reserved.totals();
        stand_in
    }

    fn clear(&mut self) {
        let slots: Vec<u32> = children::all(self.tree.nodes(), ROOT).collect();
        for slot in slots {
            if !self.tree.node(slot).is_hidden() {
                self.log_tombstone(slot);
            }
            self.tree.unlink(slot);
            self.tree.reclaim(slot);
        }
        self.purge_bin();
        while self.reclaim_some().more {}
        self.n_clears += 1;
        self.forget_reclaimed();
        self.tree.forget_users();
        self.bump_ancestor_ctags(ROOT);
        self.tree.sweep_if_due();
    }
}

#[cfg(test)]
mod tests {
    use crate::copy::{Attached, CopySpec, check, open};
    use crate::outline::parse;
    use crate::{Access, Conflict, Detail, Drive, Error, FixtureError, Profile, Timestamp};

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn drive(profile: Profile, outline: &str) -> Drive {
        let outline = parse(outline).unwrap();
        Drive::from_lines(profile, &outline.drives[0].lines, AT).unwrap()
    }

    fn replace(drive: &mut Drive, outline: &str) -> Result<(), FixtureError> {
        let replaced = drive.replace_all(&parse(outline).unwrap().drives[0].lines, AT);
        drive.check_invariants();
        replaced
    }

    fn text(drive: &Drive) -> String {
        drive.whole_outline(Detail::Names).unwrap()
    }

    /// Attaches a copy that is revealed step by step.
    fn start(drive: &mut Drive, spec: &CopySpec) -> Attached {
        check(drive, drive, spec).unwrap();
        let planned = open(drive, drive, spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, AT).unwrap();
        drive.attach(planned.build(ticket, usize::MAX)).unwrap()
    }

    #[test]
    fn replacing_removes_all_old_items_and_their_ids() {
        let mut drive = drive(Profile::BUSINESS, "Docs/\n  a.txt = \"hi\"\nb.txt # versions=3\nc.txt\n");
        let (root, old) = (drive.root(), drive.find("/Docs/a.txt").unwrap());
        let binned = drive.find("/c.txt").unwrap();
        drive.delete(binned, AT).unwrap();
        drive.set_access(drive.find("/Docs").unwrap(), Some(Access::None)).unwrap();
        let token = drive.change_token();
        replace(&mut drive, "Docs/\n  a.txt = \"ho\"\n").unwrap();
        assert_eq!(text(&drive), "Docs/\n  a.txt = \"ho\"\n");
        assert_eq!((drive.root(), drive.bin(AT).len()), (root, 0));
        assert!(matches!(drive.item(old), Err(Error::NotFound { .. })));
        assert!(matches!(drive.bin_item(binned, AT), Err(Error::NotInBin { .. })));
        let changes = drive.changes(Some(token), 100).unwrap();
        assert!(changes.changes.len() >= 4, "two are gone and two are new: {changes:?}");
    }

    #[test]
    fn an_outline_that_fails_changes_nothing() {
        let mut drive = drive(Profile::BUSINESS, "a.txt = 100 B\n");
        drive.set_quota(Some(150));
        let (before, old) = (text(&drive), drive.find("/a.txt").unwrap());
        for outline in ["x\nX\n", "fine.txt\n\"a:b\"\n", "big.bin = 151 B\n", "x = 1 B # versions=501\n"] {
            assert!(replace(&mut drive, outline).is_err(), "{outline:?}");
            assert_eq!(text(&drive), before);
            assert!(drive.item(old).is_ok());
        }
        // The old items do not count, as they are removed.
        replace(&mut drive, "big.bin = 150 B\n").unwrap();
    }

    #[test]
    fn more_than_one_portion_of_old_items_is_freed_at_once() {
        let many: String = (0..2000).map(|n| format!("f{n}.txt = 1 B\n")).collect();
        let mut drive = drive(Profile::PLAIN, &many);
        drive.reclaim_in_portions();
        drive.set_quota(Some(2000));
        replace(&mut drive, "one.bin = 2000 B\n").unwrap();
        assert!(!drive.reclaim_some().more, "only what was swept is left");
        assert_eq!(text(&drive), "one.bin = 2000 B\n");
    }

    #[test]
    fn locks_do_not_prevent_replacing() {
        let mut drive = drive(Profile::BOX, "Docs/\n  a.txt\n");
        let docs = drive.find("/Docs").unwrap();
        drive.lock(docs, crate::LockScope::Tree).unwrap();
        replace(&mut drive, "").unwrap();
        assert_eq!(text(&drive), "");
        drive.create_folder(drive.root(), "Docs", Conflict::Fail, AT).unwrap();
    }

    #[test]
    fn a_copy_of_children_to_the_root_cannot_continue() {
        let mut drive = drive(Profile::PLAIN, "Docs/\n  a.txt\n  b.txt\n");
        let docs = drive.find("/Docs").unwrap();
        let spec = CopySpec::new(docs, drive.root()).children_only().gradual();
        let mut attached = start(&mut drive, &spec);
        drive.reveal(&mut attached.attached, 1);
        assert!(drive.can_fill(&attached.attached));
        replace(&mut drive, "x.txt\n").unwrap();
        assert!(!drive.can_fill(&attached.attached));
        drive.drop_rest(attached.attached);
        drive.check_invariants();
        assert_eq!(text(&drive), "x.txt\n");
    }

    #[test]
    fn the_reservation_of_a_copy_being_built_is_kept() {
        let mut drive = drive(Profile::PLAIN, "a.bin = 100 B\n");
        drive.set_quota(Some(300));
        let spec = CopySpec::new(drive.find("/a.bin").unwrap(), drive.root()).named("b.bin");
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, AT).unwrap();
        assert!(replace(&mut drive, "big.bin = 201 B\n").is_err());
        replace(&mut drive, "big.bin = 200 B\n").unwrap();
        drive.attach(planned.build(ticket, usize::MAX)).unwrap();
        drive.check_invariants();
        assert_eq!(text(&drive), "b.bin = 100 B\nbig.bin = 200 B\n");
    }

    #[test]
    fn a_stand_in_has_the_quota_of_the_drive_and_its_copies_do_not_fit_the_drive() {
        let mut drive = drive(Profile::PLAIN, "a.bin = 100 B\n");
        drive.set_quota(Some(250));
        let spec = CopySpec::new(drive.find("/a.bin").unwrap(), drive.root()).named("b.bin");
        let planned = open(&drive, &drive, &spec).unwrap().plan().unwrap();
        let ticket = drive.reserve(&planned, AT).unwrap();
        let mut stand_in = drive.stand_in();
        stand_in.check_invariants();
        let spec = spec.named("c.bin");
        let refused = [&drive, &stand_in].map(|drive| open(drive, drive, &spec).map(drop).unwrap_err());
        assert_eq!(refused[0], refused[1]);
        assert!(drive.is_of(&planned) && !stand_in.is_of(&planned));
        stand_in.set_quota(None);
        let other = open(&stand_in, &stand_in, &spec).unwrap().plan().unwrap();
        assert!(stand_in.is_of(&other) && !drive.is_of(&other));
        drop(stand_in);
        drive.attach(planned.build(ticket, usize::MAX)).unwrap();
        drive.check_invariants();
    }

    #[test]
    fn a_file_that_waits_to_replace_another_is_dropped() {
        let mut drive = drive(Profile::PLAIN, "a.bin = 100 B\nx/\n  a.bin = 5 B\n");
        let source = drive.find("/x/a.bin").unwrap();
        let spec = CopySpec::new(source, drive.root()).on_conflict(Conflict::Replace).gradual();
        let attached = start(&mut drive, &spec);
        replace(&mut drive, "").unwrap();
        assert!(!drive.can_fill(&attached.attached));
        drive.drop_rest(attached.attached);
        drive.check_invariants();
        assert_eq!(text(&drive), "");
    }
}
