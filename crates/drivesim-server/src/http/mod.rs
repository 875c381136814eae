//! Reads requests and sends responses, whatever their service.

pub(crate) mod attachment;
pub(crate) mod body_limiter;
pub(crate) mod connection_info;
pub(crate) mod content_body;
pub(crate) mod fair;
pub(crate) mod gzip;
pub(crate) mod host;
pub(crate) mod inline_budget;
pub(crate) mod json_body;
pub(crate) mod listing;
pub(crate) mod offload;
pub(crate) mod range_response;
pub(crate) mod ranges;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod response_budget;
pub(crate) mod route_info;
pub(crate) mod url;
