//! Defines the wire options of Microsoft's services: how they respond where their pages do not say, or where responses
//! that were seen contradict them.

mod table;

use drivesim::error::OptionError;
use drivesim::profile::Service;
use drivesim::{Conflict, Profile};

use crate::state::wire_option::{WireOption, read, wire_words};

/// The wire options of a drive. Each field is the option of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphOptions {
    /// What an upload URL does with an access token.
    pub(crate) token_at_upload: TokenAtUrl,
    /// What a download URL does with an access token.
    pub(crate) token_at_download: TokenAtUrl,
    /// What the URL of a monitor does with an access token.
    pub(crate) token_at_monitor: TokenAtUrl,
    /// Whether a file with an open upload session can have a second one.
    pub(crate) second_session: SecondSession,
    /// Whether fragments of a session with `deferCommit` may omit the size of the file.
    pub(crate) open_total: OpenTotal,
    /// What an upload by path does if folders of the path are missing.
    pub(crate) upload_folders: MissingFolders,
    /// What creating a folder below a path does if folders of the path are missing.
    pub(crate) children_folders: MissingFolders,
    /// What a copy with neither a target folder nor a name does.
    pub(crate) empty_copy: EmptyCopy,
    /// What creating an existing folder without a conflict behavior does.
    pub(crate) folder_again: FolderAgain,
    /// The error status of a change or a deletion whose `If-Match` does not match.
    pub(crate) precondition_status: u16,
    /// The routes on which a copy must have the header `Prefer: respond-async`.
    pub(crate) prefer_required: RequiredOn,
    /// The routes on which a copy must have a `parentReference`.
    pub(crate) parent_required: RequiredOn,
    /// What a copy with a conflict behavior that the drive does not offer does.
    pub(crate) personal_conflict: PersonalConflict,
    /// Whether a copy checks `If-Match`.
    pub(crate) if_match_on_copy: bool,
    /// The error status of a request whose `parentReference` names a file.
    pub(crate) file_as_target_status: u16,
    /// The statuses with which the monitor of a copy responds.
    pub(crate) monitor_status: MonitorStatus,
    /// The status with which the monitor of a failed copy responds.
    pub(crate) failed_monitor_status: u16,
    /// What a monitor sends with the status 303.
    pub(crate) redirect_shows: RedirectShows,
    /// Whether the monitor of a failed copy has an error in the form of personal drives; in that of business drives it
    /// always has.
    pub(crate) copy_error: CopyError,
    /// The conflict behavior of an upload session that does not set one.
    pub(crate) session_conflict: Conflict,
    /// The number of days that an upload session stays open.
    pub(crate) session_days: u32,
    /// The length of each fragment of an upload except the last must be a multiple of this number of bytes.
    pub(crate) fragment_multiple: u32,
    /// The error status of a request to read or write the content of a folder.
    pub(crate) folder_content_status: u16,
    /// What listing the children of a file does.
    pub(crate) children_of_file: ChildrenOfFile,
    /// What happens to the description and the times that are sent with a new folder.
    pub(crate) new_folder_facts: NewFolderFacts,
    /// How the path of a `parentReference` in a response begins; always with `/drive` on the OneDrive API.
    pub(crate) parent_path: ParentPath,
    /// Whether items can be restored from the recycle bin.
    pub(crate) restore: Restore,
    /// Whether the root of a drive has an eTag.
    pub(crate) root_etag: bool,
    /// Whether folders have a cTag.
    pub(crate) folder_ctag: bool,
}

wire_words! {
    /// What a URL that carries its own permission does with an access token.
    TokenAtUrl {
        /// It serves the request.
        Ignored = "ignored",
        /// It rejects the request.
        Refused = "refused",
    }

    /// Whether a file with an open upload session can have a second one.
    SecondSession {
        /// It can.
        Allowed = "allowed",
        /// The second one fails.
        Refused = "refused",
    }

    /// Whether the fragments of a session may omit the size of the file.
    OpenTotal {
        /// They may if the session has `deferCommit`.
        Deferred = "deferred",
        /// They may not.
        Refused = "refused",
    }

    /// What happens if folders of a path are missing.
    MissingFolders {
        /// They are created.
        Made = "made",
        /// The request fails.
        Refused = "refused",
    }

    /// What a copy with neither a target folder nor a name does.
    EmptyCopy {
        /// It copies the item into its own folder.
        Accept = "accept",
        /// It fails.
        Refuse = "refuse",
    }

    /// What creating an existing folder without a conflict behavior does.
    FolderAgain {
        /// It fails.
        Refuse = "refuse",
        /// It returns the folder.
        Existing = "existing",
    }

    /// The routes on which a part of a request is required.
    RequiredOn {
        /// Those of the OneDrive API: `/drive`, `/drives`.
        OneDriveApi = "onedrive_api",
        /// All.
        All = "always",
        /// None.
        None = "never",
    }

    /// What a copy on a personal drive with a conflict behavior other than `fail` does.
    PersonalConflict {
        /// The same as with `fail`.
        Ignore = "ignore",
        /// It fails with 400.
        Refuse = "refuse",
    }

    /// The statuses with which the monitor of a copy responds.
    MonitorStatus {
        /// As seen on each drive and API: always 200 on business drives, 202 and then 200 on personal ones, 202 and then
        /// 303 on the OneDrive API.
        Seen = "seen",
        /// Always 200.
        Ok = "200",
        /// Always 202.
        Accepted = "202",
        /// 202 while the copy runs, 303 when it is done.
        SeeOther = "303",
    }

    /// What a monitor sends with the status 303.
    RedirectShows {
        /// The header `Location` and a body.
        Both = "both",
        /// The header `Location`.
        Location = "location",
        /// A body.
        Body = "body",
    }

    /// Whether the monitor of a failed copy has an error.
    CopyError {
        /// It has.
        Shown = "shown",
        /// It has not.
        LeftOut = "left_out",
    }

    /// What listing the children of a file does.
    ChildrenOfFile {
        /// It returns an empty list.
        Empty = "empty",
        /// It fails with 400.
        Refuse = "refuse",
    }

    /// What happens to the description and the times that are sent with a new folder.
    NewFolderFacts {
        /// The folder gets them.
        Kept = "kept",
        /// Nothing.
        Ignored = "ignored",
    }

    /// How the path of a `parentReference` in a response begins.
    ParentPath {
        /// With the drive: `/drives/ID/root:`.
        Drives = "drives",
        /// Without it: `/drive/root:`.
        Drive = "drive",
    }

    /// Whether items can be restored from the recycle bin.
    Restore {
        /// They can.
        Allowed = "allowed",
        /// They cannot.
        Refused = "refused",
    }
}

