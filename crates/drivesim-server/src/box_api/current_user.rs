//! Shows the user of a request to Box.

use axum::http::StatusCode;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::member_lists::USER;
use crate::box_api::users::BoxUser;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Map, Value, json};

/// Responds with the sender of the request.
pub(crate) fn show(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let fields = Fields::read(context.request, Fields::Standard)?;
    let user = BoxUser::of(&context.app.options, context.user);
    let mut members = Map::new();
    for &member in &*fields.members(&USER, context.drive.wire.fields_base) {
        let value = match member {
            "type" => json!(user.kind),
            "id" => json!(user.id),
            "name" => json!(user.name),
            "login" => json!(user.login),
            _ => member_value(context, member)?,
        };
        members.insert(member.to_owned(), value);
    }
    Ok(ApiResponse::json(StatusCode::OK, members))
}

/// Returns a member of the user that short forms do not have. The numbers of bytes are those of the drive, and
/// `UNLIMITED` if it has no quota.
///
/// ASSUMED: The values of members of a user of Box that nothing in drivesim sets, such as `en` for the language and
/// `admin` for the role (no option: no other reading is known).
fn member_value(context: &RequestContext<'_>, member: &str) -> Result<Value, BoxError> {
    let (app, drive, renderer) = (context.app, context.drive, context.renderer());
    let root = || app.sim.item(drive.at("/"));
    let bytes = |n_bytes: u64| json!(n_bytes.min(i64::MAX as u64));
    Ok(match member {
        "created_at" | "modified_at" => json!(renderer.time(root()?.created_at)),
        "language" => json!("en"),
        "timezone" => json!("America/Los_Angeles"),
        "space_amount" => bytes(app.sim.quota(&drive.drive_ref)?.total.unwrap_or(UNLIMITED)),
        "space_used" => bytes(app.sim.quota(&drive.drive_ref)?.used),
        "max_upload_size" => bytes(app.options.limits.max_upload as u64),
        "status" => json!("active"),
        "job_title" | "phone" | "address" => json!(""),
        "avatar_url" => json!(format!("{}/2.0/users/me/avatar", context.request.base)),
        "role" => json!("admin"),
        "tracking_codes" | "my_tags" => json!([]),
        "can_see_managed_users" | "is_sync_enabled" => json!(true),
        "enterprise" => json!({ "type": "enterprise", "id": ENTERPRISE, "name": "drivesim" }),
        "hostname" => json!(context.request.base),
        "external_app_user_id" => json!(""),
        "is_external_collab_restricted"
        | "is_exempt_from_device_limits"
        | "is_exempt_from_login_verification"
        | "is_platform_access_only" => json!(false),
        // `notification_email`.
        _ => Value::Null,
    })
}

/// The number of bytes of an account without a limit (recorded responses). Clients that parse it and the remaining
/// bytes as floating-point numbers, like rclone, get exact values.
const UNLIMITED: u64 = 999_999_999_999_999;
/// The enterprise that all users belong to.
const ENTERPRISE: &str = "1000001";
