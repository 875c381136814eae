//! Tests the codes, messages and details of errors.

use super::*;

#[test]
fn a_deleted_item_is_not_named_by_an_internal_id() {
    let details = |item: &str| {
        let error = DriveError::NotFound { item: item.to_owned() };
        BoxError::from(error).context.map(|context| context.to_string()).unwrap_or_default()
    };
    assert!(details("/Docs/a.txt").contains("'/Docs/a.txt'"));
    assert!(!details(&ItemId::from_bits(7).to_string()).contains("0000000000000007"));
}

#[test]
fn an_error_with_another_status_has_the_code_and_message_of_that_status() {
    let with_status = |error: &BoxError, status| {
        let error = error.clone().with_status(status);
        assert_eq!(error.status.as_u16(), status);
        (error.code, error.message.to_string(), error.context.is_some())
    };
    let not_found = BoxError::not_found("parent", "d_7");
    for (status, code, message, is_detailed) in [
        (400, BoxErrorCode::BadRequest, "Bad Request", true),
        (401, BoxErrorCode::Unauthorized, "Unauthorized", false),
        (
            403,
            BoxErrorCode::AccessDeniedInsufficientPermissions,
            "Access denied - insufficient permission",
            false,
        ),
        (404, BoxErrorCode::NotFound, "Not Found", true),
        (409, BoxErrorCode::Conflict, "Conflict", false),
        (418, BoxErrorCode::BadRequest, "Bad Request", false),
        (500, BoxErrorCode::InternalServerError, "Internal Server Error", false),
        (503, BoxErrorCode::Unavailable, "Unavailable", false),
        (599, BoxErrorCode::InternalServerError, "Internal Server Error", false),
    ] {
        assert_eq!(with_status(&not_found, status), (code, message.to_owned(), is_detailed), "{status}");
    }
    let full = BoxError::from(DriveError::QuotaExceeded { name: "a".to_owned(), size: 9, left: 1 });
    for (status, code) in [
        (403, BoxErrorCode::StorageLimitExceeded),
        (409, BoxErrorCode::StorageLimitExceeded),
        (507, BoxErrorCode::StorageLimitExceeded),
        (400, BoxErrorCode::BadRequest),
        (500, BoxErrorCode::InternalServerError),
    ] {
        assert_eq!(with_status(&full, status).0, code, "{status}");
    }
}

#[test]
fn unreadable_requests_name_their_limit_and_a_busy_server_names_no_parameter() {
    let members = |status| {
        let error = BoxError::unreadable(status, "more than 5".to_owned());
        (error.code, error.message.to_string(), error.context.map(|context| *context).unwrap_or_default())
    };
    let (code, message, context) = members(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!((code, &*message), (BoxErrorCode::RequestEntityTooLarge, "Request Entity too Large"));
    let error = json!({ "reason": "invalid_parameter", "name": "request", "message": "more than 5" });
    assert_eq!(context, json!({ "errors": [error] }));
    let (code, message, context) = members(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((code, &*message, context), (BoxErrorCode::Unavailable, "Unavailable", json!("more than 5")));
}
