//! Defines how services respond on the wire where their pages do not say.

use crate::conflict::Conflict;

/// How Box responds where its pages do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct BoxWire {
    /// How the response to a taken name reports the item that has it.
    pub conflicts_shape: ConflictsShape,
    /// The fields of a response besides the requested ones.
    pub fields_base: FieldsBase,
    /// The error status of a copy of the root.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub copy_root_status: u16,
    /// The error status of a copy of a folder into itself or below.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub cyclic_copy_status: u16,
    /// The error status of a copy into a file.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub file_as_target_status: u16,
    /// The error status of a copy of a version that the file does not have.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub foreign_version_status: u16,
    /// The error status of a copy for which there is no room.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub copy_without_room_status: u16,
    /// Whether a copy is not made if the source has the etag in If-None-Match.
    pub if_none_match_on_copy: bool,
    /// Whether a request for a file that is in the trash returns it.
    pub shows_trashed_files: bool,
    /// Whether a page of a folder with an offset beyond the last entry fails.
    pub refuses_offset_beyond_end: bool,
    /// Whether the error for a name that was taken in the same second says that it is reserved.
    pub reserves_names: bool,
    /// The access of a new shared link for which none is requested.
    pub shared_link_access: LinkAccess,
    /// Whether copies are forbidden by an information barrier.
    pub forbids_copies: bool,
    /// The maximum number of requests per minute; `None` for no limit.
    pub rate_limit: Option<u32>,
    /// The UTC offset of times in responses, in minutes.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::offset_minutes"))]
    pub offset_minutes: i16,
    /// The number added to the ids of files, folders and versions: with 2^53, no id is exact as a float.
    pub id_offset: u64,
}

/// How the response of Box to a taken name reports the item that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ConflictsShape {
    /// As seen in the responses to each call.
    PerCall,
    /// As a list.
    Array,
    /// As one item.
    Object,
}

/// The fields of a response of Box besides the requested ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum FieldsBase {
    /// Type, id and etag.
    Base,
    /// The fields of the short forms of items.
    Mini,
}

impl BoxWire {
    /// The defaults of drivesim. The status 500 of a copy of the root is documented (copy folder).
    ///
    /// ASSUMED: A cyclic copy fails like a cyclic move on Box, with 400 (option `cyclic_copy_status`).
    ///
    /// ASSUMED: A copy on Box with a file as target fails with 404 (option `file_as_target_status`).
    ///
    /// ASSUMED: A copy on Box of a source with the etag in If-None-Match fails with 304 (option
    /// `if_none_match_on_copy`).
    ///
    /// ASSUMED: Box shows times at -08:00 (option `time_zone`).
    ///
    /// ASSUMED: An enterprise of Box gives new shared links the access `company`: it is a setting (option
    /// `shared_link_access`).
    ///
    /// DIFFERS(reference of Box): Requested fields come with type, id and etag, as in the guide and in recorded
    /// responses; the reference says that they come with the short form (option `fields_base`).
    pub const DEFAULT: BoxWire = BoxWire {
        conflicts_shape: ConflictsShape::PerCall,
        fields_base: FieldsBase::Base,
        copy_root_status: 500,
        cyclic_copy_status: 400,
        file_as_target_status: 404,
        foreign_version_status: 404,
        copy_without_room_status: 403,
        if_none_match_on_copy: true,
        shows_trashed_files: true,
        refuses_offset_beyond_end: false,
        reserves_names: false,
        shared_link_access: LinkAccess::Company,
        forbids_copies: false,
        rate_limit: None,
        offset_minutes: -8 * 60,
        id_offset: 0,
    };
}

/// Who may use a shared link of Box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LinkAccess {
    /// Everybody with the link.
    Open,
    /// Everybody in the company.
    Company,
    /// Collaborators of the item.
    Collaborators,
}

impl LinkAccess {
    /// Returns the value that Box uses for it.
    ///
    /// ```
    /// assert_eq!(drivesim_core::LinkAccess::Company.as_str(), "company");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            LinkAccess::Open => "open",
            LinkAccess::Company => "company",
            LinkAccess::Collaborators => "collaborators",
        }
    }
}

