//! Builds the download URLs of files.

use drivesim::ItemId;
use drivesim::drive::DriveRef;

use crate::http::request::ApiRequest;
use crate::state::app::App;
use crate::state::download_ticket as ticket;

/// The path before the ticket.
const HEAD: &str = "/_download/";

/// Returns the download URL of a file.
pub(crate) fn of(app: &App, request: &ApiRequest, drive: &DriveRef, file: ItemId) -> String {
    with_head(app, &head(request, drive), drive, file)
}

/// Returns the beginning of the download URLs of a drive's files.
pub(crate) fn head(request: &ApiRequest, drive: &DriveRef) -> String {
    let mut head = String::with_capacity(request.base.len() + HEAD.len() + ticket::DRIVE_LENGTH);
    head.push_str(&request.base);
    head.push_str(HEAD);
    ticket::push_drive(&mut head, drive);
    head
}

/// Returns the download URL of a file; `head` is its beginning.
pub(crate) fn with_head(app: &App, head: &str, drive: &DriveRef, file: ItemId) -> String {
    let mut url = String::with_capacity(head.len() + ticket::FILE_LENGTH + ticket::SIGNATURE_LENGTH);
    url.push_str(head);
    ticket::push_file(&mut url, drive, file, 0);
    ticket::sign(&app.signer, &mut url);
    url
}
