//! Lists the members that files and folders of Box may have, with their shapes.
//!
//! Names and shapes are those of the API description (box-openapi, version 2024.0: `File--Full` and `Folder--Full`).
//! The properties of a representation are texts there, and booleans in the example of the page on copying a file, so
//! both are allowed.

use crate::json::{MemberShape, Shape};
use crate::profile::members::{CopiedMembers, MemberRule};

/// The members that a copy on Box keeps. A shared link is not copied (recorded responses). An instance of metadata is
/// copied only if its template says so (`copyInstanceOnItemCopy`, which the option names as `metadata.SCOPE.TEMPLATE`).
///
/// ASSUMED: A copy on Box keeps the classification, the tags and whether it is a package; it keeps no lock, no count of
/// comments, no collaborations, no dates of expiry and disposition, no watermark, and none of the settings of a folder
/// (option `copy_keeps_members`).
///
/// DIFFERS(Box): An instance of metadata that a copy keeps still names its source in `$id` and `$parent`; Box creates a
/// new instance.
pub(super) const COPIED: CopiedMembers = CopiedMembers::listed("classification+is_package+tags");

const ANY: usize = usize::MAX;
const NULLABLE_TIME: Shape = Shape::Nullable(&Shape::Time);
const NULLABLE_TEXT: Shape = Shape::Nullable(&Shape::Text);

const ROLES: Shape = Shape::OneOf(&[
    "editor",
    "viewer",
    "previewer",
    "uploader",
    "previewer uploader",
    "viewer uploader",
    "co-owner",
]);
const ACCESS: Shape = Shape::OneOf(&["open", "company", "collaborators"]);

const CLASSIFICATION: Shape = Shape::Object(&[
    MemberShape::of("name", Shape::Text),
    MemberShape::of("definition", Shape::Text),
    MemberShape::of("color", Shape::Text),
]);

const USER: Shape = Shape::Object(&[
    MemberShape::required("id", Shape::NonEmptyText),
    MemberShape::of("type", Shape::OneOf(&["user"])),
    MemberShape::of("name", Shape::Text),
    MemberShape::of("login", Shape::Text),
]);

/// A lock must name its user: without the user who may release it, the file would stay locked.
const LOCK: Shape = Shape::Object(&[
    MemberShape::of("id", Shape::Text),
    MemberShape::of("type", Shape::OneOf(&["lock"])),
    MemberShape::required("created_by", USER),
    MemberShape::of("created_at", Shape::Time),
    MemberShape::of("expired_at", Shape::Time),
    MemberShape::of("is_download_prevented", Shape::Bool),
    MemberShape::of(
        "app_type",
        Shape::Nullable(&Shape::OneOf(&["gsuite", "office_wopi", "office_wopiplus", "other"])),
    ),
]);

const SCOPE: Shape = Shape::Object(&[
    MemberShape::of(
        "scope",
        Shape::OneOf(&[
            "annotation_edit",
            "annotation_view_all",
            "annotation_view_self",
            "base_explorer",
            "base_picker",
            "base_preview",
            "base_upload",
            "item_delete",
            "item_download",
            "item_preview",
            "item_read",
            "item_rename",
            "item_share",
            "item_upload",
        ]),
    ),
    MemberShape::of("object", Shape::AnyObject),
]);

const EMBED_LINK: Shape = Shape::Object(&[
    MemberShape::of("access_token", Shape::Text),
    MemberShape::of("expires_in", Shape::UnsignedInteger),
    MemberShape::of("token_type", Shape::OneOf(&["bearer"])),
    MemberShape::of("restricted_to", Shape::List(&SCOPE, ANY)),
    MemberShape::of("url", Shape::Text),
]);

const REPRESENTATION: Shape = Shape::Object(&[
    MemberShape::of("content", Shape::Object(&[MemberShape::of("url_template", Shape::Text)])),
    MemberShape::of("info", Shape::Object(&[MemberShape::of("url", Shape::Text)])),
    MemberShape::of("properties", Shape::Map(&Shape::Scalar)),
    MemberShape::of("representation", Shape::Text),
    MemberShape::of(
        "status",
        Shape::Object(&[MemberShape::of("state", Shape::OneOf(&["success", "viewable", "pending", "none"]))]),
    ),
]);

const SHARED_LINK: Shape = Shape::Object(&[
    MemberShape::required("url", Shape::Text),
    MemberShape::of("download_url", NULLABLE_TEXT),
    MemberShape::of("vanity_url", NULLABLE_TEXT),
    MemberShape::of("vanity_name", NULLABLE_TEXT),
    MemberShape::of("access", ACCESS),
    MemberShape::required("effective_access", ACCESS),
    MemberShape::required(
        "effective_permission",
        Shape::OneOf(&["can_edit", "can_download", "can_preview", "no_access"]),
    ),
    MemberShape::of("unshared_at", NULLABLE_TIME),
    MemberShape::required("is_password_enabled", Shape::Bool),
    MemberShape::of(
        "permissions",
        Shape::Object(&[
            MemberShape::required("can_download", Shape::Bool),
            MemberShape::required("can_preview", Shape::Bool),
            MemberShape::required("can_edit", Shape::Bool),
        ]),
    ),
    MemberShape::required("download_count", Shape::UnsignedInteger),
    MemberShape::required("preview_count", Shape::UnsignedInteger),
]);