impl GraphOptions {
    /// The responses of OneDrive for work and SharePoint, which plain drives have too.
    ///
    /// URLs that carry their own permission accept an access token: uploads worked with one (microsoft-graph-docs issue
    /// 495), opendal sends one to monitors. A session is tied to its file: a second one fails while the first is open
    /// (onedrive-api-docs issue 747, microsoft-graph-docs issue 17631). An upload by path creates missing folders of
    /// the path (az-pipelines-2-sharepoint issue 6); creating a folder by POST does not (Microsoft365R issue 24).
    ///
    /// DIFFERS(onedrive-api-docs#1901): A download URL accepts an access token; it was seen to reject one on a personal
    /// drive (option `wire.token_at_download`).
    ///
    /// DIFFERS(onedrive-api-docs#387): Fragments of a session with `deferCommit` may omit the size of the file (live
    /// tests of msgraphfs); staff answered that no upload can omit it (option `wire.open_total`).
    pub(crate) const BUSINESS: GraphOptions = GraphOptions {
        token_at_upload: TokenAtUrl::Ignored,
        token_at_download: TokenAtUrl::Ignored,
        token_at_monitor: TokenAtUrl::Ignored,
        second_session: SecondSession::Refused,
        open_total: OpenTotal::Deferred,
        upload_folders: MissingFolders::Made,
        children_folders: MissingFolders::Refused,
        empty_copy: EmptyCopy::Accept,
        folder_again: FolderAgain::Refuse,
        precondition_status: 412,
        prefer_required: RequiredOn::OneDriveApi,
        parent_required: RequiredOn::OneDriveApi,
        personal_conflict: PersonalConflict::Ignore,
        if_match_on_copy: true,
        file_as_target_status: 400,
        monitor_status: MonitorStatus::Seen,
        failed_monitor_status: 200,
        redirect_shows: RedirectShows::Both,
        copy_error: CopyError::Shown,
        session_conflict: Conflict::Replace,
        session_days: 7,
        fragment_multiple: 1,
        folder_content_status: 400,
        children_of_file: ChildrenOfFile::Empty,
        new_folder_facts: NewFolderFacts::Kept,
        parent_path: ParentPath::Drives,
        restore: Restore::Allowed,
        root_etag: false,
        folder_ctag: false,
    };

    /// The responses of OneDrive of a person. An upload URL carries its own permission and rejects an access token
    /// (onedrive-uploader issue 39, data-transfer-project pull request 1416). A file may have several upload sessions
    /// (onedrive-api-docs issue 747). Creating a folder by POST creates missing folders of the path (the backend of
    /// opendal relies on it).
    const PERSONAL: GraphOptions = GraphOptions {
        token_at_upload: TokenAtUrl::Refused,
        second_session: SecondSession::Allowed,
        children_folders: MissingFolders::Made,
        parent_path: ParentPath::Drive,
        root_etag: true,
        folder_ctag: true,
        ..GraphOptions::BUSINESS
    };

    /// Returns the options of a drive of Microsoft.
    ///
    /// # Errors
    /// An option that the service does not have, or not with this value.
    pub(crate) fn of(profile: &Profile) -> Result<GraphOptions, OptionError> {
        let defaults = match profile.service {
            Service::Personal => &GraphOptions::PERSONAL,
            Service::Plain | Service::Business | Service::Box => &GraphOptions::BUSINESS,
        };
        read(defaults, table::OPTIONS, profile)
    }
}

/// Returns all options.
pub(crate) fn all() -> impl Iterator<Item = WireOption> {
    table::OPTIONS.iter().map(|row| row.option)
}
