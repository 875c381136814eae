//! Defines how services answer on the wire where their pages leave it open.

use crate::conflict::Conflict;

/// How Box answers where its pages leave it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct BoxWire {
    /// How the answer to a taken name tells what has it.
    pub conflicts_shape: ConflictsShape,
    /// What an answer has beside the fields that were asked for.
    pub fields_base: FieldsBase,
    /// The status of a refused copy of the root.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub copy_root_status: u16,
    /// The status of a refused copy of a folder into itself or below.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub cyclic_copy_status: u16,
    /// The status of a refused copy into a file.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub file_as_target_status: u16,
    /// The status of a refused copy of a version that the file does not have.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub foreign_version_status: u16,
    /// The status of a refused copy for which there is no room.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub copy_without_room_status: u16,
    /// Whether a copy of a source with the etag in If-None-Match is not made.
    pub if_none_match_on_copy: bool,
    /// Whether a file in the trash is shown to who asks for it as if it were not.
    pub shows_trashed_files: bool,
    /// Whether a page of a folder whose offset is behind the last entry is refused.
    pub refuses_offset_beyond_end: bool,
    /// Whether a name that was taken in the same second is told to be reserved.
    pub reserves_names: bool,
    /// The access of a new shared link that does not say its own.
    pub shared_link_access: LinkAccess,
    /// Whether copies are forbidden by an information barrier.
    pub forbids_copies: bool,
    /// How many requests a minute are answered; all without it.
    pub rate_limit: Option<u32>,
    /// How far from UTC times are told, in minutes.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::offset_minutes"))]
    pub offset_minutes: i16,
    /// What is added to the ids of files, folders and versions: with 2^53 none of them is exact as a float.
    pub id_offset: u64,
}

/// How the answer of Box to a taken name tells what has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ConflictsShape {
    /// As was seen of each call.
    PerCall,
    /// As a list.
    Array,
    /// As one item.
    Object,
}

/// What an answer of Box has beside the fields that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum FieldsBase {
    /// Type, id and etag.
    Base,
    /// What short forms of items have.
    Mini,
}

impl BoxWire {
    /// What drivesim stands for. The status 500 of a copied root is documented (copy folder). That a cyclic copy is refused
    /// like a cyclic move, that a file as target is 404, that a copy with the etag in If-None-Match is 304, and that
    /// times are shown at -08:00, is *assumed* (options `cyclic_copy_status`, `file_as_target_status`,
    /// `if_none_match_on_copy`, `time_zone`). That an enterprise of Box gives new shared links the access `company` is
    /// *assumed*: it is a setting (option `shared_link_access`). That asked fields come with type, id and etag, as the
    /// guide and recorded answers have it, *differs* from the reference of Box, which says the short form (option
    /// `fields_base`).
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
    /// Everybody who has the link.
    Open,
    /// Everybody in the company.
    Company,
    /// Collaborators of the item.
    Collaborators,
}

impl LinkAccess {
    /// Returns the word of Box.
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

/// How Microsoft's services answer where their pages leave it open, or where sightings contradict them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct MicrosoftWire {
    /// Whether an upload URL refuses a request that carries a token.
    pub refuses_token_at_upload: bool,
    /// Whether a download URL refuses a request that carries a token.
    pub refuses_token_at_download: bool,
    /// Whether the URL of a monitor refuses a request that carries a token.
    pub refuses_token_at_monitor: bool,
    /// Whether a file that has an open upload session refuses a second one.
    pub refuses_second_session: bool,
    /// Whether fragments of a session with `deferCommit` may leave the size of the file open.
    pub takes_open_total: bool,
    /// Whether an upload by path makes the folders that are missing on the way.
    pub upload_makes_folders: bool,
    /// Whether a folder that is made below a path makes the folders that are missing on the way.
    pub children_make_folders: bool,
    /// Whether a copy that names neither a folder nor a name is refused.
    pub refuses_empty_copy: bool,
    /// Whether a folder that is made again without a conflict behaviour is found instead of refused.
    pub finds_folder_again: bool,
    /// The status of a change or a deletion whose `If-Match` does not match.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub precondition_status: u16,
    /// On which routes a copy must have the header `Prefer: respond-async`.
    pub prefer_required: Routes,
    /// On which routes a copy must have a `parentReference`.
    pub parent_required: Routes,
    /// Whether a copy with a conflict behaviour that the drive does not offer is refused; else the behaviour is ignored.
    pub refuses_unoffered_conflict: bool,
    /// Whether a copy is held to the tag in `If-Match`.
    pub if_match_on_copy: bool,
    /// The status of a refused request whose `parentReference` names a file.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub file_as_target_status: u16,
    /// With which statuses the monitor of a copy answers.
    pub monitor_status: MonitorStatus,
    /// The status with which the monitor of a failed copy answers.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::monitor_status"))]
    pub failed_monitor_status: u16,
    /// What a monitor that answers with 303 sends beside the status.
    pub redirect_shows: RedirectShows,
    /// Whether the monitor of a failed copy says why, in the form of personal drives; in that of business drives it
    /// always does.
    pub shows_copy_error: bool,
    /// What an upload session does about a taken name that says nothing of it.
    pub session_conflict: Conflict,
    /// For how many days an upload session is open.
    pub session_days: u32,
    /// Of how many bytes all fragments of an upload but the last must be a multiple.
    pub fragment_multiple: u64,
    /// The status of a refused request for the content of a folder, to read it or to write it.
    #[cfg_attr(feature = "serde", serde(with = "crate::serde_forms::error_status"))]
    pub folder_content_status: u16,
    /// Whether the children of a file are refused; else they are an empty list.
    pub refuses_children_of_file: bool,
    /// Whether a new folder gets the description and the times that are sent with it.
    pub keeps_facts_of_new_folder: bool,
    /// Whether the path of a `parentReference` in an answer names the drive; never on the OneDrive API.
    pub parent_path_names_drive: bool,
    /// Whether items are restored from the recycle bin.
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

/// With which statuses the monitor of a copy answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum MonitorStatus {
    /// As was seen of each drive and API: 200 throughout on business drives, 202 and then 200 on personal ones, 202 and
    /// then 303 on the OneDrive API.
    Seen,
    /// 200 throughout.
    Ok,
    /// 202 throughout.
    Accepted,
    /// 202 while the copy runs, 303 when it is done.
    SeeOther,
}

/// What a monitor that answers with 303 sends beside the status.
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
    /// The answers of OneDrive for work and SharePoint.
    ///
    /// URLs that carry their own permission take a token: uploads worked with one (microsoft-graph-docs issue 495),
    /// opendal sends one to monitors. A download URL that takes a token *differs* from a sighting on a personal drive
    /// (onedrive-api-docs issue 1901) (option `token_at_download`). A session is tied to the file that it is for,
    /// which refuses a second one while the first is open (onedrive-api-docs issue 747, microsoft-graph-docs issue
    /// 17631). A session with `deferCommit` takes fragments that leave the size of the file open (live tests of
    /// msgraphfs), which *differs* from an answer by staff that no upload can do so (onedrive-api-docs issue 387)
    /// (option `open_total`). An upload by path makes the missing folders on the way (az-pipelines-2-sharepoint issue
    /// 6); a folder that is made by POST does not (Microsoft365R issue 24).
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

    /// The answers of OneDrive of a person. An upload URL carries its own permission and refuses a token
    /// (onedrive-uploader issue 39, data-transfer-project pull request 1416). A file may have several upload sessions
    /// (onedrive-api-docs issue 747). A folder that is made by POST makes the missing folders on the way (the backend
    /// of opendal relies on it).
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
