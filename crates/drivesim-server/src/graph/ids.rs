//! Converts ids of drives and items to wire ids and back: by arithmetic, except for assigned ids.
//!
//! Business: the id of an item is `01` and the Base32 of four bytes that identify the drive and of a GUID,
//! little-endian; that of a drive is `b!` and the Base64 of three GUIDs. Personal: a drive is 16 hexadecimal digits, an
//! item is those and a number. These forms were derived from published ids. The mapping from items to GUIDs is ours.
//!
//! ASSUMED: All ids of Microsoft's drives and items are of these forms (no option: no other reading is known).

use std::fmt::Write as _;

use arrayvec::ArrayString;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use drivesim::ItemId;
use drivesim::drive::DriveRef;
use drivesim::item::ItemKind;
use drivesim::wire_id::{FIRST_PERSONAL_ITEM, WireIds};
use uuid::{Builder, Uuid};

use crate::graph::drive_type::DriveType;
use crate::state::splitmix::splitmix;

/// The GUID of the root of every business drive.
const ROOT: Uuid = Uuid::from_u128(0xea8c_c6be_ffdb_43d7_976f_bc7d_a445_c639);
/// The number of the root of a personal drive; the others follow.
const ROOT_NUMBER: u128 = 101;
/// The root of a drive as a number: the first generation of the first slot.
const FIRST_ITEM: u64 = 1 << 32;

/// Why a wire id does not name an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadId {
    /// It has the form of the other type of drive.
    OtherDriveType,
    /// It has the right form, but belongs to another drive or to no item.
    OtherDrive,
    /// It does not have the form of an id.
    Malformed,
}

/// Scrambles a number reversibly: multiplies it by an odd number and XORs the upper half into the lower.
fn scramble(bits: u64, key: u64) -> u64 {
    let bits = (bits ^ key).wrapping_mul(FACTOR);
    bits ^ (bits >> 32)
}

fn unscramble(bits: u64, key: u64) -> u64 {
    let bits = bits ^ (bits >> 32);
    bits.wrapping_mul(INVERSE) ^ key
}

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// The inverse of `FACTOR`.
const INVERSE: u64 = 0xF1DE_83E1_9937_733D;
const _: () = assert!(FACTOR.wrapping_mul(INVERSE) == 1);

fn halves(uuid: Uuid) -> (u64, u64) {
    uuid.as_u64_pair()
}

/// Returns the generated GUID of an item of a business drive.
fn generated_guid(drive: &DriveRef, item: ItemId, is_root: bool) -> Uuid {
    if is_root {
        return ROOT;
    }
    let (high, low) = halves(drive.id().as_uuid());
    let scrambled = scramble(item.to_bits(), high);
    Uuid::from_u64_pair(scrambled, scramble(scrambled, low))
}

/// Returns the item of a generated GUID.
fn item_of(drive: &DriveRef, guid: Uuid, root: ItemId) -> Option<ItemId> {
    if guid == ROOT {
        return Some(root);
    }
    let (high, low) = halves(drive.id().as_uuid());
    let (scrambled, check) = halves(guid);
    (check == scramble(scrambled, low)).then(|| ItemId::from_bits(unscramble(scrambled, high)))
}

/// Returns the four bytes that all ids of a business drive start with.
fn prefix(drive: &DriveRef) -> [u8; 4] {
    let [a, b, c, d, ..] = drive.id().as_uuid().into_bytes();
    [a, b, c, d]
}

/// Returns the id of the site of a business drive, as text.
pub(crate) fn site_text(drive: &DriveRef) -> String {
    site_id(drive).hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
}

/// Returns the id of the site of a business drive.
fn site_id(drive: &DriveRef) -> Uuid {
    derived(drive, 1)
}

/// Derives a GUID from the id of a drive.
fn derived(drive: &DriveRef, number: u64) -> Uuid {
    let (high, low) = halves(drive.id().as_uuid());
    let halves = [splitmix(high ^ number), splitmix(low ^ number)].map(u64::to_be_bytes);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&halves[0]);
    bytes[8..].copy_from_slice(&halves[1]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of an item on the wire: 34 or 36 characters on business drives, and at most 50 on personal ones.
pub(crate) type WireId = ArrayString<52>;

/// Formats and parses the wire ids of a drive and its items.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GraphIds<'a> {
    pub(crate) drive: &'a DriveRef,
    pub(crate) drive_type: DriveType,
    /// The assigned ids, which replace generated ones.
    pub(crate) assigned: &'a WireIds,
}

