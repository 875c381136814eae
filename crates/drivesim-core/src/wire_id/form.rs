//! Parses the ids of each service, and finds those that a server generates itself.

use super::{FIRST_BOX_FILE, FIRST_BOX_FOLDER, FIRST_PERSONAL_ITEM, WireIdError};
use crate::item::ItemKind;

/// The form of the ids of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireIdForm {
    /// Items: `01` and 32 letters of Base32, or a GUID. Drives: `b!` and 64 letters of Base64, or a GUID.
    /// Case-sensitive, except for GUIDs.
    Business,
    /// Items: `CID!NUMBER`, `CID!s` and 32 hexadecimal digits, or a GUID. Drives: a CID of 1 to 16 hexadecimal digits,
    /// or a GUID. Not case-sensitive.
    Personal,
    /// Items: a decimal number; files and folders have separate numbers. Drives have no id.
    Box,
}

/// The inputs of the ids that a server generates for a drive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GeneratedIdInputs<'a> {
    /// The UUID of the drive.
    pub(crate) uuid: u128,
    /// The id that is assigned to the drive.
    pub(crate) drive: Option<&'a str>,
    /// [`Profile::id_offset`](crate::Profile::id_offset).
    pub(crate) box_offset: u64,
}

const BUSINESS_ITEM: &str = "01 and 32 letters of Base32, or a GUID";
const PERSONAL_ITEM: &str = "CID!NUMBER with 1 to 16 hexadecimal digits before the exclamation mark, CID!s and 32 hexadecimal \
                             digits, or a GUID";
const BOX_ITEM: &str = "a decimal number of at most 20 digits that does not begin with 0";
const BUSINESS_DRIVE: &str = "b! and 64 letters of Base64, or a GUID";
const PERSONAL_DRIVE: &str = "1 to 16 hexadecimal digits, or a GUID";
const BOX_DRIVE: &str = "none, as drives of Box have no id on the wire";

impl WireIdForm {
    /// Returns whether a text has the form of the id of an item, whether one exists or not.
    pub fn is_item(self, id: &str) -> bool {
        self.item_key(id, ItemKind::File).is_some()
    }

    /// Returns whether a text has the form of the id of a drive, whether one exists or not.
    pub fn is_drive(self, id: &str) -> bool {
        self.drive_key(id).is_some()
    }

    /// Returns the key of the id of an item, which is equal for all spellings: a GUID is the same in any letter case
    /// (RFC 9562).
    pub(crate) fn item_key(self, id: &str, kind: ItemKind) -> Option<String> {
        match self {
            WireIdForm::Business | WireIdForm::Personal if is_guid(id) => Some(id.to_ascii_uppercase()),
            WireIdForm::Business => is_business_item(id).then(|| id.to_owned()),
            WireIdForm::Personal => {
                let (cid, rest) = id.split_once('!')?;
                let cid = hex(cid)?;
                match PersonalRest::read(rest)? {
                    PersonalRest::Number(number) => Some(format!("{cid:016X}!{number}")),
                    PersonalRest::Guid(digits) => {
                        Some(format!("{cid:016X}!s{}", digits.to_ascii_lowercase()))
                    }
                }
            }
            WireIdForm::Box => {
                let space = if kind == ItemKind::Folder { 'd' } else { 'f' };
                decimal(id).map(|number| format!("{space}_{number}"))
            }
        }
    }

    /// Returns the key of the id of a drive, which is equal for all spellings.
    pub(crate) fn drive_key(self, id: &str) -> Option<String> {
        match self {
            WireIdForm::Business | WireIdForm::Personal if is_guid(id) => Some(id.to_ascii_uppercase()),
            WireIdForm::Business => business_list(id).is_some().then(|| id.to_owned()),
            WireIdForm::Personal => hex(id).map(|cid| format!("{cid:016X}")),
            WireIdForm::Box => None,
        }
    }

    /// Returns the key of an id that may be assigned to an item.
    pub(crate) fn check_item(
        self,
        id: &str,
        kind: ItemKind,
        reserved: GeneratedIdInputs<'_>,
    ) -> Result<String, WireIdError> {
        let expected = match self {
            WireIdForm::Business => BUSINESS_ITEM,
            WireIdForm::Personal => PERSONAL_ITEM,
            WireIdForm::Box => BOX_ITEM,
        };
        let malformed = || WireIdError::Malformed { id: id.to_owned(), expected };
        let key = self.item_key(id, kind).ok_or_else(malformed)?;
        match self.free_items(id, kind, reserved) {
            Some(expected) => Err(WireIdError::Reserved { id: id.to_owned(), expected }),
            None => Ok(key),
        }
    }

