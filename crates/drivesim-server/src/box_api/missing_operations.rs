//! Lists the operations that Box has and drivesim lacks, so that a gap of drivesim does not look like a response of
//! Box.

use crate::box_api::path_pattern::matches;

/// How a request matches the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissingOperation {
    /// An operation with this path.
    Operation(&'static str),
    /// A path with operations of other methods.
    OtherMethod,
    Nothing,
}

/// Matches a request with the list. If several paths match, the first is used.
pub(crate) fn find(method: &str, segments: &[String]) -> MissingOperation {
    let mut matching = MISSING.iter().filter(|(_, path)| matches(path, segments)).peekable();
    let is_known = matching.peek().is_some();
    match matching.find(|(methods, _)| methods.split(' ').any(|other| other == method)) {
        Some((_, path)) => MissingOperation::Operation(path),
        None if is_known => MissingOperation::OtherMethod,
        None => MissingOperation::Nothing,
    }
}

/// Methods and paths of the operations, from the description of the API (box-openapi, version 2024.0) and the
/// managers of boxsdk 10 that are generated from it.
#[rustfmt::skip]
const MISSING: &[(&str, &str)] = &[
    ("POST", "ai/ask"),
    ("POST", "ai/extract"),
    ("POST", "ai/extract_structured"),
    ("POST", "ai/text_gen"),
    ("GET", "ai_agent_default"),
    ("GET POST", "ai_agents"),
    ("GET PUT DELETE", "ai_agents/{agent_id}"),
    ("GET POST", "archives"),
    ("PUT DELETE", "archives/{archive_id}"),
    ("GET", "automate_workflows"),
    ("POST", "automate_workflows/{workflow_id}/start"),
    ("GET POST", "collaboration_whitelist_entries"),
    ("GET DELETE", "collaboration_whitelist_entries/{collaboration_whitelist_entry_id}"),
    ("GET POST", "collaboration_whitelist_exempt_targets"),
    ("GET DELETE", "collaboration_whitelist_exempt_targets/{collaboration_whitelist_exempt_target_id}"),
    ("GET POST", "collaborations"),
    ("GET PUT DELETE", "collaborations/{collaboration_id}"),
    ("GET", "collections"),
    ("GET", "collections/{collection_id}"),
    ("GET", "collections/{collection_id}/items"),
    ("POST", "comments"),
    ("GET PUT DELETE", "comments/{comment_id}"),
    ("GET DELETE", "device_pinners/{device_pinner_id}"),
    ("GET", "docgen_batch_jobs/{batch_id}"),
    ("POST", "docgen_batches"),
    ("GET", "docgen_jobs"),
    ("GET", "docgen_jobs/{job_id}"),
    ("GET", "docgen_template_jobs/{template_id}"),
    ("GET POST", "docgen_templates"),
    ("GET DELETE", "docgen_templates/{template_id}"),
    ("GET", "docgen_templates/{template_id}/tags"),
    ("GET", "enterprise_configurations/{enterprise_id}"),
    ("GET", "enterprise_hubs"),
    ("GET", "enterprises/{enterprise_id}/device_pinners"),
    ("POST", "external_users/submit_delete_job"),
    ("GET PUT DELETE", "file_requests/{file_request_id}"),
    ("POST", "file_requests/{file_request_id}/copy"),
    ("GET", "file_version_legal_holds"),
    ("GET", "file_version_legal_holds/{file_version_legal_hold_id}"),
    ("GET", "file_version_retentions"),
    ("GET", "file_version_retentions/{file_version_retention_id}"),
    ("POST", "files/upload_sessions/{upload_session_id}/log"),
    ("POST", "files/upload_sessions/{upload_session_id}/plan"),
    ("GET", "files/{file_id}/app_item_associations"),
    ("GET", "files/{file_id}/collaborations"),
    ("GET", "files/{file_id}/comments"),
    ("GET", "files/{file_id}/metadata"),
    ("GET POST PUT DELETE", "files/{file_id}/metadata/{scope}/{template_key}"),
    ("GET", "files/{file_id}/tasks"),
    ("GET", "files/{file_id}/thumbnail.{extension}"),
    ("PUT", "files/{file_id}/versions/{file_version_id}"),
    ("GET PUT DELETE", "files/{file_id}/watermark"),
    ("GET POST", "folder_locks"),
    ("DELETE", "folder_locks/{folder_lock_id}"),
    ("GET", "folders/{folder_id}/app_item_associations"),
    ("GET", "folders/{folder_id}/collaborations"),
    ("GET", "folders/{folder_id}/metadata"),
    ("GET POST PUT DELETE", "folders/{folder_id}/metadata/{scope}/{template_key}"),
    ("GET PUT DELETE", "folders/{folder_id}/watermark"),
    ("POST", "group_memberships"),
    ("GET PUT DELETE", "group_memberships/{group_membership_id}"),
    ("GET POST", "groups"),
    ("POST", "groups/terminate_sessions"),
    ("GET PUT DELETE", "groups/{group_id}"),
    ("GET", "groups/{group_id}/collaborations"),
    ("GET", "groups/{group_id}/memberships"),
    ("GET POST", "hub_collaborations"),
    ("GET PUT DELETE", "hub_collaborations/{hub_collaboration_id}"),
    ("GET", "hub_document_blocks"),
    ("GET", "hub_document_pages"),
    ("GET", "hub_items"),
    ("GET POST", "hubs"),
    ("GET PUT DELETE", "hubs/{hub_id}"),
    ("POST", "hubs/{hub_id}/copy"),
    ("POST", "hubs/{hub_id}/manage_items"),
    ("GET POST", "integration_mappings/slack"),
    ("PUT DELETE", "integration_mappings/slack/{integration_mapping_id}"),
    ("GET POST", "integration_mappings/teams"),
    ("PUT DELETE", "integration_mappings/teams/{integration_mapping_id}"),
    ("POST", "invites"),
    ("GET", "invites/{invite_id}"),
    ("GET POST", "legal_hold_policies"),
    ("GET PUT DELETE", "legal_hold_policies/{legal_hold_policy_id}"),
    ("GET POST", "legal_hold_policy_assignments"),
    ("GET DELETE", "legal_hold_policy_assignments/{legal_hold_policy_assignment_id}"),
    ("GET", "legal_hold_policy_assignments/{legal_hold_policy_assignment_id}/files_on_hold"),
    ("GET POST", "metadata_cascade_policies"),
    ("GET DELETE", "metadata_cascade_policies/{metadata_cascade_policy_id}"),
    ("POST", "metadata_cascade_policies/{metadata_cascade_policy_id}/apply"),
    ("POST", "metadata_queries/execute_read"),
    ("POST", "metadata_taxonomies"),
    ("GET", "metadata_taxonomies/{namespace}"),
    ("GET PATCH DELETE", "metadata_taxonomies/{namespace}/{taxonomy_key}"),
    ("POST", "metadata_taxonomies/{namespace}/{taxonomy_key}/levels"),
    ("PATCH", "metadata_taxonomies/{namespace}/{taxonomy_key}/levels/{level_index}"),
    ("POST", "metadata_taxonomies/{namespace}/{taxonomy_key}/levels:append"),
    ("POST", "metadata_taxonomies/{namespace}/{taxonomy_key}/levels:trim"),
    ("GET POST", "metadata_taxonomies/{namespace}/{taxonomy_key}/nodes"),
    ("GET PATCH DELETE", "metadata_taxonomies/{namespace}/{taxonomy_key}/nodes/{node_id}"),
    ("GET", "metadata_templates"),
    ("GET", "metadata_templates/enterprise"),
    ("GET", "metadata_templates/global"),
    ("POST", "metadata_templates/schema"),
    ("GET", "metadata_templates/{namespace}/{template_key}/fields/{field_key}/options"),
    ("GET PUT DELETE", "metadata_templates/{scope}/{template_key}/schema"),
    ("GET", "metadata_templates/{template_id}"),
    ("POST", "notes/convert"),
    ("GET", "oauth2/authorize"),
    ("POST", "query"),
    ("POST", "query_insights"),
    ("GET", "recent_items"),
    ("GET POST", "retention_policies"),
    ("GET PUT DELETE", "retention_policies/{retention_policy_id}"),
    ("GET", "retention_policies/{retention_policy_id}/assignments"),
    ("POST", "retention_policy_assignments"),
    ("GET DELETE", "retention_policy_assignments/{retention_policy_assignment_id}"),
    ("GET", "retention_policy_assignments/{retention_policy_assignment_id}/files_under_retention"),
    ("GET", "shared_items"),
    ("GET POST", "shield_information_barrier_reports"),
    ("GET", "shield_information_barrier_reports/{shield_information_barrier_report_id}"),
    ("GET POST", "shield_information_barrier_segment_members"),
    ("GET DELETE", "shield_information_barrier_segment_members/{shield_information_barrier_segment_member_id}"),
    ("GET POST", "shield_information_barrier_segment_restrictions"),
    ("GET DELETE", "shield_information_barrier_segment_restrictions/{shield_information_barrier_segment_restriction_id}"),
    ("GET POST", "shield_information_barrier_segments"),
    ("GET PUT DELETE", "shield_information_barrier_segments/{shield_information_barrier_segment_id}"),
    ("GET POST", "shield_information_barriers"),
    ("POST", "shield_information_barriers/change_status"),
    ("GET", "shield_information_barriers/{shield_information_barrier_id}"),
    ("GET POST", "shield_lists"),
    ("GET PUT DELETE", "shield_lists/{shield_list_id}"),
    ("GET POST", "sign_requests"),
    ("GET", "sign_requests/{sign_request_id}"),
    ("POST", "sign_requests/{sign_request_id}/cancel"),
    ("POST", "sign_requests/{sign_request_id}/resend"),
    ("GET", "sign_templates"),
    ("GET", "sign_templates/{template_id}"),
    ("PUT", "skill_invocations/{skill_id}"),
    ("GET", "storage_policies"),
    ("GET", "storage_policies/{storage_policy_id}"),
    ("GET POST", "storage_policy_assignments"),
    ("GET PUT DELETE", "storage_policy_assignments/{storage_policy_assignment_id}"),
    ("POST", "task_assignments"),
    ("GET PUT DELETE", "task_assignments/{task_assignment_id}"),
    ("POST", "tasks"),
    ("GET PUT DELETE", "tasks/{task_id}"),
    ("GET", "tasks/{task_id}/assignments"),
    ("GET POST", "terms_of_service_user_statuses"),
    ("PUT", "terms_of_service_user_statuses/{terms_of_service_user_status_id}"),
    ("GET POST", "terms_of_services"),
    ("GET PUT", "terms_of_services/{terms_of_service_id}"),
    ("GET POST", "users"),
    ("POST", "users/terminate_sessions"),
    ("GET PUT DELETE", "users/{user_id}"),
    ("GET POST DELETE", "users/{user_id}/avatar"),
    ("GET POST", "users/{user_id}/email_aliases"),
    ("DELETE", "users/{user_id}/email_aliases/{email_alias_id}"),
    ("PUT", "users/{user_id}/folders/0"),
    ("GET", "users/{user_id}/memberships"),
    ("POST", "web_links"),
    ("GET POST PUT DELETE", "web_links/{web_link_id}"),
    ("GET DELETE", "web_links/{web_link_id}/trash"),
    ("GET POST", "webhooks"),
    ("GET PUT DELETE", "webhooks/{webhook_id}"),
    ("GET", "workflows"),
    ("POST", "workflows/{workflow_id}/start"),
    ("POST", "zip_downloads"),
    ("GET", "zip_downloads/{zip_download_id}/content"),
    ("GET", "zip_downloads/{zip_download_id}/status"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> MissingOperation {
        let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
        find(method, &segments)
    }

    #[test]
    fn operations_are_found_by_method_and_path() {
        assert_eq!(found("POST", "comments"), MissingOperation::Operation("comments"));
        assert_eq!(
            found("GET", "files/1/thumbnail.png"),
            MissingOperation::Operation("files/{file_id}/thumbnail.{extension}")
        );
        assert_eq!(found("GET", "files/1/thumbnail."), MissingOperation::Nothing);
        assert_eq!(found("PATCH", "comments/1"), MissingOperation::OtherMethod);
        assert_eq!(found("GET", "comments/1/2"), MissingOperation::Nothing);
        assert_eq!(found("GET", "nonsense"), MissingOperation::Nothing);
    }
}
