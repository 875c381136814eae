//! Decides which members a response of Box has: the standard ones, or those that `fields` names.

use std::borrow::Cow;

use drivesim::Profile;
use drivesim::profile::FieldsBase;

use crate::box_api::error::BoxError;
use crate::box_api::ignored;
use crate::http::request::ApiRequest;

/// The largest number of names in `fields`; no kind of item has as many members.
const MOST: usize = 200;

/// The members that an item is rendered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fields {
    /// The short form, as in lists and inside other objects.
    Mini,
    /// The default form.
    Standard,
    /// The source of an event: the standard form without the entries of a folder.
    Source,
    /// The named members, and a few that are always present.
    Named(Vec<String>),
}

impl Fields {
    /// Parses `fields`, a list of names; without it returns `default`.
    pub(crate) fn read(request: &ApiRequest, default: Fields) -> Result<Fields, BoxError> {
        let Some(text) = request.query("fields") else { return Ok(default) };
        let names: Vec<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        match names.len() {
            0 => Ok(default),
            n_names if n_names > MOST => {
                Err(BoxError::invalid("fields", "...", &format!("at most {MOST} names")))
            }
            _ => {
                let (known, unknown): (Vec<String>, Vec<String>) =
                    names.into_iter().partition(|name| is_known(name));
                unknown
                    .iter()
                    .try_for_each(|name| ignored::note_ignored(request, format!("?fields={name}")))?;
                Ok(Fields::Named(known))
            }
        }
    }

    /// Returns the names with a dot, except those of members that are also requested as a whole.
    pub(crate) fn parts(&self) -> Vec<String> {
        let Fields::Named(names) = self else { return Vec::new() };
        let is_part =
            |name: &&String| head(name) != name.as_str() && !names.iter().any(|other| other == head(name));
        names.iter().filter(is_part).cloned().collect()
    }

    /// Returns whether items are rendered with all folders above them, which may be many in a deep drive.
    pub(crate) fn includes_path(&self) -> bool {
        match self {
            Fields::Mini => false,
            Fields::Standard | Fields::Source => true,
            Fields::Named(names) => names.iter().any(|name| head(name) == Member::PathCollection.name()),
        }
    }

    /// Returns the members of a kind of object, in the order of the wire.
    ///
    /// ASSUMED: Unknown names of fields are ignored at Box (no option: no other reading is known).
    pub(crate) fn members<M: WireName>(
        &self,
        kind: &'static MembersOf<M>,
        base: FieldsBase,
    ) -> Cow<'static, [M]> {
        let named = match self {
            Fields::Mini => return Cow::Borrowed(kind.mini),
            Fields::Standard => return Cow::Borrowed(kind.standard),
            Fields::Source => {
                let is_included = |member: &M| member.name() != Member::ItemCollection.name();
                return kind.standard.iter().copied().filter(is_included).collect();
            }
            Fields::Named(named) => named,
        };
        let always = if base == FieldsBase::Base { kind.base } else { kind.mini };
        let is_included = |member: &M| {
            always.iter().any(|always| always.name() == member.name())
                || named.iter().any(|name| head(name) == member.name())
        };
        kind.standard.iter().chain(kind.full_only).copied().filter(is_included).collect()
    }
}

/// Returns the name of the member in a name of a field: the text up to a dot.
fn head(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// Returns whether any object has a member of this name, or a part of one: `permissions.can_upload`.
fn is_known(name: &str) -> bool {
    let is_of_users = |name: &str| USER.standard.iter().chain(USER.full_only).any(|member| *member == name);
    match name.split_once('.') {
        None => is_item_member(name) || is_of_users(name),
        Some((member, part)) => has_part(member, head(part)),
    }
}

/// The members whose parts can be requested.
///
/// ASSUMED: Parts can only be requested of two members of Box: `metadata`, for which it is documented, and
/// `permissions`, of which box-ui-elements requests parts (no option: no other reading is known).
const WITH_PARTS: [&str; 2] = ["metadata", "permissions"];

/// Returns whether a part of a member can be requested by this name.
fn has_part(member: &str, part: &str) -> bool {
    let mut rules = Profile::BOX.members.iter().filter(|rule| rule.name == member);
    WITH_PARTS.contains(&member) && !part.is_empty() && rules.any(|rule| rule.has_part(part))
}

/// Returns whether files or folders have a member of this name.
pub(crate) fn is_item_member(name: &str) -> bool {
    let mut kinds = [&FILE, &FOLDER].into_iter();
    kinds.any(|kind| kind.standard.iter().chain(kind.full_only).any(|member| member.name() == name))
}

/// A member with a name on the wire.
pub(crate) trait WireName: Copy + 'static {
    fn name(self) -> &'static str;
}