/// How Microsoft's services respond where their pages do not say, or where responses that were seen contradict them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct MicrosoftWire {
    /// Whether an upload URL rejects a request with an access token.
    pub refuses_token_at_upload: bool,
    /// Whether a download URL rejects a request with an access token.
    pub refuses_token_at_download: bool,
    /// Whether the URL of a monitor rejects a request with an access token.
    pub refuses_token_at_monitor: bool,
    /// Whether a second upload session fails while a file has an open one.
    pub refuses_second_session: bool,
    /// Whether fragments of a session with `deferCommit` may omit the size of the file.
    pub takes_open_total: bool,
    /// Whether an upload by path creates missing folders of the path.
    pub upload_makes_folders: bool,
    /// Whether creating a folder below a path creates missing folders of the path.
    pub children_make_folders: bool,
    /// Whether a copy with neither a target folder nor a name fails.
    pub refuses_empty_copy: bool,
    /// Whether creating an existing folder without a conflict behaviour returns the folder instead of failing.
    pub finds_folder_again: bool,
    /// The error status of a change or a deletion whose `If-Match` does not match.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub precondition_status: u16,
    /// The routes on which a copy must have the header `Prefer: respond-async`.
    pub prefer_required: Routes,
    /// The routes on which a copy must have a `parentReference`.
    pub parent_required: Routes,
    /// Whether a copy with a conflict behaviour that the drive does not offer fails; otherwise the behaviour is
    /// ignored.
    pub refuses_unoffered_conflict: bool,
    /// Whether a copy checks `If-Match`.
    pub if_match_on_copy: bool,
    /// The error status of a request whose `parentReference` names a file.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub file_as_target_status: u16,
    /// The statuses with which the monitor of a copy responds.
    pub monitor_status: MonitorStatus,
    /// The status with which the monitor of a failed copy responds.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::monitor_status"))]
    pub failed_monitor_status: u16,
    /// What a monitor sends with the status 303.
    pub redirect_shows: RedirectShows,
    /// Whether the monitor of a failed copy has an error in the form of personal drives; in that of business drives it
    /// always has.
    pub shows_copy_error: bool,
    /// The conflict behaviour of an upload session that does not set one.
    pub session_conflict: Conflict,
    /// The number of days that an upload session stays open.
    pub session_days: u32,
    /// The length of each fragment of an upload except the last must be a multiple of this number of bytes.
    pub fragment_multiple: u64,
    /// The error status of a request to read or write the content of a folder.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub folder_content_status: u16,
    /// Whether listing the children of a file fails; otherwise it returns an empty list.
    pub refuses_children_of_file: bool,
    /// Whether a new folder gets the description and the times that are sent with it.
    pub keeps_facts_of_new_folder: bool,
    /// Whether the path of a `parentReference` in a response names the drive; never on the OneDrive API.
    pub parent_path_names_drive: bool,
    /// Whether items can be restored from the recycle bin.
    pub restores: bool,
    /// Whether the root of a drive has an eTag.
    pub root_etag: bool,
    /// Whether folders have a cTag.
    pub folder_ctag: bool,
}

/// Routes of Microsoft's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Routes {
    /// Those of the OneDrive API: `/drive`, `/drives`.
    OneDriveApi,
    /// All.
    All,
    /// None.
    None,
}

/// The statuses with which the monitor of a copy responds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum MonitorStatus {
    /// As seen on each drive and API: always 200 on business drives, 202 and then 200 on personal ones, 202 and then
    /// 303 on the OneDrive API.
    Seen,
    /// Always 200.
    Ok,
    /// Always 202.
    Accepted,
    /// 202 while the copy runs, 303 when it is done.
    SeeOther,
}

/// What a monitor sends with the status 303.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum RedirectShows {
    /// The header `Location` and a body.
    Both,
    /// The header `Location`.
    Location,
    /// A body.
    Body,
}

impl MicrosoftWire {
    /// The responses of OneDrive for work and SharePoint.
    ///
    /// URLs that carry their own permission accept an access token: uploads worked with one (microsoft-graph-docs issue
    /// 495), opendal sends one to monitors. A session is tied to its file: a second one fails while the first is open
    /// (onedrive-api-docs issue 747, microsoft-graph-docs issue 17631). An upload by path creates missing folders of
    /// the path (az-pipelines-2-sharepoint issue 6); creating a folder by POST does not (Microsoft365R issue 24).
    ///
    /// DIFFERS(onedrive-api-docs#1901): A download URL accepts an access token; it was seen to reject one on a personal
    /// drive (option `token_at_download`).
    ///
    /// DIFFERS(onedrive-api-docs#387): Fragments of a session with `deferCommit` may omit the size of the file (live
    /// tests of msgraphfs); staff answered that no upload can omit it (option `open_total`).
    pub const BUSINESS: MicrosoftWire = MicrosoftWire {
        refuses_token_at_upload: false,
        refuses_token_at_download: false,
        refuses_token_at_monitor: false,
        refuses_second_session: true,
        takes_open_total: true,
        upload_makes_folders: true,
        children_make_folders: false,
        refuses_empty_copy: false,
        finds_folder_again: false,
        precondition_status: 412,
        prefer_required: Routes::OneDriveApi,
        parent_required: Routes::OneDriveApi,
        refuses_unoffered_conflict: false,
        if_match_on_copy: true,
        file_as_target_status: 400,
        monitor_status: MonitorStatus::Seen,
        failed_monitor_status: 200,
        redirect_shows: RedirectShows::Both,
        shows_copy_error: true,
        session_conflict: Conflict::Replace,
        session_days: 7,
        fragment_multiple: 1,
        folder_content_status: 400,
        refuses_children_of_file: false,
        keeps_facts_of_new_folder: true,
        parent_path_names_drive: true,
        restores: true,
        root_etag: false,
        folder_ctag: false,
    };

    /// The responses of OneDrive of a person. An upload URL carries its own permission and rejects an access token
    /// (onedrive-uploader issue 39, data-transfer-project pull request 1416). A file may have several upload sessions
    /// (onedrive-api-docs issue 747). Creating a folder by POST creates missing folders of the path (the backend of
    /// opendal relies on it).
    pub const PERSONAL: MicrosoftWire = MicrosoftWire {
        refuses_token_at_upload: true,
        refuses_second_session: false,
        children_make_folders: true,
        parent_path_names_drive: false,
        root_etag: true,
        folder_ctag: true,
        ..MicrosoftWire::BUSINESS
    };
}
