//! Lists the members that files and folders of Box may have, with their shapes.
//!
//! Names and shapes are those of the API description (box-openapi, version 2024.0: `File--Full` and `Folder--Full`).
//! The properties of a representation are texts there, and booleans in the example of the page on copying a file, so
//! both are allowed.

use crate::json::{Field, Shape};
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

const ROLES: Shape = Shape::Word(&[
    "editor",
    "viewer",
    "previewer",
    "uploader",
    "previewer uploader",
    "viewer uploader",
    "co-owner",
]);
const ACCESS: Shape = Shape::Word(&["open", "company", "collaborators"]);

const CLASSIFICATION: Shape = Shape::Object(&[
    Field::of("name", Shape::Text),
    Field::of("definition", Shape::Text),
    Field::of("color", Shape::Text),
]);

const USER: Shape = Shape::Object(&[
    Field::required("id", Shape::FilledText),
    Field::of("type", Shape::Word(&["user"])),
    Field::of("name", Shape::Text),
    Field::of("login", Shape::Text),
]);

/// A lock must name its user: without the user who may release it, the file would stay locked.
const LOCK: Shape = Shape::Object(&[
    Field::of("id", Shape::Text),
    Field::of("type", Shape::Word(&["lock"])),
    Field::required("created_by", USER),
    Field::of("created_at", Shape::Time),
    Field::of("expired_at", Shape::Time),
    Field::of("is_download_prevented", Shape::Bool),
    Field::of(
        "app_type",
        Shape::Nullable(&Shape::Word(&["gsuite", "office_wopi", "office_wopiplus", "other"])),
    ),
]);

const SCOPE: Shape = Shape::Object(&[
    Field::of(
        "scope",
        Shape::Word(&[
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
    Field::of("object", Shape::AnyObject),
]);

const EMBED_LINK: Shape = Shape::Object(&[
    Field::of("access_token", Shape::Text),
    Field::of("expires_in", Shape::Count),
    Field::of("token_type", Shape::Word(&["bearer"])),
    Field::of("restricted_to", Shape::List(&SCOPE, ANY)),
    Field::of("url", Shape::Text),
]);

const REPRESENTATION: Shape = Shape::Object(&[
    Field::of("content", Shape::Object(&[Field::of("url_template", Shape::Text)])),
    Field::of("info", Shape::Object(&[Field::of("url", Shape::Text)])),
    Field::of("properties", Shape::Map(&Shape::Scalar)),
    Field::of("representation", Shape::Text),
    Field::of(
        "status",
        Shape::Object(&[Field::of("state", Shape::Word(&["success", "viewable", "pending", "none"]))]),
    ),
]);

const SHARED_LINK: Shape = Shape::Object(&[
    Field::required("url", Shape::Text),
    Field::of("download_url", NULLABLE_TEXT),
    Field::of("vanity_url", NULLABLE_TEXT),
    Field::of("vanity_name", NULLABLE_TEXT),
    Field::of("access", ACCESS),
    Field::required("effective_access", ACCESS),
    Field::required(
        "effective_permission",
        Shape::Word(&["can_edit", "can_download", "can_preview", "no_access"]),
    ),
    Field::of("unshared_at", NULLABLE_TIME),
    Field::required("is_password_enabled", Shape::Bool),
    Field::of(
        "permissions",
        Shape::Object(&[
            Field::required("can_download", Shape::Bool),
            Field::required("can_preview", Shape::Bool),
            Field::required("can_edit", Shape::Bool),
        ]),
    ),
    Field::required("download_count", Shape::Count),
    Field::required("preview_count", Shape::Count),
]);

const WATERMARK: Shape = Shape::Object(&[
    Field::of("is_watermarked", Shape::Bool),
    Field::of("is_watermark_inherited", Shape::Bool),
    Field::of("is_watermarked_by_access_policy", Shape::Bool),
]);

const FILE_PERMISSIONS: Shape = Shape::Object(&[
    Field::required("can_delete", Shape::Bool),
    Field::required("can_download", Shape::Bool),
    Field::required("can_invite_collaborator", Shape::Bool),
    Field::required("can_rename", Shape::Bool),
    Field::required("can_set_share_access", Shape::Bool),
    Field::required("can_share", Shape::Bool),
    Field::required("can_annotate", Shape::Bool),
    Field::required("can_comment", Shape::Bool),
    Field::required("can_preview", Shape::Bool),
    Field::required("can_upload", Shape::Bool),
    Field::required("can_view_annotations_all", Shape::Bool),
    Field::required("can_view_annotations_self", Shape::Bool),
    Field::of("can_apply_watermark", Shape::Bool),
]);

const FOLDER_PERMISSIONS: Shape = Shape::Object(&[
    Field::required("can_delete", Shape::Bool),
    Field::required("can_download", Shape::Bool),
    Field::required("can_invite_collaborator", Shape::Bool),
    Field::required("can_rename", Shape::Bool),
    Field::required("can_set_share_access", Shape::Bool),
    Field::required("can_share", Shape::Bool),
    Field::required("can_upload", Shape::Bool),
    Field::of("can_apply_watermark", Shape::Bool),
]);

const UPLOAD_EMAIL: Shape = Shape::Object(&[
    Field::of("access", Shape::Word(&["open", "collaborators"])),
    Field::of("email", Shape::Text),
]);

/// The members, in the order of their names.
pub(super) const MEMBERS: &[MemberRule] = &[
    MemberRule::of_both("allowed_invitee_roles", Shape::List(&ROLES, ANY)),
    MemberRule::of_folders("allowed_shared_link_access_levels", Shape::List(&ACCESS, ANY)),
    MemberRule::of_folders("can_non_owners_invite", Shape::Bool),
    MemberRule::of_folders("can_non_owners_view_collaborators", Shape::Bool),
    MemberRule::of_both("classification", Shape::Nullable(&CLASSIFICATION)),
    MemberRule::of_files("comment_count", Shape::Count),
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
        Shape::Object(&[Field::of("entries", Shape::List(&REPRESENTATION, ANY))]),
    ),
    MemberRule::of_both("shared_link", Shape::Nullable(&SHARED_LINK)),
    MemberRule::of_files(
        "shared_link_permission_options",
        Shape::Nullable(&Shape::List(&Shape::Word(&["can_preview", "can_download", "can_edit"]), ANY)),
    ),
    MemberRule::of_folders("sync_state", Shape::Word(&["synced", "not_synced", "partially_synced"])),
    MemberRule::of_both("tags", Shape::List(&Shape::FilledText, 100)),
    MemberRule::of_files("uploader_display_name", Shape::Nullable(&Shape::Text)),
    MemberRule::of_both("watermark_info", Shape::Nullable(&WATERMARK)),
];
