//! Renders the members of items that are only sent on request, with their default values.

use drivesim::access::Access;
use serde::ser::SerializeStruct;

use super::BoxItemView;
use crate::box_api::access;
use crate::box_api::member_lists::{Member, WireName as _};
use crate::box_api::shared_link;
use crate::json::ordered::{Map, Value, json};

/// The permissions on a file of Box.
const FILE_PERMISSIONS: [&str; 12] = [
    "can_download",
    "can_preview",
    "can_upload",
    "can_comment",
    "can_rename",
    "can_delete",
    "can_share",
    "can_set_share_access",
    "can_invite_collaborator",
    "can_annotate",
    "can_view_annotations_all",
    "can_view_annotations_self",
];
const FOLDER_PERMISSIONS: [&str; 7] = [
    "can_download",
    "can_upload",
    "can_rename",
    "can_delete",
    "can_share",
    "can_invite_collaborator",
    "can_set_share_access",
];
/// The permissions that a viewer does not have.
const FOR_WRITERS: [&str; 8] = [
    "can_upload",
    "can_comment",
    "can_rename",
    "can_delete",
    "can_share",
    "can_set_share_access",
    "can_invite_collaborator",
    "can_annotate",
];
const ROLES: [&str; 7] =
    ["editor", "viewer", "previewer", "uploader", "previewer uploader", "viewer uploader", "co-owner"];

impl BoxItemView<'_> {
    /// Returns whether an item or a folder above it has a shared link.
    fn is_shared(&self) -> bool {
        let mut parent = self.item.parent;
        let mut is_shared = !self.hides_links && shared_link::of(&self.item).is_some();
        while let (false, Some(id)) = (is_shared, parent) {
            let Ok(folder) = self.renderer.app.sim.item(self.renderer.drive.at(id)) else { break };
            is_shared = shared_link::of(&folder).is_some();
            parent = folder.parent;
        }
        is_shared
    }

    /// Returns the default permissions of the caller on the item.
    ///
    /// ASSUMED: The default `permissions` of an item of Box allow everything with write access, and what a viewer may
    /// do with read access or a read-only token: the pages list permissions by role, not by token (no option: no other
    /// reading is known).
    fn permissions(&self) -> Value {
        let keys: &[&str] = if self.item.is_folder() { &FOLDER_PERMISSIONS } else { &FILE_PERMISSIONS };
        let may_write =
            self.level() == Access::Write && access::may_write(self.renderer.app, self.renderer.request);
        let allowed =
            keys.iter().map(|&key| (key.to_owned(), json!(may_write || !FOR_WRITERS.contains(&key))));
        allowed.collect::<Map>().into()
    }

    /// Returns the access level of the item; for an item in the trash, that of its former parent.
    fn level(&self) -> Access {
        let (sim, drive) = (&self.renderer.app.sim, self.renderer.drive);
        let of_folder = || sim.access(drive.at(self.item.parent.unwrap_or(drive.root)));
        sim.access(drive.at(self.item.id)).or_else(|_| of_folder()).unwrap_or_default()
    }

    /// Writes a member that is only sent on request and was not set.
    ///
    /// ASSUMED: The defaults of members of Box that are only sent on request, except whether a shared link leads to the
    /// item (no option: no other reading is known).
    pub(super) fn put_on_request<M: SerializeStruct>(
        &self,
        map: &mut M,
        member: Member,
    ) -> Result<(), M::Error> {
        let (item, key) = (&*self.item, member.name());
        match member {
            Member::VersionNumber => map.serialize_field(key, &item.version.to_string()),
            Member::CommentCount => map.serialize_field(key, &0),
            // DIFFERS(Box): `permissions` that an outline or the admin API sets are shown but not enforced; access
            // levels and locks decide what is allowed (no option: rare).
            Member::Permissions => map.serialize_field(key, &self.permissions()),
            Member::Tags => map.serialize_field(key, &[(); 0]),
            Member::Extension => {
                let extension = item.name.rsplit_once('.').map_or("", |(_, extension)| extension);
                map.serialize_field(key, extension)
            }
            Member::ExpiringEmbedLink => {
                let id = self.renderer.drive.ids.of(item);
                let url = format!("{}/2.0/files/{id}/content", self.renderer.request.base);
                map.serialize_field(key, &json!({ "url": url }))
            }
            Member::WatermarkInfo => map.serialize_field(key, &json!({ "is_watermarked": false })),
            Member::AllowedInviteeRoles => map.serialize_field(key, &ROLES),
            Member::Representations => map.serialize_field(key, &json!({ "entries": [] })),
            Member::UploaderDisplayName => {
                map.serialize_field(key, self.renderer.user(&item.created_by).name)
            }
            Member::SharedLinkPermissionOptions => map.serialize_field(key, &["can_preview", "can_download"]),
            Member::SyncState => map.serialize_field(key, "not_synced"),
            Member::AllowedSharedLinkAccessLevels => {
                map.serialize_field(key, &["open", "company", "collaborators"])
            }
            Member::CanNonOwnersInvite | Member::CanNonOwnersViewCollaborators => {
                map.serialize_field(key, &true)
            }
            Member::IsAccessibleViaSharedLink => map.serialize_field(key, &self.is_shared()),
            // Without an instance of metadata the member is left out.
            Member::Metadata => Ok(()),
            Member::IsPackage
            | Member::IsExternallyOwned
            | Member::HasCollaborations
            | Member::IsAssociatedWithAppItem
            | Member::IsCollaborationRestrictedToEnterprise => map.serialize_field(key, &false),
            // Links, locks and expiries do not exist by default.
            _ => map.serialize_field(key, &()),
        }
    }
}