    /// Returns which ids are free, if a server may generate this one for another item.
    fn free_items(self, id: &str, kind: ItemKind, reserved: GeneratedIdInputs<'_>) -> Option<String> {
        match self {
            WireIdForm::Business => (business_prefix(id) == Some((reserved.uuid >> 96) as u32))
                .then(|| "another drive's prefix, the seven letters after 01".to_owned()),
            WireIdForm::Personal => {
                let (cid, rest) = id.split_once('!')?;
                let PersonalRest::Number(number) = PersonalRest::read(rest)? else { return None };
                let assigned = reserved.drive.and_then(hex);
                let own = assigned.unwrap_or((reserved.uuid >> 64) as u64);
                let is_free = assigned.is_some() && number < FIRST_PERSONAL_ITEM && number != 101;
                (hex(cid) == Some(own) && !is_free).then(|| match assigned {
                    Some(_) => format!("a number other than 101 and below {FIRST_PERSONAL_ITEM}"),
                    None => "another CID, or a drive with this CID (`drive … id=`)".to_owned(),
                })
            }
            WireIdForm::Box => {
                let (from, first) = match kind {
                    // Among folders, the root has the number 0 and the trash 1.
                    ItemKind::Folder => (2, FIRST_BOX_FOLDER),
                    ItemKind::File => (1, FIRST_BOX_FILE),
                };
                let first = u128::from(first) + u128::from(reserved.box_offset);
                let is_free = decimal(id).is_some_and(|number| (from..first).contains(&number));
                let most = first - 1;
                (!is_free)
                    .then(|| format!("a {kind}'s number from {from} to {most}, or more with `id_offset`"))
            }
        }
    }

    /// Checks an id to assign to a drive.
    pub(crate) fn check_drive(self, id: &str) -> Result<(), WireIdError> {
        let expected = match self {
            WireIdForm::Business => BUSINESS_DRIVE,
            WireIdForm::Personal => PERSONAL_DRIVE,
            WireIdForm::Box => BOX_DRIVE,
        };
        if self.is_drive(id) { Ok(()) } else { Err(WireIdError::Malformed { id: id.to_owned(), expected }) }
    }

    /// Returns whether two texts are the id of one drive.
    pub(crate) fn are_same_drive(self, one: &str, other: &str) -> bool {
        let key = self.drive_key(one);
        key.is_some() && key == self.drive_key(other)
    }

    /// Returns whether an id names a drive: it is the id assigned to the drive or, if none is, the one that a server
    /// generates from its UUID.
    pub fn names_drive(self, id: &str, assigned: Option<&str>, uuid: u128) -> bool {
        assigned
            .map_or_else(|| self.is_generated_from(id, uuid), |assigned| self.are_same_drive(assigned, id))
    }

    fn is_generated_from(self, id: &str, uuid: u128) -> bool {
        match self {
            WireIdForm::Business => business_list(id) == Some(uuid),
            WireIdForm::Personal => hex(id) == Some((uuid >> 64) as u64),
            WireIdForm::Box => false,
        }
    }
}

/// The part after the mark in the id of an item of a personal drive.
enum PersonalRest<'a> {
    Number(u64),
    Guid(&'a str),
}

impl PersonalRest<'_> {
    fn read(rest: &str) -> Option<PersonalRest<'_>> {
        match rest.strip_prefix(['s', 'S']) {
            Some(digits) => (digits.len() == 32 && is_hex(digits)).then_some(PersonalRest::Guid(digits)),
            None if rest.bytes().all(|byte| byte.is_ascii_digit()) => {
                rest.parse().ok().map(PersonalRest::Number)
            }
            None => None,
        }
    }
}

/// Returns whether a text is a GUID with its hyphens.
fn is_guid(id: &str) -> bool {
    let mut groups = id.split('-');
    let fits = [8, 4, 4, 4, 12].iter().all(|&len| groups.next().is_some_and(|group| group.len() == len));
    fits && groups.next().is_none() && is_hex(&id.replace('-', ""))
}