impl WireName for &'static str {
    fn name(self) -> &'static str {
        self
    }
}

/// The members of a kind of object, in the order of recorded responses.
pub(crate) struct MembersOf<M: 'static> {
    base: &'static [M],
    pub(crate) mini: &'static [M],
    standard: &'static [M],
    /// Only on request.
    full_only: &'static [M],
}

/// Defines the members and their names from one list.
macro_rules! members {
    ($($member:ident = $name:literal),* $(,)?) => {
        /// A member of a file or a folder.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Member {
            $($member,)*
        }

        impl WireName for Member {
            fn name(self) -> &'static str {
                match self {
                    $(Member::$member => $name,)*
                }
            }
        }
    };
}

members! {
    Type = "type",
    Id = "id",
    Etag = "etag",
    FileVersion = "file_version",
    SequenceId = "sequence_id",
    Sha1 = "sha1",
    Name = "name",
    Description = "description",
    Size = "size",
    PathCollection = "path_collection",
    CreatedAt = "created_at",
    ModifiedAt = "modified_at",
    TrashedAt = "trashed_at",
    PurgedAt = "purged_at",
    ContentCreatedAt = "content_created_at",
    ContentModifiedAt = "content_modified_at",
    CreatedBy = "created_by",
    ModifiedBy = "modified_by",
    OwnedBy = "owned_by",
    SharedLink = "shared_link",
    Parent = "parent",
    ItemStatus = "item_status",
    VersionNumber = "version_number",
    CommentCount = "comment_count",
    Permissions = "permissions",
    Tags = "tags",
    Lock = "lock",
    Extension = "extension",
    IsPackage = "is_package",
    ExpiringEmbedLink = "expiring_embed_link",
    WatermarkInfo = "watermark_info",
    IsAccessibleViaSharedLink = "is_accessible_via_shared_link",
    AllowedInviteeRoles = "allowed_invitee_roles",
    IsExternallyOwned = "is_externally_owned",
    HasCollaborations = "has_collaborations",
    ExpiresAt = "expires_at",
    Representations = "representations",
    Classification = "classification",
    UploaderDisplayName = "uploader_display_name",
    DispositionAt = "disposition_at",
    SharedLinkPermissionOptions = "shared_link_permission_options",
    IsAssociatedWithAppItem = "is_associated_with_app_item",
    Metadata = "metadata",
    FolderUploadEmail = "folder_upload_email",
    ItemCollection = "item_collection",
    SyncState = "sync_state",
    CanNonOwnersInvite = "can_non_owners_invite",
    IsCollaborationRestrictedToEnterprise = "is_collaboration_restricted_to_enterprise",
    AllowedSharedLinkAccessLevels = "allowed_shared_link_access_levels",
    CanNonOwnersViewCollaborators = "can_non_owners_view_collaborators",
}

/// The members of a file.
pub(crate) static FILE: MembersOf<Member> = MembersOf {
    base: &[Member::Type, Member::Id, Member::Etag],
    mini: &[
        Member::Type,
        Member::Id,
        Member::FileVersion,
        Member::SequenceId,
        Member::Etag,
        Member::Sha1,
        Member::Name,
    ],
    standard: &[
        Member::Type,
        Member::Id,
        Member::FileVersion,
        Member::SequenceId,
        Member::Etag,
        Member::Sha1,
        Member::Name,
        Member::Description,
        Member::Size,
        Member::PathCollection,
        Member::CreatedAt,
        Member::ModifiedAt,
        Member::TrashedAt,
        Member::PurgedAt,
        Member::ContentCreatedAt,
        Member::ContentModifiedAt,
        Member::CreatedBy,
        Member::ModifiedBy,
        Member::OwnedBy,
        Member::SharedLink,
        Member::Parent,
        Member::ItemStatus,
    ],
    full_only: &[
        Member::VersionNumber,
        Member::CommentCount,
        Member::Permissions,
        Member::Tags,
        Member::Lock,
        Member::Extension,
        Member::IsPackage,
        Member::ExpiringEmbedLink,
        Member::WatermarkInfo,
        Member::IsAccessibleViaSharedLink,
        Member::AllowedInviteeRoles,
        Member::IsExternallyOwned,
        Member::HasCollaborations,
        Member::ExpiresAt,
        Member::Representations,
        Member::Classification,
        Member::UploaderDisplayName,
        Member::DispositionAt,
        Member::SharedLinkPermissionOptions,
        Member::IsAssociatedWithAppItem,
        Member::Metadata,
    ],
};

