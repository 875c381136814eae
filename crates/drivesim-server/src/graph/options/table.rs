//! Lists the wire options of Microsoft's services.

use drivesim::Conflict;
use drivesim::profile::Service;

use crate::graph::options::{
    ChildrenOfFile, CopyError, EmptyCopy, FolderAgain, GraphOptions, MissingFolders, MonitorStatus,
    NewFolderFacts, OpenTotal, ParentPath, PersonalConflict, RedirectShows, RequiredOn, Restore,
    SecondSession, TokenAtUrl,
};
use crate::state::wire_option::{WireOption, WireRow, count, error_status, flag, wire_row};

const BUSINESS: &[Service] = &[Service::Business];
const PERSONAL: &[Service] = &[Service::Personal];
const BOTH: &[Service] = &[Service::Business, Service::Personal];

/// Parses the status of the monitor of a failed copy.
fn failed_monitor_status(value: &str) -> Option<u16> {
    match value {
        "200" => Some(200),
        "202" => Some(202),
        other => error_status(other),
    }
}

/// Parses the status of a precondition.
fn precondition_status(value: &str) -> Option<u16> {
    match value {
        "412" => Some(412),
        "409" => Some(409),
        _ => None,
    }
}

/// Parses a conflict behavior.
fn session_conflict(value: &str) -> Option<Conflict> {
    match value {
        "replace" => Some(Conflict::Replace),
        "fail" => Some(Conflict::Fail),
        "rename" => Some(Conflict::Rename),
        _ => None,
    }
}