fn is_hex(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Parses 1 to 16 hexadecimal digits.
fn hex(digits: &str) -> Option<u64> {
    let is_cid = (1..=16).contains(&digits.len()) && is_hex(digits);
    if is_cid { u64::from_str_radix(digits, 16).ok() } else { None }
}

/// Parses a positive decimal number.
fn decimal(digits: &str) -> Option<u128> {
    let is_number = (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && !digits.starts_with('0') { digits.parse().ok() } else { None }
}

/// Returns whether a text is `01` and the Base32 of 20 bytes.
fn is_business_item(id: &str) -> bool {
    let is_base32 = |rest: &str| rest.len() == 32 && rest.bytes().all(|byte| base32(byte).is_some());
    id.strip_prefix("01").is_some_and(is_base32)
}

fn base32(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    }
}

/// Returns the first four bytes of the id of an item, which identify its drive.
fn business_prefix(id: &str) -> Option<u32> {
    let letters = id.strip_prefix("01").filter(|_| is_business_item(id))?.bytes().take(7);
    let bits = letters.filter_map(base32).fold(0_u64, |bits, letter| bits << 5 | u64::from(letter));
    // Seven letters have 35 bits.
    u32::try_from(bits >> 3).ok()
}

/// Returns the last of the three GUIDs in the id of a drive. The first three fields of a GUID are little-endian there.
fn business_list(id: &str) -> Option<u128> {
    let letters = id.strip_prefix("b!").filter(|letters| letters.len() == 64)?;
    let mut bits = 0_u128;
    for byte in letters.bytes() {
        // The shift drops all but the last 16 bytes.
        bits = bits << 6 | u128::from(base64(byte)?);
    }
    let [a, b, c, d, e, f, g, h, rest @ ..] = bits.to_be_bytes();
    let mut turned = [d, c, b, a, f, e, h, g, 0, 0, 0, 0, 0, 0, 0, 0];
    turned[8..].copy_from_slice(&rest);
    Some(u128::from_be_bytes(turned))
}

fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "DCD0D3AD-8989-4F23-A5A2-2C086050513F";
    const RESERVED: GeneratedIdInputs<'_> =
        GeneratedIdInputs { uuid: 0xA35A_5B5F_0000_5000_8000_0000_0000_0000, drive: None, box_offset: 0 };

    #[track_caller]
    fn check(form: WireIdForm, good: &[&str], bad: &[&str]) {
        for id in good {
            assert_eq!(form.check_item(id, ItemKind::File, RESERVED).map(drop), Ok(()), "{id}");
        }
        for id in bad {
            assert!(form.check_item(id, ItemKind::File, RESERVED).is_err(), "{id}");
            assert!(!form.is_item(id) || form == WireIdForm::Box, "{id}");
        }
    }

    #[test]
    fn ids_of_items_have_the_forms_of_their_service() {
        let guids = ["DCD0D3AD-8989-4F23-A5A2-2C086050513", "DCD0D3AD89894F23A5A22C086050513F", ""];
        let not_business = [
            "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36",
            "01bye5rz6qn3zwbtufofd3gspgohdjd36k",
            "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD361",
            "02BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K",
            "12345",
            "D4648F06C91D9D3D!105",
        ];
        let business_ids =
            ["01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K", GUID, "dcd0d3ad-8989-4f23-a5a2-2c086050513f"];
        check(WireIdForm::Business, &business_ids, &[&guids[..], &not_business].concat());
        let long = "D4648F06C91D9D3D!sea8cc6beffdb43d7976fbc7da445c639";
        let not_personal =
            ["D4648F06C91D9D3D!", "!105", "D4648F06C91D9D3D0!105", "X!1", "1!-1", "1!s12", "12345"];
        check(
            WireIdForm::Personal,
            &["D4648F06C91D9D3D!105", "d4648f06c91d9d3d!105", "1!0", long, GUID],
            &[&guids[..], &not_personal].concat(),
        );
        check(
            WireIdForm::Box,
            &["1", "12345", "1499999999999"],
            &[
                "0",
                "012345",
                "-1",
                "1.0",
                "",
                "1500000000000",
                "99999999999999999999",
                "100000000000000000000",
                GUID,
            ],
        );
    }

    #[test]
    fn spellings_are_equal_where_the_service_treats_them_as_equal() {
        let key = |form: WireIdForm, id: &str| form.item_key(id, ItemKind::File);
        for (one, other, same) in [
            ("D4648F06C91D9D3D!105", "d4648f06c91d9d3d!0105", true),
            ("0648F06C91D9D3D!105", "648f06c91d9d3d!105", true),
            ("D4648F06C91D9D3D!105", "D4648F06C91D9D3D!106", false),
            (GUID, "dcd0d3ad-8989-4f23-a5a2-2c086050513f", true),
        ] {
            let keys = [one, other].map(|id| key(WireIdForm::Personal, id));
            assert_eq!(keys[0] == keys[1], same, "{one} {other}");
        }
        assert_eq!(key(WireIdForm::Business, GUID), key(WireIdForm::Business, &GUID.to_lowercase()));
        let made = "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K";
        assert_eq!(key(WireIdForm::Business, made).as_deref(), Some(made));
        assert_eq!(key(WireIdForm::Business, &made.to_lowercase()), None);
        let folder = WireIdForm::Box.item_key("12345", ItemKind::Folder);
        assert_ne!(key(WireIdForm::Box, "12345"), folder, "files and folders have numbers apart");
    }

    #[test]
    fn ids_that_a_server_generates_cannot_be_assigned() {
        let refused = |form: WireIdForm, id: &str, kind, reserved| {
            matches!(form.check_item(id, kind, reserved), Err(WireIdError::Reserved { .. }))
        };
        // UNNFWXYA... is the Base32 of A35A5B5F00.
        let own = "01UNNFWXYAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(refused(WireIdForm::Business, own, ItemKind::File, RESERVED));
        let other = GeneratedIdInputs { uuid: 0, ..RESERVED };
        assert!(!refused(WireIdForm::Business, own, ItemKind::File, other));
        assert!(refused(WireIdForm::Personal, "A35A5B5F00005000!7", ItemKind::File, RESERVED));
        let given = GeneratedIdInputs { drive: Some("a35a5b5f00005000"), ..RESERVED };
        for (number, is_refused) in [("7", false), ("101", true), ("999999999", false), ("1000000000", true)]
        {
            let id = format!("A35A5B5F00005000!{number}");
            assert_eq!(refused(WireIdForm::Personal, &id, ItemKind::File, given), is_refused, "{id}");
        }
        for (id, kind, is_refused) in [
            ("1", ItemKind::Folder, true),
            ("2", ItemKind::Folder, false),
            ("299999999999", ItemKind::Folder, false),
            ("300000000000", ItemKind::Folder, true),
            ("300000000000", ItemKind::File, false),
            ("1500000000000", ItemKind::File, true),
        ] {
            assert_eq!(refused(WireIdForm::Box, id, kind, RESERVED), is_refused, "{id} {kind}");
        }
        let moved = GeneratedIdInputs { box_offset: 1 << 53, ..RESERVED };
        assert!(!refused(WireIdForm::Box, "1693472811215", ItemKind::File, moved));
    }

    #[test]
    fn ids_of_drives_have_the_forms_of_their_service() {
        let long = format!("b!{}", "A".repeat(64));
        for (form, id, is_one) in [
            (WireIdForm::Business, GUID, true),
            (WireIdForm::Business, &long, true),
            (WireIdForm::Business, "b!short", false),
            (WireIdForm::Business, "D4648F06C91D9D3D", false),
            (WireIdForm::Personal, "D4648F06C91D9D3D", true),
            (WireIdForm::Personal, "4648f06c91d9d3d", true),
            (WireIdForm::Personal, GUID, true),
            (WireIdForm::Personal, &long, false),
            (WireIdForm::Personal, "", false),
            (WireIdForm::Box, "12345", false),
        ] {
            assert_eq!(form.check_drive(id).is_ok(), is_one, "{form:?} {id}");
        }
        assert_eq!(business_list(&long), Some(0));
        for form in [WireIdForm::Business, WireIdForm::Personal] {
            assert!(form.are_same_drive(GUID, &GUID.to_lowercase()), "{form:?}");
        }
        // Base64 uses letters of both cases.
        assert!(!WireIdForm::Business.are_same_drive(&long, &long.replacen('A', "a", 1)));
        assert!(WireIdForm::Personal.names_drive("7", None, 7 << 64));
        assert!(!WireIdForm::Personal.names_drive("7", Some("8"), 7 << 64));
        assert!(WireIdForm::Personal.names_drive("d4648f06c91d9d3d", Some("D4648F06C91D9D3D"), 0));
    }
}