impl GraphIds<'_> {
    /// Returns the id of the drive.
    pub(crate) fn drive(self) -> String {
        if let Some(id) = self.assigned.drive() {
            return id.to_owned();
        }
        if self.drive_type == DriveType::Personal {
            return format!("{:016x}", self.cid());
        }
        let list = self.drive.id().as_uuid();
        let guids = [site_id(self.drive), derived(self.drive, 2), list].map(|guid| guid.to_bytes_le());
        let mut id = String::with_capacity(66);
        id.push_str("b!");
        id.push_str(BASE64URL_NOPAD.encode_mut_str(guids.as_flattened(), &mut [0; 64]));
        id
    }

    /// Returns whether a wire id names this drive. Leading zeros of a personal id are sometimes dropped, and its case
    /// varies.
    pub(crate) fn is_drive(self, id: &str) -> bool {
        match (self.assigned.drive(), self.drive_type) {
            (Some(_), _) => self.assigned.is_drive(id),
            (None, DriveType::Personal) => hex(id) == Some(self.cid()),
            (None, DriveType::Business) => id == self.drive(),
        }
    }

    /// Returns the id of an item.
    pub(crate) fn item(self, item: ItemId, is_root: bool) -> WireId {
        let mut id = WireId::new();
        if let Some(assigned_id) = self.assigned.of(item) {
            id.push_str(assigned_id);
            return id;
        }
        if self.drive_type == DriveType::Personal {
            let index = u128::from(item.to_bits().wrapping_sub(FIRST_ITEM));
            let number = if is_root { ROOT_NUMBER } else { index + self.first_number() };
            let written = write!(id, "{:016X}!{number}", self.cid());
            debug_assert!(written.is_ok(), "the id of an item is longer than any");
            return id;
        }
        let mut bytes = [0; 20];
        bytes[..4].copy_from_slice(&prefix(self.drive));
        bytes[4..].copy_from_slice(&generated_guid(self.drive, item, is_root).to_bytes_le());
        id.push_str("01");
        id.push_str(BASE32_NOPAD.encode_mut_str(&bytes, &mut [0; 32]));
        id
    }

    /// Returns the GUID of an item of a business drive: the one that its id is or contains.
    pub(crate) fn guid(self, item: ItemId, is_root: bool) -> Uuid {
        let assigned_id = self.assigned.of(item);
        let guid =
            assigned_id.and_then(|id| Uuid::parse_str(id).ok().or_else(|| Some(business_bytes(id)?.1)));
        guid.unwrap_or_else(|| generated_guid(self.drive, item, is_root))
    }

    /// Returns the item of an id. The generated id of an item that has an assigned id is not valid.
    ///
    /// ASSUMED: A GUID, which the page on copying uses as the id of an item, is a well-formed id of no item where no
    /// item has it (no option: rare).
    pub(crate) fn parse_item(self, id: &str, root: ItemId) -> Result<ItemId, BadId> {
        // Files and folders share one id space here.
        if let Some(item) = self.assigned.find(id, ItemKind::File) {
            return Ok(item);
        }
        match self.parse_generated(id, root) {
            Ok(item) if self.assigned.of(item).is_some() => Err(BadId::OtherDrive),
            Err(BadId::Malformed) if self.assigned.form().is_item(id) => Err(BadId::OtherDrive),
            parsed => parsed,
        }
    }

    fn parse_generated(self, id: &str, root: ItemId) -> Result<ItemId, BadId> {
        match (self.drive_type, business_bytes(id), personal_parts(id)) {
            (DriveType::Business, Some((head, guid)), _) => {
                let item = (head == prefix(self.drive)).then(|| item_of(self.drive, guid, root)).flatten();
                item.ok_or(BadId::OtherDrive)
            }
            (DriveType::Personal, _, Some((digits, number))) => {
                let is_ours = hex(digits) == Some(self.cid());
                if is_ours && number == ROOT_NUMBER {
                    return Ok(root);
                }
                let bits = number.checked_sub(self.first_number()).and_then(|bits| u64::try_from(bits).ok());
                bits.filter(|_| is_ours)
                    .map(|bits| ItemId::from_bits(bits.wrapping_add(FIRST_ITEM)))
                    .ok_or(BadId::OtherDrive)
            }
            (_, None, None) => Err(BadId::Malformed),
            _ => Err(BadId::OtherDriveType),
        }
    }

    /// Returns the number that the ids of a personal drive begin with: the assigned id of the drive, if it has 16
    /// digits.
    fn cid(self) -> u64 {
        self.assigned_cid().unwrap_or(halves(self.drive.id().as_uuid()).0)
    }

    fn assigned_cid(self) -> Option<u64> {
        self.assigned.drive().and_then(hex)
    }

    /// Returns the first number of generated ids. Lower numbers can be assigned if the drive has an assigned id.
    fn first_number(self) -> u128 {
        if self.assigned_cid().is_some() { FIRST_PERSONAL_ITEM.into() } else { ROOT_NUMBER }
    }
}

/// Parses 1 to 16 hexadecimal digits.
fn hex(digits: &str) -> Option<u64> {
    let is_hex =
        !digits.is_empty() && digits.len() <= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex { u64::from_str_radix(digits, 16).ok() } else { None }
}

