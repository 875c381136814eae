//! Defines the wire options of Box: how it responds where its pages do not say.

mod table;

use drivesim::Profile;
use drivesim::error::OptionError;

use crate::state::wire_option::{WireOption, read, wire_words};

/// The wire options of a drive. Each field is the option of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoxOptions {
    /// How the response to a taken name reports the item that has it.
    pub(crate) conflicts_shape: ConflictsShape,
    /// The fields of a response besides the requested ones.
    pub(crate) fields_base: FieldsBase,
    /// The error status of a copy of the root.
    pub(crate) copy_root_status: u16,
    /// The error status of a copy of a folder into itself or below.
    pub(crate) cyclic_copy_status: u16,
    /// The error status of a copy into a file.
    pub(crate) file_as_target_status: u16,
    /// The error status of a copy of a version that the file does not have.
    pub(crate) foreign_version_status: u16,
    /// The error status of a copy for which there is no room.
    pub(crate) copy_without_room_status: u16,
    /// Whether a copy is not made if the source has the etag in If-None-Match.
    pub(crate) if_none_match_on_copy: bool,
    /// The response to a request for a file that is in the trash.
    pub(crate) trashed_file_get: TrashedFileGet,
    /// The response to a page of a folder with an offset beyond the last entry.
    pub(crate) offset_beyond_end: OffsetBeyondEnd,
    /// The error for a name that was taken in the same second.
    pub(crate) duplicate_create: DuplicateCreate,
    /// The access of a new shared link for which none is requested.
    pub(crate) shared_link_access: LinkAccess,
    /// Whether copies are forbidden by an information barrier.
    pub(crate) forbidden_by_policy: bool,
    /// The maximum number of requests per minute; `None` for no limit.
    pub(crate) rate_limit: Option<u32>,
    /// The UTC offset of times in responses, in minutes.
    pub(crate) time_zone: i16,
}

wire_words! {
    /// How the response to a taken name reports the item that has it.
    ConflictsShape {
        /// As seen in the responses to each call.
        PerCall = "per_call",
        /// As a list.
        Array = "array",
        /// As one item.
        Object = "object",
    }

    /// The fields of a response besides the requested ones.
    FieldsBase {
        /// Type, id and etag.
        Base = "base",
        /// The fields of the short forms of items.
        Mini = "mini",
    }

    /// The response to a request for a file that is in the trash.
    TrashedFileGet {
        /// The file.
        Ok = "200",
        /// An error.
        NotFound = "404",
    }

    /// The response to a page of a folder with an offset beyond the last entry.
    OffsetBeyondEnd {
        /// An empty page.
        Empty = "empty",
        /// An error.
        Refuse = "refuse",
    }

    /// The error for a name that was taken in the same second.
    DuplicateCreate {
        /// That of any taken name.
        ItemNameInUse = "item_name_in_use",
        /// That the name is reserved.
        NameTemporarilyReserved = "name_temporarily_reserved",
    }

    /// Who may use a shared link.
    LinkAccess {
        /// Everybody in the company.
        Company = "company",
        /// Everybody with the link.
        Open = "open",
        /// Collaborators of the item.
        Collaborators = "collaborators",
    }
}

impl LinkAccess {
    /// Returns the value that Box uses for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            LinkAccess::Company => "company",
            LinkAccess::Open => "open",
            LinkAccess::Collaborators => "collaborators",
        }
    }
}

impl BoxOptions {
    /// The defaults of drivesim. The status 500 of a copy of the root is documented (copy folder).
    ///
    /// ASSUMED: A cyclic copy fails like a cyclic move on Box, with 400 (option `wire.cyclic_copy_status`).
    ///
    /// ASSUMED: A copy on Box with a file as target fails with 404 (option `wire.file_as_target_status`).
    ///
    /// ASSUMED: A copy on Box of a source with the etag in If-None-Match fails with 304 (option
    /// `wire.if_none_match_on_copy`).
    ///
    /// ASSUMED: Box shows times at -08:00 (option `wire.time_zone`).
    ///
    /// ASSUMED: An enterprise of Box gives new shared links the access `company`: it is a setting (option
    /// `wire.shared_link_access`).
    ///
    /// DIFFERS(reference of Box): Requested fields come with type, id and etag, as in the guide and in recorded
    /// responses; the reference says that they come with the short form (option `wire.fields_base`).
    pub(crate) const DEFAULT: BoxOptions = BoxOptions {
        conflicts_shape: ConflictsShape::PerCall,
        fields_base: FieldsBase::Base,
        copy_root_status: 500,
        cyclic_copy_status: 400,
        file_as_target_status: 404,
        foreign_version_status: 404,
        copy_without_room_status: 403,
        if_none_match_on_copy: true,
        trashed_file_get: TrashedFileGet::Ok,
        offset_beyond_end: OffsetBeyondEnd::Empty,
        duplicate_create: DuplicateCreate::ItemNameInUse,
        shared_link_access: LinkAccess::Company,
        forbidden_by_policy: false,
        rate_limit: None,
        time_zone: -8 * 60,
    };

    /// Returns the options of a drive of Box.
    ///
    /// # Errors
    /// An option that Box does not have, or not with this value.
    pub(crate) fn of(profile: &Profile) -> Result<BoxOptions, OptionError> {
        read(&BoxOptions::DEFAULT, table::OPTIONS, profile)
    }
}

/// Returns all options.
pub(crate) fn all() -> impl Iterator<Item = WireOption> {
    table::OPTIONS.iter().map(|row| row.option)
}