#[rustfmt::skip]
pub(super) const OPTIONS: &[WireRow<GraphOptions>] = &[
    wire_row!(PERSONAL, personal_conflict, "ignore or refuse", "what happens to a copy with a conflict behavior other than `fail`: the same as with `fail`, or 400", PersonalConflict::parse),
    // Both members are optional on the pages; the message of python-o365 issue 769 requires one of them.
    wire_row!(BOTH, empty_copy, "accept or refuse", "what happens to a copy whose body has neither `parentReference` nor `name`", EmptyCopy::parse),
    // The OneDrive API's pages call it mandatory; a copy on a personal drive through Graph failed without it as well
    // (msgraph-sdk-android issue 14).
    wire_row!(BOTH, prefer_required, "onedrive_api, always or never", "on which routes a copy must have `Prefer: respond-async`: those of the OneDrive API, all or none", RequiredOn::parse),
    // The OneDrive API's pages mark only `name` as optional; Graph's pages mark both members.
    wire_row!(BOTH, parent_required, "onedrive_api, always or never", "on which routes a copy must have a `parentReference`: those of the OneDrive API, all or none", RequiredOn::parse),
    wire_row!(BOTH, if_match_on_copy, "true or false", "whether a copy checks the tag of its source in `If-Match`", flag),
    wire_row!(BOTH, file_as_target_status, "400 or another status", "the error status for a `parentReference` that names a file", error_status),
    // The OneDrive API's pages have 202 and 303, those of Graph always 202; on business drives always 200 was seen
    // (onedrive-api-docs issue 852).
    wire_row!(BOTH, monitor_status, "seen, 200, 202 or 303", "the status of the monitor of a copy: as seen on each drive and API, always 200 or 202, or 202 and then 303", MonitorStatus::parse),
    // No page names the status. rclone reads the body for any status.
    wire_row!(BOTH, failed_monitor_status, "200, 202 or another status", "the status of the monitor of a failed copy", failed_monitor_status),
    // A response that was seen has no `error` (onedrive-api-docs issue 666).
    wire_row!(PERSONAL, copy_error, "shown or left_out", "whether the monitor of a failed copy has an `error`; the response that was seen has none", CopyError::parse),
    // Pages of 2015 and 2017 have a `Location` and no body, a later one a body and no `Location`.
    wire_row!(BOTH, redirect_shows, "both, location or body", "what a monitor sends with 303: a `Location`, a body, or both", RedirectShows::parse),
    wire_row!(BUSINESS, token_at_upload, "ignored or refused", "whether an upload URL, which carries its own permission, rejects an access token", TokenAtUrl::parse),
    wire_row!(PERSONAL, token_at_upload, "refused or ignored", "whether an upload URL, which carries its own permission, rejects an access token", TokenAtUrl::parse),
    wire_row!(BOTH, token_at_download, "ignored or refused", "whether a download URL, which carries its own permission, rejects an access token", TokenAtUrl::parse),
    wire_row!(BOTH, token_at_monitor, "ignored or refused", "whether the URL of a monitor, which carries its own permission, rejects an access token", TokenAtUrl::parse),
    wire_row!(BUSINESS, second_session, "refused or allowed", "whether a second upload session fails while a file has an open one", SecondSession::parse),
    wire_row!(PERSONAL, second_session, "allowed or refused", "whether a second upload session fails while a file has an open one", SecondSession::parse),
    wire_row!(BOTH, open_total, "deferred or refused", "whether fragments of a session with deferCommit may omit the size of the file, `bytes 0-4/*`", OpenTotal::parse),
    wire_row!(BOTH, upload_folders, "made or refused", "whether an upload by path creates missing folders of the path", MissingFolders::parse),
    wire_row!(BUSINESS, children_folders, "refused or made", "whether creating a folder below a path creates missing folders of the path", MissingFolders::parse),
    wire_row!(PERSONAL, children_folders, "made or refused", "whether creating a folder below a path creates missing folders of the path", MissingFolders::parse),
    // It fails on the pages; it was also seen to return the folder (onedrive-api-docs issues 323 and 1162).
    wire_row!(PERSONAL, folder_again, "refuse or existing", "what creating a folder does if it already exists and no conflict behavior is sent: 409, or 200 with the existing one", FolderAgain::parse),
    // The pages have 412, the tests of microsoft-onedrive-mock 409.
    wire_row!(PERSONAL, precondition_status, "412 or 409", "the error status of a change or a deletion whose `If-Match` does not match", precondition_status),
    // The page on createUploadSession says that it fails; clients see the file replaced (microsoft-graph-docs issue
    // 19010, onedrive-api-docs issue 54).
    wire_row!(BOTH, session_conflict, "replace, fail or rename", "the conflict behavior of an upload session that does not set one", session_conflict),
    wire_row!(BOTH, session_days, "7 or another number", "the number of days that an upload session stays open", count),
    // The page on createUploadSession says 327,680 bytes; its example sends 26.
    wire_row!(BOTH, fragment_multiple, "1 or another number", "the length of each fragment except the last must be a multiple of this number of bytes", count),
    wire_row!(BOTH, folder_content_status, "400 or another status", "the error status of a request to read or write the content of a folder", error_status),
    wire_row!(BOTH, children_of_file, "empty or refuse", "the response to a listing of the children of a file: an empty list or 400", ChildrenOfFile::parse),
    wire_row!(BOTH, new_folder_facts, "kept or ignored", "whether a new folder gets the description and the times that are sent with it", NewFolderFacts::parse),
    // Both were seen on business drives.
    wire_row!(BUSINESS, parent_path, "drives or drive", "the prefix of the path of a `parentReference` in a response, `/drives/ID` or `/drive`; on the OneDrive API it is always `/drive`", ParentPath::parse),
    wire_row!(PERSONAL, parent_path, "drive or drives", "the prefix of the path of a `parentReference` in a response, `/drives/ID` or `/drive`; on the OneDrive API it is always `/drive`", ParentPath::parse),
    wire_row!(BUSINESS, restore, "allowed or refused", "whether items can be restored from the recycle bin", Restore::parse),
    // Clients found none on business drives; a sample of the pages shows one.
    wire_row!(BUSINESS, root_etag, "false or true", "whether the root of a drive has an eTag", flag),
    wire_row!(PERSONAL, root_etag, "true or false", "whether the root of a drive has an eTag", flag),
    // The page says that those of business drives have none; a sample shows one.
    wire_row!(BUSINESS, folder_ctag, "false or true", "whether folders have a cTag", flag),
    wire_row!(PERSONAL, folder_ctag, "true or false", "whether folders have a cTag", flag),
];
