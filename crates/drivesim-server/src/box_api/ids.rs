//! Converts ids of items, versions and users to ids of Box and back: decimal numbers, by arithmetic, except for
//! assigned ids.
//!
//! Files and folders have separate numbers, as at Box; their lengths are those that were seen (12 and 13 digits). The
//! id of a version combines the number of the file and that of the version: 13 digits for the first 1,023 versions of
//! each of four million files, each with up to a thousand predecessors in its slot.

use drivesim::item::ItemKind;
use drivesim::wire_id::{FIRST_BOX_FILE, FIRST_BOX_FOLDER, WireIds};
use drivesim::{Item, ItemId};

use crate::json::decimal::Decimal;
use crate::state::splitmix::splitmix_text;

/// The id of the root of every drive.
pub(crate) const ROOT: &str = "0";
/// The id of the trash in the path of an item.
pub(crate) const TRASH: &str = "1";

const FIRST_FOLDER: u128 = FIRST_BOX_FOLDER as u128;
const FIRST_FILE: u128 = FIRST_BOX_FILE as u128;
const FIRST_VERSION: u128 = 1_700_000_000_000;
const FIRST_USER: u64 = 20_000_000_000;
/// The last slot, and the last version and generation, with short ids of versions.
const LAST_SHORT_SLOT: u128 = (1 << 22) - 1;
const LAST_SHORT: u128 = (1 << 10) - 1;
/// The first number of long ids of versions.
const LONG: u128 = 1 << 42;
/// The bits of the first item of a drive, the root: the first generation of the first slot.
const FIRST_ITEM: u64 = 1 << 32;

/// Formats and parses the ids of a drive.
#[derive(Clone, Debug)]
pub(crate) struct BoxIds {
    /// The offset of all generated ids.
    offset: u128,
    /// The assigned ids, which replace generated ones.
    assigned: WireIds,
}

impl BoxIds {
    pub(crate) fn new(offset: u64, assigned: WireIds) -> BoxIds {
        BoxIds { offset: u128::from(offset), assigned }
    }

    /// Returns the id of a folder that is not the root.
    pub(crate) fn folder(&self, item: ItemId) -> Decimal {
        Decimal(self.assigned(item).unwrap_or(FIRST_FOLDER + self.offset + number(item)))
    }

    /// Returns the id of a file.
    pub(crate) fn file(&self, item: ItemId) -> Decimal {
        Decimal(self.assigned(item).unwrap_or(FIRST_FILE + self.offset + number(item)))
    }

    /// Returns the id of an item.
    pub(crate) fn of(&self, item: &Item) -> Decimal {
        match (item.is_folder(), item.parent) {
            (true, None) => Decimal(0),
            (true, Some(_)) => self.folder(item.id),
            (false, _) => self.file(item.id),
        }
    }

    /// Returns the id of a version of a file.
    pub(crate) fn version(&self, file: ItemId, version: u32) -> Decimal {
        let (file, version) = (number(file), u128::from(version));
        let packed = short(file, version).unwrap_or(LONG + (version << 64 | file));
        Decimal(FIRST_VERSION + self.offset + packed)
    }

    /// Returns the folder of a number, which need not exist; never the root.
    pub(crate) fn parse_folder(&self, id: u128) -> Option<ItemId> {
        self.parse(id, ItemKind::Folder, FIRST_FOLDER)
    }

    /// Returns the file of a number, which need not exist.
    pub(crate) fn parse_file(&self, id: u128) -> Option<ItemId> {
        self.parse(id, ItemKind::File, FIRST_FILE)
    }

    /// Returns the item of a number. The generated number of an item that has an assigned id is not valid.
    fn parse(&self, id: u128, kind: ItemKind, first: u128) -> Option<ItemId> {
        if self.assigned.n_items() > 0 {
            if let Some(item) = self.assigned.find(&id.to_string(), kind) {
                return Some(item);
            }
        }
        item(id.checked_sub(first + self.offset)?).filter(|&item| self.assigned.of(item).is_none())
    }

    /// Returns the assigned id of an item; only decimal numbers can be assigned.
    fn assigned(&self, item: ItemId) -> Option<u128> {
        self.assigned.of(item).and_then(|id| id.parse().ok())
    }

    /// Returns the file and the version of a number, which need not exist.
    pub(crate) fn parse_version(&self, id: u128) -> Option<(ItemId, u32)> {
        let packed = id.checked_sub(FIRST_VERSION + self.offset)?;
        let (file, version) = match packed.checked_sub(LONG) {
            None => {
                let (slot, version, generation) =
                    (packed & LAST_SHORT_SLOT, packed >> 22 & LAST_SHORT, packed >> 32);
                (generation << 32 | slot, version)
            }
            Some(long) => (long & u128::from(u64::MAX), long >> 64),
        };
        let version = u32::try_from(version).ok()?;
        // Only the canonical id of a version is accepted.
        let is_canonical = self.version(item(file)?, version).0 == id;
        if is_canonical { Some((item(file)?, version)) } else { None }
    }
}

/// Packs a version and the number of its file: 22 bits for the slot, 10 for the version, 10 for the generation. `None`
/// if they do not fit.
fn short(file: u128, version: u128) -> Option<u128> {
    let (slot, generation) = (file & u128::from(u32::MAX), file >> 32);
    let fits = slot <= LAST_SHORT_SLOT && version <= LAST_SHORT && generation <= LAST_SHORT;
    fits.then_some(generation << 32 | version << 22 | slot)
}

fn number(item: ItemId) -> u128 {
    u128::from(item.to_bits().wrapping_sub(FIRST_ITEM))
}

