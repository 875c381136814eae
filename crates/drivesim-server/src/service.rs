//! Finds the service of a request, and forwards the request to it.

use axum::http::{HeaderName, StatusCode, header};

use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::limits::Limits;
use crate::state::app::App;
use crate::{box_api, graph};

/// A request with its route.
#[derive(Debug)]
pub(crate) enum RoutedRequest {
    Microsoft(graph::GraphRequest),
    Box(box_api::BoxRequest),
}

/// A request that is not routed, with the error of its service.
#[derive(Clone, Debug)]
pub(crate) enum Rejection {
    Microsoft(graph::error::GraphError),
    Box(box_api::error::BoxError),
}

/// The ids of a request, and how its response is sent.
#[derive(Clone, Debug)]
pub(crate) struct RequestIds {
    pub(crate) request: String,
    /// The id that the client sent.
    pub(crate) client: Option<String>,
    pub(crate) takes_gzip: bool,
}

impl RequestIds {
    /// Returns the id that the client sent, or else the server's.
    fn for_client(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.request)
    }
}

/// Finds the route of a request and checks its token.
pub(crate) fn route(app: &App, request: &ApiRequest) -> Result<RoutedRequest, Rejection> {
    if box_api::is_box_path(&request.path) {
        return box_api::route(app, request).map(RoutedRequest::Box).map_err(Rejection::Box);
    }
    graph::route(app, request).map(RoutedRequest::Microsoft).map_err(Rejection::Microsoft)
}

/// Rejects a request that could not be read.
pub(crate) fn reject_unread(path: &str, status: StatusCode, message: String) -> Rejection {
    if box_api::is_box_path(path) {
        return Rejection::Box(box_api::error::BoxError::unreadable(status, message));
    }
    Rejection::Microsoft(
        graph::error::GraphError::unreadable(status, message).for_endpoint(graph::is_direct(path)),
    )
}

/// Rejects a URL that could not be read.
pub(crate) fn reject_url(path: &str, message: String) -> Rejection {
    match reject_unread(path, StatusCode::BAD_REQUEST, message) {
        Rejection::Microsoft(error) => {
            Rejection::Microsoft(error.with_inner_code(graph::error::ErrorCode::InvalidPath))
        }
        refused => refused,
    }
}

/// Returns the name of the service of a path in the journal.
pub(crate) fn service_name(path: &str) -> Option<&'static str> {
    if box_api::is_box_path(path) { Some(BOX) } else { graph::service_name(path) }
}

/// The name of Box in the journal.
const BOX: &str = "box";

const BOX_REQUEST_ID: HeaderName = HeaderName::from_static("box-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// Adds the headers that all responses of a service have. Without a service, those of Microsoft.
pub(crate) fn finish_response(dialect: Option<&str>, response: ApiResponse, ids: RequestIds) -> ApiResponse {
    let response = response.nosniff();
    if dialect == Some(BOX) { finish_box(response, ids) } else { finish_microsoft(response, ids) }
}

fn finish_box(response: ApiResponse, ids: RequestIds) -> ApiResponse {
    let response = if ids.takes_gzip { response.compressed() } else { response };
    response
        .with_header(BOX_REQUEST_ID, box_api::request_id_in_header(&ids.request))
        .with_header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .with_header(header::CACHE_CONTROL, "no-cache, no-store")
}

fn finish_microsoft(response: ApiResponse, ids: RequestIds) -> ApiResponse {
    let client = ids.client.unwrap_or_else(|| ids.request.clone());
    response
        .with_header(REQUEST_ID, ids.request)
        .with_header(CLIENT_REQUEST_ID, client)
        .with_header(header::CACHE_CONTROL, "private")
}

impl RoutedRequest {
    /// Returns the name of the service in the journal.
    pub(crate) fn service_name(&self) -> &'static str {
        match self {
            RoutedRequest::Microsoft(admitted) => admitted.service_name(),
            RoutedRequest::Box(_) => BOX,
        }
    }

    /// Returns the maximal number of bytes of the body.
    pub(crate) fn max_body(&self, limits: &Limits) -> usize {
        match self {
            RoutedRequest::Microsoft(admitted) => admitted.max_body(limits),
            RoutedRequest::Box(admitted) => admitted.max_body(limits),
        }
    }

    /// Returns the position in the event stream of Box that the request waits for: it is answered once there are events
    /// behind it, or after the longest wait.
    pub(crate) fn awaited_position(&self) -> Option<u64> {
        match self {
            RoutedRequest::Microsoft(_) => None,
            RoutedRequest::Box(admitted) => admitted.awaited_position(),
        }
    }

    /// Returns whether making the response may take less time than moving it to another thread. Such a request is handled
    /// by [`ApiRequest::run_inline`], and so perhaps twice.
    pub(crate) fn is_short(&self, request: &ApiRequest) -> bool {
        match self {
            RoutedRequest::Microsoft(admitted) => admitted.runs_inline(request),
            RoutedRequest::Box(admitted) => admitted.runs_inline(request),
        }
    }

    /// Returns the part of the path before the route.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            RoutedRequest::Microsoft(admitted) => admitted.prefix(),
            RoutedRequest::Box(admitted) => admitted.prefix(),
        }
    }

    /// Handles the request.
    pub(crate) fn handle(&self, app: &App, request: &ApiRequest) -> Result<ApiResponse, Rejection> {
        match self {
            RoutedRequest::Microsoft(admitted) => {
                graph::handle(app, request, admitted).map_err(Rejection::Microsoft)
            }
            RoutedRequest::Box(admitted) => box_api::handle(app, request, admitted).map_err(Rejection::Box),
        }
    }
}

impl Rejection {
    /// Returns the response.
    pub(crate) fn to_response(&self, app: &App, ids: &RequestIds) -> ApiResponse {
        match self {
            Rejection::Microsoft(error) => error.to_response(app, &ids.request, ids.for_client()),
            Rejection::Box(error) => error.to_response(&box_api::request_id(&ids.request)),
        }
    }
}
