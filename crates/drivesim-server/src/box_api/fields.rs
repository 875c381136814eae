//! The only place that says which members an answer of Box has: the standard ones, or those that were asked for.

use drivesim::FieldsBase;

use crate::box_api::refusal::Refusal;
use crate::call::Call;

/// How many names of fields are looked at; no kind of item has so many.
const MOST: usize = 200;

/// Which members an item is shown with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fields {
    /// The short form, as in lists and inside of others.
    Mini,
    /// What an item has that nobody asked otherwise of.
    Standard,
    /// That of the source of an event: the standard form, but for what is in a folder.
    Source,
    /// Those that were named, beside a few that are always there.
    Named(Vec<String>),
}

impl Fields {
    /// Reads `fields`, a list of names; without it `otherwise`.
    pub(crate) fn read(call: &Call, otherwise: Fields) -> Result<Fields, Refusal> {
        let Some(text) = call.query("fields") else { return Ok(otherwise) };
        let names: Vec<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        match names.len() {
            0 => Ok(otherwise),
            n_names if n_names > MOST => {
                Err(Refusal::invalid("fields", "...", &format!("at most {MOST} names")))
            }
            _ => Ok(Fields::Named(names)),
        }
    }

    /// Returns the members of an item in the order of the wire. Names that there are not are passed over (*assumed*).
    pub(crate) fn members(&self, kind: &Kind, base: FieldsBase) -> Vec<&'static str> {
        let named = match self {
            Fields::Mini => return kind.mini.to_vec(),
            Fields::Standard => return kind.standard.to_vec(),
            Fields::Source => {
                let is_told = |member: &&str| *member != "item_collection";
                return kind.standard.iter().copied().filter(is_told).collect();
            }
            Fields::Named(named) => named,
        };
        let always = if base == FieldsBase::Base { kind.base } else { kind.mini };
        let is_wanted =
            |member: &&&str| always.contains(*member) || named.iter().any(|name| name == **member);
        kind.standard.iter().chain(kind.full_only).filter(is_wanted).copied().collect()
    }
}

/// What a kind of item may have, in the order of the wire as recorded answers have it.
pub(crate) struct Kind {
    base: &'static [&'static str],
    mini: &'static [&'static str],
    standard: &'static [&'static str],
    /// Only when asked for.
    full_only: &'static [&'static str],
}

/// The members of a file.
pub(crate) const FILE: Kind = Kind {
    base: &["type", "id", "etag"],
    mini: &["type", "id", "file_version", "sequence_id", "etag", "sha1", "name"],
    standard: &[
        "type",
        "id",
        "file_version",
        "sequence_id",
        "etag",
        "sha1",
        "name",
        "description",
        "size",
        "path_collection",
        "created_at",
        "modified_at",
        "trashed_at",
        "purged_at",
        "content_created_at",
        "content_modified_at",
        "created_by",
        "modified_by",
        "owned_by",
        "shared_link",
        "parent",
        "item_status",
    ],
    full_only: &[
        "version_number",
        "comment_count",
        "permissions",
        "tags",
        "lock",
        "extension",
        "is_package",
        "expiring_embed_link",
        "watermark_info",
        "is_accessible_via_shared_link",
        "allowed_invitee_roles",
        "is_externally_owned",
        "has_collaborations",
        "expires_at",
        "representations",
        "classification",
        "uploader_display_name",
        "disposition_at",
        "shared_link_permission_options",
        "is_associated_with_app_item",
    ],
};

/// The members of a folder.
pub(crate) const FOLDER: Kind = Kind {
    base: &["type", "id", "etag"],
    mini: &["type", "id", "sequence_id", "etag", "name"],
    standard: &[
        "type",
        "id",
        "sequence_id",
        "etag",
        "name",
        "created_at",
        "modified_at",
        "description",
        "size",
        "path_collection",
        "created_by",
        "modified_by",
        "trashed_at",
        "purged_at",
        "content_created_at",
        "content_modified_at",
        "owned_by",
        "shared_link",
        "folder_upload_email",
        "parent",
        "item_status",
        "item_collection",
    ],
    full_only: &[
        "sync_state",
        "has_collaborations",
        "permissions",
        "tags",
        "can_non_owners_invite",
        "is_externally_owned",
        "is_collaboration_restricted_to_enterprise",
        "allowed_shared_link_access_levels",
        "allowed_invitee_roles",
        "watermark_info",
        "is_accessible_via_shared_link",
        "can_non_owners_view_collaborators",
        "classification",
        "is_associated_with_app_item",
    ],
};

/// The members of a user.
pub(crate) const USER: Kind = Kind {
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

    #[test]
    fn named_fields_come_with_type_id_and_etag_in_the_order_of_the_wire() {
        let named = |names: &[&str]| Fields::Named(names.iter().map(|&name| name.to_owned()).collect());
        let fields = named(&["parent", "name", "nonsense"]);
        assert_eq!(fields.members(&FILE, FieldsBase::Base), ["type", "id", "etag", "name", "parent"]);
        assert_eq!(
            fields.members(&FOLDER, FieldsBase::Mini),
            ["type", "id", "sequence_id", "etag", "name", "parent"]
        );
        assert_eq!(named(&["tags"]).members(&FILE, FieldsBase::Base), ["type", "id", "etag", "tags"]);
    }

    #[test]
    fn the_longer_forms_have_what_the_shorter_have() {
        for kind in [FILE, FOLDER, USER] {
            let is_in = |short: &[&str], long: &[&str]| short.iter().all(|member| long.contains(member));
            assert!(is_in(kind.base, kind.mini) && is_in(kind.mini, kind.standard));
            assert!(kind.full_only.iter().all(|member| !kind.standard.contains(member)));
        }
    }
}