fn item(number: u128) -> Option<ItemId> {
    u64::try_from(number).ok().map(|number| ItemId::from_bits(number.wrapping_add(FIRST_ITEM)))
}

/// Parses a decimal number; `None` if it is not one. A number that is too large, or begins with a zero, becomes
/// `NOTHING`.
pub(crate) fn parse(id: &str) -> Option<u128> {
    let is_number = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let is_canonical = id == ROOT || !id.starts_with('0');
    is_number.then(|| id.parse().ok().filter(|_| is_canonical).unwrap_or(NOTHING))
}

/// A number that is never the id of anything.
const NOTHING: u128 = u128::MAX;

/// Returns the id of a user. A number is its own id.
pub(crate) fn user(name: &str) -> String {
    if parse(name).is_some_and(|number| number > 0) {
        return name.to_owned();
    }
    (FIRST_USER + splitmix_text(name) % 10_000_000_000).to_string()
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;
    use drivesim::wire_id::WireIdForm;

    use super::*;

    /// Creates ids without assigned ones.
    pub(crate) fn with_offset(offset: u64) -> BoxIds {
        BoxIds::new(offset, WireIds::new(WireIdForm::Box))
    }

    /// The core must refuse to assign any id that is generated here, though its table does not know this arithmetic.
    #[test]
    fn generated_ids_cannot_be_assigned() {
        for offset in [0, 1 << 53, u64::MAX] {
            let outline = format!("drive box profile=box id_offset={offset}\na.txt\nb.txt\nA/\nB/\n");
            let sim = Sim::builder().outline(outline).build().unwrap();
            let ids = BoxIds::new(offset, sim.wire_ids(sim.drive("box").unwrap()).unwrap());
            for (path, other) in [("/a.txt", "/b.txt"), ("/A", "/B")] {
                let id = ids.of(&sim.item(path).unwrap()).to_string();
                let error = sim.set_wire_id(other, Some(&id)).unwrap_err();
                assert!(
                    error.to_string().contains("is reserved for generated ids") || id.len() > 20,
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn an_assigned_id_replaces_the_generated_one_and_files_and_folders_have_separate_numbers() {
        let outline = "drive box profile=box\na.txt # id=12345\nA/ # id=12345\n";
        let sim = Sim::builder().outline(outline).build().unwrap();
        let ids = BoxIds::new(0, sim.wire_ids(sim.drive("box").unwrap()).unwrap());
        let (file, folder) = (sim.item("/a.txt").unwrap(), sim.item("/A").unwrap());
        assert_eq!([&file, &folder].map(|item| ids.of(item).to_string()), ["12345", "12345"]);
        assert_eq!((ids.parse_file(12345), ids.parse_folder(12345)), (Some(file.id), Some(folder.id)));
        let generated = with_offset(0);
        assert_eq!(ids.parse_file(generated.file(file.id).0), None);
        assert_eq!(ids.parse_folder(generated.folder(folder.id).0), None);
    }

    #[test]
    fn ids_parse_to_what_they_were_formatted_from() {
        for ids in [0, 1, 1 << 53, u64::MAX].map(with_offset) {
            let many =
                [1 << 22, (1 << 22) - 1, 1023 << 32, 1024 << 32, 1025 << 32].map(|bits| FIRST_ITEM + bits);
            let few = [FIRST_ITEM, FIRST_ITEM + 1, FIRST_ITEM + 70_000, 3 << 32 | 5, u64::MAX, 1];
            for bits in many.into_iter().chain(few) {
                let item = ItemId::from_bits(bits);
                assert_eq!(parse(&ids.file(item).to_string()).and_then(|id| ids.parse_file(id)), Some(item));
                assert_eq!(
                    parse(&ids.folder(item).to_string()).and_then(|id| ids.parse_folder(id)),
                    Some(item)
                );
                for number in [0, 1, 2, 77, 1023, 1024, u32::MAX] {
                    let version = parse(&ids.version(item, number).to_string());
                    assert_eq!(version.and_then(|id| ids.parse_version(id)), Some((item, number)));
                }
            }
        }
    }

    #[test]
    fn ids_are_as_long_as_those_that_were_seen() {
        let (ids, item) = (with_offset(0), ItemId::from_bits(FIRST_ITEM + 12));
        let ids = [ids.file(item), ids.folder(item), ids.version(item, 1)];
        assert_eq!(ids.map(|id| id.to_string().len()), [13, 12, 13]);
        let (ids, last) = (with_offset(0), ItemId::from_bits(1024 << 32 | LAST_SHORT_SLOT as u64));
        assert_eq!([ids.file(last), ids.version(last, 1023)].map(|id| id.to_string().len()), [13, 13]);
        assert_eq!(user("me").len(), 11);
        assert_ne!(user("me"), user("ann"));
    }

    #[test]
    fn texts_that_are_not_numbers_are_not_ids() {
        for id in ["", "a", "-1", "+1", "1.0", "1 ", "٣"] {
            assert_eq!(parse(id), None, "{id}");
        }
        for id in ["999999999999999999999999999999999999999999", "01500000000001", "00"] {
            let number = parse(id).unwrap();
            let ids = with_offset(u64::MAX);
            assert_eq!((ids.parse_file(number), ids.parse_folder(number)), (None, None), "{id}");
        }
        for ids in [0, u64::MAX].map(with_offset) {
            assert_eq!((ids.parse_file(12), ids.parse_folder(12), ids.parse_version(12)), (None, None, None));
            assert_eq!(ids.parse_version(u128::MAX), None);
        }
    }
}