fn business_bytes(id: &str) -> Option<([u8; 4], Uuid)> {
    let bytes = BASE32_NOPAD.decode(id.strip_prefix("01")?.as_bytes()).ok()?;
    let (head, guid) = bytes.split_first_chunk::<4>()?;
    Some((*head, Uuid::from_bytes_le(guid.try_into().ok()?)))
}

fn personal_parts(id: &str) -> Option<(&str, u128)> {
    let (digits, number) = id.split_once('!')?;
    let is_number =
        !number.is_empty() && number.len() <= 39 && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Some((digits, number.parse().ok()?)) } else { None }
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;
    use drivesim::wire_id::WireIdForm;

    use super::*;

    /// The core must refuse to assign any id that is generated here, though its table does not know this arithmetic.
    #[test]
    fn generated_ids_cannot_be_assigned() {
        for (drive_type, profile) in [(DriveType::Business, "business"), (DriveType::Personal, "personal")] {
            for id in ["", " id=DCD0D3AD-8989-4F23-A5A2-2C086050513F", " id=D4648F06C91D9D3D"] {
                if drive_type == DriveType::Business && id.ends_with('D') {
                    continue;
                }
                let outline = format!("drive mine profile={profile}{id}\na.txt\nb.txt\n");
                let sim = Sim::builder().outline(outline).build().unwrap();
                let drive = sim.drive("mine").unwrap();
                let assigned = sim.wire_ids(&drive).unwrap();
                let ids = GraphIds { drive: &drive, drive_type, assigned: &assigned };
                let (a, root) = (sim.item("/a.txt").unwrap().id, sim.item("/").unwrap().id);
                for (item, is_root) in [(a, false), (root, true)] {
                    let generated = ids.item(item, is_root);
                    assert_eq!(ids.parse_item(&generated, root), Ok(item), "{generated}");
                    let error = sim.set_wire_id("/b.txt", Some(&generated)).unwrap_err();
                    assert!(error.to_string().contains("is reserved for generated ids"), "{error}");
                }
                // A second drive cannot have the id of the first.
                let outline = format!(
                    "drive mine profile={profile}{id}\ndrive other profile={profile} id={}\n",
                    ids.drive()
                );
                let error = Sim::builder().outline(outline).build().map(drop).unwrap_err();
                assert!(error.to_string().contains("is taken by \"mine\""), "{error}");
            }
        }
    }

    #[test]
    fn the_assigned_id_of_a_personal_drive_begins_the_ids_of_its_items() {
        let outline =
            "drive mine profile=personal id=D4648F06C91D9D3D\na.txt # id=d4648f06c91d9d3d!105\nb.txt\n";
        let sim = Sim::builder().outline(outline).build().unwrap();
        let drive = sim.drive("mine").unwrap();
        let assigned = sim.wire_ids(&drive).unwrap();
        let ids = GraphIds { drive: &drive, drive_type: DriveType::Personal, assigned: &assigned };
        let of = |path: &str| sim.item(path).unwrap().id;
        assert_eq!(ids.item(of("/"), true).as_str(), "D4648F06C91D9D3D!101");
        assert_eq!(ids.item(of("/b.txt"), false).as_str(), "D4648F06C91D9D3D!1000000002");
        assert_eq!(ids.item(of("/a.txt"), false).as_str(), "d4648f06c91d9d3d!105");
        for id in ["D4648F06C91D9D3D!105", "d4648f06c91d9d3d!105"] {
            assert_eq!(ids.parse_item(id, of("/")), Ok(of("/a.txt")), "{id}");
        }
        // The generated id of an item with an assigned id names no item.
        assert_eq!(ids.parse_item("D4648F06C91D9D3D!1000000001", of("/")), Err(BadId::OtherDrive));
        assert!(ids.is_drive("d4648f06c91d9d3d") && !ids.is_drive("0000000000000001"));
    }

    #[test]
    fn an_unknown_id_is_of_another_drive_if_it_has_an_assignable_form_and_else_malformed() {
        let drive = Sim::builder().build().unwrap().drive("drive").unwrap();
        let assigned = WireIds::new(WireIdForm::Business);
        let ids = GraphIds { drive: &drive, drive_type: DriveType::Business, assigned: &assigned };
        let root = ItemId::from_bits(FIRST_ITEM);
        for (id, bad) in [
            ("DCD0D3AD-8989-4F23-A5A2-2C086050513F", BadId::OtherDrive),
            ("DCD0D3AD-8989-4F23-A5A2", BadId::Malformed),
            ("D4648F06C91D9D3D!105", BadId::OtherDriveType),
        ] {
            assert_eq!(ids.parse_item(id, root), Err(bad), "{id}");
        }
    }
}