/// The members of a folder.
pub(crate) static FOLDER: MembersOf<Member> = MembersOf {
    base: &[Member::Type, Member::Id, Member::Etag],
    mini: &[Member::Type, Member::Id, Member::SequenceId, Member::Etag, Member::Name],
    standard: &[
        Member::Type,
        Member::Id,
        Member::SequenceId,
        Member::Etag,
        Member::Name,
        Member::CreatedAt,
        Member::ModifiedAt,
        Member::Description,
        Member::Size,
        Member::PathCollection,
        Member::CreatedBy,
        Member::ModifiedBy,
        Member::TrashedAt,
        Member::PurgedAt,
        Member::ContentCreatedAt,
        Member::ContentModifiedAt,
        Member::OwnedBy,
        Member::SharedLink,
        Member::FolderUploadEmail,
        Member::Parent,
        Member::ItemStatus,
        Member::ItemCollection,
    ],
    full_only: &[
        Member::SyncState,
        Member::HasCollaborations,
        Member::Permissions,
        Member::Tags,
        Member::CanNonOwnersInvite,
        Member::IsExternallyOwned,
        Member::IsCollaborationRestrictedToEnterprise,
        Member::AllowedSharedLinkAccessLevels,
        Member::AllowedInviteeRoles,
        Member::WatermarkInfo,
        Member::IsAccessibleViaSharedLink,
        Member::CanNonOwnersViewCollaborators,
        Member::Classification,
        Member::IsAssociatedWithAppItem,
        Member::Metadata,
    ],
};

/// The members of a user.
pub(crate) static USER: MembersOf<&str> = MembersOf {
    base: &["type", "id"],
    mini: &["type", "id", "name", "login"],
    standard: &[
        "type",
        "id",
        "name",
        "login",
        "created_at",
        "modified_at",
        "language",
        "timezone",
        "space_amount",
        "space_used",
        "max_upload_size",
        "status",
        "job_title",
        "phone",
        "address",
        "avatar_url",
        "notification_email",
    ],
    full_only: &[
        "role",
        "tracking_codes",
        "can_see_managed_users",
        "is_sync_enabled",
        "is_external_collab_restricted",
        "is_exempt_from_device_limits",
        "is_exempt_from_login_verification",
        "enterprise",
        "my_tags",
        "hostname",
        "is_platform_access_only",
        "external_app_user_id",
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    fn names<M: WireName>(
        fields: &Fields,
        kind: &'static MembersOf<M>,
        base: FieldsBase,
    ) -> Vec<&'static str> {
        fields.members(kind, base).iter().map(|member| member.name()).collect()
    }

    #[test]
    fn named_fields_include_type_id_and_etag_in_the_order_of_the_wire() {
        let named = |names: &[&str]| Fields::Named(names.iter().map(|&name| name.to_owned()).collect());
        let fields = named(&["parent", "name", "nonsense"]);
        assert_eq!(names(&fields, &FILE, FieldsBase::Base), ["type", "id", "etag", "name", "parent"]);
        assert_eq!(
            names(&fields, &FOLDER, FieldsBase::Mini),
            ["type", "id", "sequence_id", "etag", "name", "parent"]
        );
        assert_eq!(names(&named(&["tags"]), &FILE, FieldsBase::Base), ["type", "id", "etag", "tags"]);
    }

    #[test]
    fn names_with_a_dot_request_a_part_of_a_member_that_has_parts() {
        let known = ["permissions.can_download", "metadata.global.properties"];
        let unknown = [
            "permissions.nosuch",
            "tags.0",
            "name.x",
            "nosuch.a",
            "permissions.",
            ".name",
            "metadata.",
            "parent.size",
            "parent.id",
            "owned_by.login",
            "shared_link.url",
        ];
        assert_eq!(known.into_iter().filter(|name| !is_known(name)).collect::<Vec<_>>(), [""; 0]);
        assert_eq!(unknown.into_iter().filter(|name| is_known(name)).collect::<Vec<_>>(), [""; 0]);
        let fields = Fields::Named(
            ["tags", "permissions.can_download", "lock", "lock.id"].map(str::to_owned).to_vec(),
        );
        assert_eq!(fields.parts(), ["permissions.can_download"]);
        assert_eq!(names(&fields, &FOLDER, FieldsBase::Base), ["type", "id", "etag", "permissions", "tags"]);
    }

    /// Checks that each form includes the shorter ones.
    fn check<M: WireName>(kind: &'static MembersOf<M>) {
        let is_in = |short: &[M], long: &[M]| {
            short.iter().all(|member| long.iter().any(|other| other.name() == member.name()))
        };
        assert!(is_in(kind.base, kind.mini) && is_in(kind.mini, kind.standard));
        assert!(kind.full_only.iter().all(|member| !is_in(&[*member], kind.standard)));
    }

    #[test]
    fn longer_forms_include_the_shorter_ones() {
        check(&FILE);
        check(&FOLDER);
        check(&USER);
    }
}
