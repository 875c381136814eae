//! Assigns wire ids to items and removes them.

use crate::drive::Drive;
use crate::error::{Error, RootVerb};
use crate::item::ItemId;
use crate::tree::ROOT;
use crate::wire_id::{GeneratedIdInputs, WireIdError, WireIds};

impl Drive {
    /// Returns the wire ids that are assigned to the drive and its items.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("a.txt # id=12345\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::BOX, &lines, now)?;
    /// assert_eq!(drive.wire_ids().of(drive.find("/a.txt")?), Some("12345"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wire_ids(&self) -> &WireIds {
        &self.wire_ids
    }

    /// Assigns a wire id to an item, instead of the one that a server generates; `None` removes it again. No access
    /// level prevents this. The item keeps the id when it is moved, renamed, or deleted and restored; a copy has
    /// another.
    ///
    /// ```
    /// use drivesim_core::{Conflict, Content, Drive, Profile, Timestamp};
    ///
    /// let now = Timestamp::UNIX_EPOCH;
    /// let mut drive = Drive::new(Profile::BOX, now);
    /// let file = drive.create_file(drive.root(), "a.txt", Content::from("hi"), Conflict::Fail, now)?;
    /// drive.set_wire_id(file, Some("12345"))?;
    /// assert_eq!(drive.wire_ids().of(file), Some("12345"));
    /// assert!(drive.set_wire_id(file, Some("a word")).is_err());
    /// # Ok::<(), drivesim_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::IsRoot`], as each service has an id for its root; [`Error::WireId`] for an id that
    /// does not have the form of the service, that a server may generate, or that is taken.
    pub fn set_wire_id(&mut self, item: ItemId, id: Option<&str>) -> Result<(), Error> {
        let slot = self.require_visible(item)?;
        let Some(id) = id else {
            self.wire_ids.remove(item);
            return Ok(());
        };
        if slot == ROOT {
            return Err(Error::IsRoot { verb: RootVerb::AssignedAnId });
        }
        let (uuid, box_offset) = (self.uuid, self.profile.id_offset);
        let reserved = GeneratedIdInputs { uuid, drive: self.wire_ids.drive(), box_offset };
        let key = self.wire_ids.form().check_item(id, self.tree.node(slot).kind(), reserved);
        let key = key.map_err(Error::WireId)?;
        let holder = self.wire_ids.holder_of(&key).filter(|&holder| holder != item);
        if let Some(holder) = holder.and_then(|holder| self.slot_in_tree_or_bin(holder)) {
            return Err(Error::WireId(WireIdError::Taken {
                id: id.to_owned(),
                holder: self.display_path(holder),
            }));
        }
        self.wire_ids.assign(item, id, key);
        Ok(())
    }

    /// Sets the UUID from which a server generates the ids of the drive and its items, and assigns a wire id to the
    /// drive instead of the generated one. For a drive that has no items yet.
    ///
    /// ```
    /// use drivesim_core::{Drive, Profile, Timestamp};
    ///
    /// let drive = Drive::new(Profile::PERSONAL, Timestamp::UNIX_EPOCH).identified_by(7, Some("D4648F06C91D9D3D"))?;
    /// assert_eq!(drive.wire_ids().drive(), Some("D4648F06C91D9D3D"));
    /// # Ok::<(), drivesim_core::WireIdError>(())
    /// ```
    ///
    /// # Errors
    /// [`WireIdError::Malformed`].
    pub fn identified_by(mut self, uuid: u128, id: Option<&str>) -> Result<Drive, WireIdError> {
        self.uuid = uuid;
        id.map_or(Ok(()), |id| self.wire_ids.form().check_drive(id))?;
        self.wire_ids.set_drive(id);
        Ok(self)
    }

    /// Returns the slot of an item that is in the tree or in the bin, and not merely waiting to be freed.
    fn slot_in_tree_or_bin(&self, item: ItemId) -> Option<u32> {
        let slot = self.tree.arena.slot(item)?;
        let top = self.topmost_ancestor(slot);
        (top == ROOT || self.bin.get(top).is_some()).then_some(slot)
    }
}

#[cfg(test)]
mod tests {
    use crate::copy::CopySpec;
    use crate::outline::parse;
    use crate::{Conflict, Detail, Drive, Error, ItemKind, Profile, Timestamp, WireIdError};

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn drive(profile: Profile, outline: &str) -> Drive {
        Drive::from_lines(profile, &parse(outline).unwrap().drives[0].lines, AT).unwrap()
    }

    fn refused(profile: Profile, outline: &str) -> String {
        Drive::from_lines(profile, &parse(outline).unwrap().drives[0].lines, AT)
            .map(drop)
            .unwrap_err()
            .to_string()
    }

    fn assigned(drive: &Drive, path: &str) -> Option<String> {
        drive.wire_ids().of(drive.find(path).unwrap()).map(str::to_owned)
    }

