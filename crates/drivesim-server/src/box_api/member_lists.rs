//! Lists the members of files, folders and users of Box, in the order of the wire.

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
    pub(crate) base: &'static [M],
    pub(crate) mini: &'static [M],
    pub(crate) standard: &'static [M],
    /// Only on request.
    pub(crate) full_only: &'static [M],
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

/// Returns whether files or folders have a member of this name.
pub(crate) fn is_item_member(name: &str) -> bool {
    let mut kinds = [&FILE, &FOLDER].into_iter();
    kinds.any(|kind| kind.standard.iter().chain(kind.full_only).any(|member| member.name() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

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