const WATERMARK: Shape = Shape::Object(&[
    MemberShape::of("is_watermarked", Shape::Bool),
    MemberShape::of("is_watermark_inherited", Shape::Bool),
    MemberShape::of("is_watermarked_by_access_policy", Shape::Bool),
]);

const FILE_PERMISSIONS: Shape = Shape::Object(&[
    MemberShape::required("can_delete", Shape::Bool),
    MemberShape::required("can_download", Shape::Bool),
    MemberShape::required("can_invite_collaborator", Shape::Bool),
    MemberShape::required("can_rename", Shape::Bool),
    MemberShape::required("can_set_share_access", Shape::Bool),
    MemberShape::required("can_share", Shape::Bool),
    MemberShape::required("can_annotate", Shape::Bool),
    MemberShape::required("can_comment", Shape::Bool),
    MemberShape::required("can_preview", Shape::Bool),
    MemberShape::required("can_upload", Shape::Bool),
    MemberShape::required("can_view_annotations_all", Shape::Bool),
    MemberShape::required("can_view_annotations_self", Shape::Bool),
    MemberShape::of("can_apply_watermark", Shape::Bool),
]);

const FOLDER_PERMISSIONS: Shape = Shape::Object(&[
    MemberShape::required("can_delete", Shape::Bool),
    MemberShape::required("can_download", Shape::Bool),
    MemberShape::required("can_invite_collaborator", Shape::Bool),
    MemberShape::required("can_rename", Shape::Bool),
    MemberShape::required("can_set_share_access", Shape::Bool),
    MemberShape::required("can_share", Shape::Bool),
    MemberShape::required("can_upload", Shape::Bool),
    MemberShape::of("can_apply_watermark", Shape::Bool),
]);

const UPLOAD_EMAIL: Shape = Shape::Object(&[
    MemberShape::of("access", Shape::OneOf(&["open", "collaborators"])),
    MemberShape::of("email", Shape::Text),
]);

/// The members, in the order of their names.
pub(super) const MEMBERS: &[MemberRule] = &[
    MemberRule::of_both("allowed_invitee_roles", Shape::List(&ROLES, ANY)),
    MemberRule::of_folders("allowed_shared_link_access_levels", Shape::List(&ACCESS, ANY)),
    MemberRule::of_folders("can_non_owners_invite", Shape::Bool),
    MemberRule::of_folders("can_non_owners_view_collaborators", Shape::Bool),
    MemberRule::of_both("classification", Shape::Nullable(&CLASSIFICATION)),
    MemberRule::of_files("comment_count", Shape::UnsignedInteger),
    MemberRule::of_files("disposition_at", NULLABLE_TIME),
    MemberRule::of_files("expires_at", NULLABLE_TIME),
    MemberRule::of_files("expiring_embed_link", Shape::Nullable(&EMBED_LINK)),
    MemberRule::of_folders("folder_upload_email", Shape::Nullable(&UPLOAD_EMAIL)),
    MemberRule::of_both("has_collaborations", Shape::Bool),
    MemberRule::of_both("is_accessible_via_shared_link", Shape::Bool),
    MemberRule::of_both("is_associated_with_app_item", Shape::Bool),
    MemberRule::of_folders("is_collaboration_restricted_to_enterprise", Shape::Bool),
    MemberRule::of_both("is_externally_owned", Shape::Bool),
    MemberRule::of_files("is_package", Shape::Bool),
    MemberRule::of_files("lock", Shape::Nullable(&LOCK)),
    MemberRule::of_both("metadata", Shape::Map(&Shape::Map(&Shape::AnyObject))),
    MemberRule::of_files("permissions", FILE_PERMISSIONS),
    MemberRule::of_folders("permissions", FOLDER_PERMISSIONS),
    MemberRule::of_files(
        "representations",
        Shape::Object(&[MemberShape::of("entries", Shape::List(&REPRESENTATION, ANY))]),
    ),
    MemberRule::of_both("shared_link", Shape::Nullable(&SHARED_LINK)),
    MemberRule::of_files(
        "shared_link_permission_options",
        Shape::Nullable(&Shape::List(&Shape::OneOf(&["can_preview", "can_download", "can_edit"]), ANY)),
    ),
    MemberRule::of_folders("sync_state", Shape::OneOf(&["synced", "not_synced", "partially_synced"])),
    MemberRule::of_both("tags", Shape::List(&Shape::NonEmptyText, 100)),
    MemberRule::of_files("uploader_display_name", Shape::Nullable(&Shape::Text)),
    MemberRule::of_both("watermark_info", Shape::Nullable(&WATERMARK)),
];
