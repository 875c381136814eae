//! Writes and reads the tickets in download URLs, which make a token unnecessary.
//!
//! A ticket names drive, item and version by arithmetic, with a checksum that only this drive's ids have. Version 0 is
//! the version that is current when the ticket is used.

use data_encoding::BASE32_NOPAD;
use drivesim::ItemId;
use drivesim::drive::{DriveId, DriveRef};
use uuid::Uuid;

use crate::state::secret::{self, Purpose, Signer};
use crate::state::splitmix::splitmix;

/// The number of characters for the drive.
pub(crate) const DRIVE_LENGTH: usize = 26;
/// The number of characters for item and version.
pub(crate) const FILE_LENGTH: usize = 32;

/// The number of characters that the signature adds where tokens are checked.
pub(crate) const SIGNATURE_LENGTH: usize = secret::SIGNATURE_LENGTH;

/// Writes a ticket for drive, item and version.
pub(crate) fn write(signer: &Signer, drive: &DriveRef, file: ItemId, version: u32) -> String {
    let mut ticket = String::with_capacity(DRIVE_LENGTH + FILE_LENGTH + SIGNATURE_LENGTH);
    push_drive(&mut ticket, drive);
    push_file(&mut ticket, drive, file, version);
    sign(signer, &mut ticket);
    ticket
}

/// Signs the ticket at the end of `text`.
pub(crate) fn sign(signer: &Signer, text: &mut String) {
    signer.push_signature(text, Purpose::Download, DRIVE_LENGTH + FILE_LENGTH);
}

/// What a ticket names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DownloadTicket {
    pub(crate) drive: DriveId,
    pub(crate) file: ItemId,
    pub(crate) version: u32,
}

/// Reads a signed ticket.
pub(crate) fn read_signed(signer: &Signer, text: &str) -> Option<DownloadTicket> {
    read(signer.verify(Purpose::Download, text)?)
}

/// Appends the drive to a URL.
pub(crate) fn push_drive(url: &mut String, drive: &DriveRef) {
    url.push_str(BASE32_NOPAD.encode_mut_str(drive.id().as_uuid().as_bytes(), &mut [0; DRIVE_LENGTH]));
}

/// Appends item and version, each masked by the checksum that follows them.
pub(crate) fn push_file(url: &mut String, drive: &DriveRef, file: ItemId, version: u32) {
    let check = check(drive.id(), file, version);
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&(file.to_bits() ^ check).to_be_bytes());
    bytes[8..12].copy_from_slice(&(version ^ (check >> 32) as u32).to_be_bytes());
    bytes[12..].copy_from_slice(&check.to_be_bytes());
    url.push_str(BASE32_NOPAD.encode_mut_str(&bytes, &mut [0; FILE_LENGTH]));
}

/// Reads a ticket whose signature was checked. Returns `None` if this server did not write it.
pub(crate) fn read(text: &str) -> Option<DownloadTicket> {
    let (drive, file) = text.split_at_checked(DRIVE_LENGTH)?;
    let drive: [u8; 16] = BASE32_NOPAD.decode(drive.as_bytes()).ok()?.try_into().ok()?;
    let file = BASE32_NOPAD.decode(file.as_bytes()).ok()?;
    let (item, rest) = file.split_first_chunk::<8>()?;
    let (version, rest) = rest.split_first_chunk::<4>()?;
    let given = u64::from_be_bytes(rest.try_into().ok()?);
    let mask = (given >> 32) as u32;
    let (item, version) = (u64::from_be_bytes(*item) ^ given, u32::from_be_bytes(*version) ^ mask);
    let (drive, file) = (DriveId::from_uuid(Uuid::from_bytes(drive)), ItemId::from_bits(item));
    let is_ours = check(drive, file, version) == given;
    is_ours.then_some(DownloadTicket { drive, file, version })
}

/// Returns the checksum of an id.
fn check(drive: DriveId, file: ItemId, version: u32) -> u64 {
    let (high, low) = drive.as_uuid().as_u64_pair();
    splitmix(high ^ splitmix(file.to_bits() ^ splitmix(low ^ u64::from(version))))
}

#[cfg(test)]
mod tests {
    use drivesim::Sim;

    use super::*;
    use crate::state::options::ServerOptions;

    #[test]
    fn a_ticket_contains_drive_file_and_version_and_no_other_text_is_read() {
        let sim = Sim::builder().outline("drive one\na\ndrive two\nb\n").build().unwrap();
        let [one, two] = ["one", "two"].map(|name| sim.drive(name).unwrap());
        let signer = Signer::of(&ServerOptions::default()).unwrap();
        let file = sim.item("/a").unwrap().id;
        for version in [0, 1, u32::MAX] {
            let ticket = write(&signer, &one, file, version);
            assert_eq!(ticket.len(), DRIVE_LENGTH + FILE_LENGTH);
            assert_eq!(read(&ticket), Some(DownloadTicket { drive: one.id(), file, version }));
        }
        let (ticket, other) = (write(&signer, &one, file, 0), write(&signer, &two, file, 0));
        let (drive, rest) = ticket.split_at(DRIVE_LENGTH);
        for bad in [
            String::new(),
            drive.to_owned(),
            rest.to_owned(),
            ticket[1..].to_owned(),
            ticket[..ticket.len() - 1].to_owned(),
            format!("{ticket}A"),
            ticket.to_lowercase(),
            // Parts of two tickets, and a character that spans the boundary of the parts.
            format!("{drive}{}", &other[DRIVE_LENGTH..]),
            format!("{}é{rest}", &drive[1..]),
        ] {
            assert_eq!(read(&bad), None, "{bad}");
        }
    }
}
