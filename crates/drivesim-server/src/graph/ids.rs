//! The only place that turns ids of drives and items into those of the wire and back, by arithmetic alone.
//!
//! Business: an item's id is `01` and the Base32 of four bytes that tell the drive and of a GUID, little-endian; a
//! drive's is `b!` and the Base64 of three GUIDs. Personal: a drive is 16 hexadecimal digits, an item those and a
//! number. The forms of ids were worked out from published ones; that all are of these forms is *assumed*. Which GUID
//! belongs to which item is ours.

use std::fmt::Write as _;

use arrayvec::ArrayString;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use drivesim::{DriveRef, ItemId};
use uuid::{Builder, Uuid};

use crate::graph::drive::Flavour;
use crate::mix::mix;

/// The GUID of the root of every business drive.
const ROOT: Uuid = Uuid::from_u128(0xea8c_c6be_ffdb_43d7_976f_bc7d_a445_c639);
/// The number of the root of a personal drive; the others follow.
const FIRST_NUMBER: u128 = 101;
/// The root of a drive as a number: the first generation of the first place.
const FIRST_ITEM: u64 = 1 << 32;

/// Says what is wrong with an id of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadId {
    /// It is the form of the other kind of drive.
    OtherFlavour,
    /// It has the right form and is of another drive, or of none.
    OtherDrive,
    /// It has no form at all.
    Malformed,
}

/// Scrambles a number so that it can be put back: multiplying by an odd number and folding the upper half down.
fn scramble(bits: u64, key: u64) -> u64 {
    let bits = (bits ^ key).wrapping_mul(FACTOR);
    bits ^ (bits >> 32)
}

fn unscramble(bits: u64, key: u64) -> u64 {
    let bits = bits ^ (bits >> 32);
    bits.wrapping_mul(INVERSE) ^ key
}

const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// What `FACTOR` gives 1 with.
const INVERSE: u64 = 0xF1DE_83E1_9937_733D;
const _: () = assert!(FACTOR.wrapping_mul(INVERSE) == 1);

fn halves(uuid: Uuid) -> (u64, u64) {
    uuid.as_u64_pair()
}

/// Returns the GUID of an item of a business drive.
pub(crate) fn guid(drive: &DriveRef, item: ItemId, is_root: bool) -> Uuid {
    if is_root {
        return ROOT;
    }
    let (high, low) = halves(drive.id().as_uuid());
    let place = scramble(item.to_bits(), high);
    Uuid::from_u64_pair(place, scramble(place, low))
}

/// Returns the item of a GUID.
fn item_of(drive: &DriveRef, guid: Uuid, root: ItemId) -> Option<ItemId> {
    if guid == ROOT {
        return Some(root);
    }
    let (high, low) = halves(drive.id().as_uuid());
    let (place, check) = halves(guid);
    (check == scramble(place, low)).then(|| ItemId::from_bits(unscramble(place, high)))
}

/// Returns the four bytes that all ids of a business drive start with.
fn prefix(drive: &DriveRef) -> [u8; 4] {
    let [a, b, c, d, ..] = drive.id().as_uuid().into_bytes();
    [a, b, c, d]
}

/// Returns the 16 digits of a personal drive.
fn cid(drive: &DriveRef) -> String {
    format!("{:016x}", halves(drive.id().as_uuid()).0)
}

/// Returns the id of a drive.
pub(crate) fn drive_id(drive: &DriveRef, flavour: Flavour) -> String {
    if flavour == Flavour::Personal {
        return cid(drive);
    }
    let list = drive.id().as_uuid();
    let guids = [site_id(drive), derived(drive, 2), list].map(|guid| guid.to_bytes_le());
    let mut id = String::with_capacity(66);
    id.push_str("b!");
    id.push_str(BASE64URL_NOPAD.encode_mut_str(guids.as_flattened(), &mut [0; 64]));
    id
}

/// Returns the id of the site a business drive is in, as text.
pub(crate) fn site_text(drive: &DriveRef) -> String {
    site_id(drive).hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
}

/// Returns the id of the site a business drive is in.
fn site_id(drive: &DriveRef) -> Uuid {
    derived(drive, 1)
}

/// Returns a GUID that belongs to a drive.
fn derived(drive: &DriveRef, number: u64) -> Uuid {
    let (high, low) = halves(drive.id().as_uuid());
    let halves = [mix(high ^ number), mix(low ^ number)].map(u64::to_be_bytes);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&halves[0]);
    bytes[8..].copy_from_slice(&halves[1]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The id of an item on the wire: 34 characters on business drives, and at most 16, one and 20 on personal ones.
pub(crate) type WireId = ArrayString<40>;

/// Returns the id of an item.
pub(crate) fn item_id(drive: &DriveRef, flavour: Flavour, item: ItemId, is_root: bool) -> WireId {
    let mut id = WireId::new();
    if flavour == Flavour::Personal {
        let number = u128::from(item.to_bits().wrapping_sub(FIRST_ITEM)) + FIRST_NUMBER;
        let written = write!(id, "{:016X}!{number}", halves(drive.id().as_uuid()).0);
        debug_assert!(written.is_ok(), "the id of an item is longer than any");
        return id;
    }
    let mut bytes = [0; 20];
    bytes[..4].copy_from_slice(&prefix(drive));
    bytes[4..].copy_from_slice(&guid(drive, item, is_root).to_bytes_le());
    id.push_str("01");
    id.push_str(BASE32_NOPAD.encode_mut_str(&bytes, &mut [0; 32]));
    id
}

/// Returns the item of an id.
pub(crate) fn parse_item_id(
    drive: &DriveRef,
    flavour: Flavour,
    id: &str,
    root: ItemId,
) -> Result<ItemId, BadId> {
    let (business, personal) = (business_bytes(id), personal_parts(id));
    match (flavour, business, personal) {
        (Flavour::Business, Some((head, guid)), _) => {
            let item = (head == prefix(drive)).then(|| item_of(drive, guid, root)).flatten();
            item.ok_or(BadId::OtherDrive)
        }
        (Flavour::Personal, _, Some((digits, number))) => {
            let is_ours = is_cid(drive, digits);
            let bits = number.checked_sub(FIRST_NUMBER).and_then(|bits| u64::try_from(bits).ok());
            bits.filter(|_| is_ours)
                .map(|bits| ItemId::from_bits(bits.wrapping_add(FIRST_ITEM)))
                .ok_or(BadId::OtherDrive)
        }
        (_, None, None) => Err(BadId::Malformed),
        _ => Err(BadId::OtherFlavour),
    }
}

/// Says whether an id of the wire means this drive. Leading zeros of a personal one are sometimes dropped, and its case
/// varies.
pub(crate) fn is_drive_id(drive: &DriveRef, flavour: Flavour, id: &str) -> bool {
    match flavour {
        Flavour::Personal => is_cid(drive, id),
        Flavour::Business => id == drive_id(drive, flavour),
    }
}

fn is_cid(drive: &DriveRef, digits: &str) -> bool {
    let is_hex =
        !digits.is_empty() && digits.len() <= 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex && u64::from_str_radix(digits, 16) == Ok(halves(drive.id().as_uuid()).0)
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