    #[test]
    fn an_outline_assigns_ids_and_prints_them_again() {
        let outline = "Team/ # id=12345\n  a.txt # id=12345\nb.txt\n";
        let drive = drive(Profile::BOX, outline);
        let (folder, file) = (drive.find("/Team").unwrap(), drive.find("/Team/a.txt").unwrap());
        assert_eq!(drive.wire_ids().find("12345", ItemKind::Folder), Some(folder));
        assert_eq!(drive.wire_ids().find("12345", ItemKind::File), Some(file));
        let printed = drive.whole_outline(Detail::Attributes).unwrap();
        assert_eq!(printed.matches(" id=12345").count(), 2, "{printed}");
        let again = self::drive(Profile::BOX, &printed);
        assert_eq!(again.whole_outline(Detail::Attributes).unwrap(), printed);
        assert!(!drive.whole_outline(Detail::Names).unwrap().contains("id="));
    }

    #[test]
    fn an_error_names_the_line_the_id_and_the_rule() {
        assert_eq!(
            refused(Profile::BOX, "a.txt\nb.txt # id=012\n"),
            "line 2, column 1: \"012\" is not an id of the service: expected a decimal number of at most 20 digits that \
             does not begin with 0"
        );
        assert_eq!(
            refused(Profile::BOX, "Team/ # id=300000000001\n"),
            "line 1, column 1: \"300000000001\" is reserved for generated ids: expected a folder's number \
             from 2 to 299999999999, or more with `id_offset`"
        );
        assert_eq!(
            refused(Profile::BOX, "Team/\n  a.txt # id=7\nb.txt # id=7\n"),
            "line 3, column 1: the id \"7\" is taken by \"/Team/a.txt\""
        );
        assert!(refused(Profile::BUSINESS, "a.txt # id=12345\n").contains("Base32"));
    }

    #[test]
    fn an_id_moves_with_its_item_and_is_not_copied() {
        let mut drive = drive(Profile::BOX, "A/\n  a.txt = \"x\" # id=11\nB/\n");
        let (item, b) = (drive.find("/A/a.txt").unwrap(), drive.find("/B").unwrap());
        drive.move_to(item, b, Some("b.txt"), Conflict::Fail, AT).unwrap();
        assert_eq!(assigned(&drive, "/B/b.txt").as_deref(), Some("11"));
        drive.delete(item, AT).unwrap();
        assert_eq!(drive.wire_ids().find("11", ItemKind::File), Some(item), "it is in the bin");
        let other = drive.create_file(b, "c.txt", crate::Content::empty(), Conflict::Fail, AT).unwrap();
        let taken = drive.set_wire_id(other, Some("11")).unwrap_err();
        assert_eq!(taken.to_string(), "the id \"11\" is taken by \"/B/b.txt\"");
        drive.restore(item, None, None, Conflict::Fail, AT).unwrap();
        let copied =
            drive.copy(&CopySpec::new(item, drive.root()).named("copy.txt"), AT, usize::MAX).unwrap();
        assert_eq!(drive.wire_ids().of(copied), None);
        let fork = drive.clone();
        drive.set_wire_id(item, None).unwrap();
        assert!(drive.wire_ids().n_items() == 0);
        assert_eq!(assigned(&fork, "/B/b.txt").as_deref(), Some("11"), "a clone keeps what it had");
        drive.check_invariants();
    }

    #[test]
    fn an_id_is_free_when_its_item_is_gone_for_good() {
        let mut drive =
            drive(Profile::BUSINESS, "A/\n  a.txt # id=DCD0D3AD-8989-4F23-A5A2-2C086050513F\nb.txt\n");
        drive.reclaim_in_portions();
        drive.delete_permanently(drive.find("/A").unwrap()).unwrap();
        let b = drive.find("/b.txt").unwrap();
        drive.set_wire_id(b, Some("DCD0D3AD-8989-4F23-A5A2-2C086050513F")).unwrap();
        while drive.reclaim_some().more {}
        drive.check_invariants();
        assert!(assigned(&drive, "/b.txt").is_some());
        drive.replace_all(&[], AT).unwrap();
        assert!(drive.wire_ids().n_items() == 0);
        drive.check_invariants();
    }

    #[test]
    fn the_id_of_the_root_is_fixed_and_that_of_an_item_may_change() {
        let mut drive = drive(Profile::BOX, "a.txt # id=7\n");
        let root = drive.set_wire_id(drive.root(), Some("8")).unwrap_err();
        assert!(matches!(root, Error::IsRoot { .. }), "{root}");
        let item = drive.find("/a.txt").unwrap();
        drive.set_wire_id(item, Some("7")).unwrap();
        drive.set_wire_id(item, Some("9")).unwrap();
        assert_eq!(drive.wire_ids().find("7", ItemKind::File), None);
        assert_eq!(assigned(&drive, "/a.txt").as_deref(), Some("9"));
        drive.check_invariants();
    }

    #[test]
    fn a_drive_has_its_assigned_id() {
        let new = |profile| Drive::new(profile, AT);
        let identified = new(Profile::PERSONAL).identified_by(7, Some("D4648F06C91D9D3D")).unwrap();
        let ids = identified.wire_ids();
        assert!(ids.is_drive("d4648f06c91d9d3d") && !ids.is_drive("0000000000000000"));
        assert!(!new(Profile::PERSONAL).identified_by(7, None).unwrap().wire_ids().is_drive(""));
        let refused = new(Profile::BOX).identified_by(7, Some("12345")).map(drop);
        assert!(matches!(refused, Err(WireIdError::Malformed { .. })));
    }
}
