//! Derives tokens for the URLs and addresses of items of Box.

use drivesim::Item;
use uuid::Uuid;

use crate::box_api::context::RequestContext;

/// Returns 32 hexadecimal digits, derived from an item in its current state and a purpose.
pub(crate) fn derived_token(context: &RequestContext<'_>, item: &Item, what: &str) -> String {
    let name = format!("{what} {} {}", item.id, item.etag);
    Uuid::new_v5(&context.drive.drive_ref.id().as_uuid(), name.as_bytes()).simple().to_string()
}
