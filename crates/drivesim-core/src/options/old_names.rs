//! Translates the names that options had in 0.1.
//!
//! To remove the old names: delete this file, `Profile::option_renamed` and what does not compile without it.

/// The old names and the present ones.
const NAMES: &[(&str, &str)] = &[
    ("child_etag", "copied_child_etag"),
    ("order", "listing_order"),
    // Of Box.
    ("conflicts_shape", "wire.conflicts_shape"),
    ("fields_base", "wire.fields_base"),
    ("copy_root_status", "wire.copy_root_status"),
    ("cyclic_copy_status", "wire.cyclic_copy_status"),
    ("file_as_target_status", "wire.file_as_target_status"),
    ("foreign_version_status", "wire.foreign_version_status"),
    ("copy_without_room_status", "wire.copy_without_room_status"),
    ("if_none_match_on_copy", "wire.if_none_match_on_copy"),
    ("trashed_file_get", "wire.trashed_file_get"),
    ("offset_beyond_end", "wire.offset_beyond_end"),
    ("duplicate_create", "wire.duplicate_create"),
    ("shared_link_access", "wire.shared_link_access"),
    ("forbidden_by_policy", "wire.forbidden_by_policy"),
    ("rate_limit", "wire.rate_limit"),
    ("time_zone", "wire.time_zone"),
    // Of Microsoft.
    ("personal_conflict", "wire.personal_conflict"),
    ("empty_copy", "wire.empty_copy"),
    ("prefer_required", "wire.prefer_required"),
    ("parent_required", "wire.parent_required"),
    ("if_match_on_copy", "wire.if_match_on_copy"),
    ("monitor_status", "wire.monitor_status"),
    ("failed_monitor_status", "wire.failed_monitor_status"),
    ("copy_error", "wire.copy_error"),
    ("redirect_shows", "wire.redirect_shows"),
    ("token_at_upload", "wire.token_at_upload"),
    ("token_at_download", "wire.token_at_download"),
    ("token_at_monitor", "wire.token_at_monitor"),
    ("second_session", "wire.second_session"),
    ("open_total", "wire.open_total"),
    ("upload_folders", "wire.upload_folders"),
    ("children_folders", "wire.children_folders"),
    ("folder_again", "wire.folder_again"),
    ("precondition_status", "wire.precondition_status"),
    ("session_conflict", "wire.session_conflict"),
    ("session_days", "wire.session_days"),
    ("fragment_multiple", "wire.fragment_multiple"),
    ("folder_content_status", "wire.folder_content_status"),
    ("children_of_file", "wire.children_of_file"),
    ("new_folder_facts", "wire.new_folder_facts"),
    ("parent_path", "wire.parent_path"),
    ("restore", "wire.restore"),
    ("root_etag", "wire.root_etag"),
    ("folder_ctag", "wire.folder_ctag"),
];

/// Returns the present name of an option that had another one.
pub(super) fn present_name(old: &str) -> Option<&'static str> {
    NAMES.iter().find(|(name, _)| *name == old).map(|(_, present)| *present)
}
