//! Reads the head of a request, and rejects heads that HTTP does not allow.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Version, header};

use crate::admin;
use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::http::connection_info::{ConnectionInfo, RESERVE_WAIT};
use crate::http::host::is_host;
use crate::http::request::{ApiRequest, RequestMemory};
use crate::limits::Limits;
use crate::service::{self, Rejection};
use crate::state::app::App;

/// The head of a request, and its connection.
pub(crate) struct RequestHead {
    pub(crate) parts: Parts,
    pub(crate) connection: Option<ConnectionInfo>,
}

impl RequestHead {
    /// Returns how long a body may pause. A router without a port has no such limit.
    pub(crate) fn body_wait(&self, app: &App) -> Option<Duration> {
        let wait = app.options.limits.max_body_wait;
        self.connection.map(|connected| if connected.is_reserve { wait.min(RESERVE_WAIT) } else { wait })
    }

    /// Returns whether the connection ends with the response. Hyper reads little of the rest of a body, and closes the
    /// connection if there is more. The response has to announce that.
    pub(crate) fn closes(&self, is_body_read: bool) -> bool {
        let is_last = !is_body_read || self.parts.method == Method::CONNECT;
        is_last && self.parts.version < Version::HTTP_2
    }

    /// Returns whether the connection ends with the rejection of a head. It does if the head is too large; hyper does
    /// the same with still larger heads.
    pub(crate) fn closes_after(&self, bad: HeadError, is_body_read: bool) -> bool {
        self.closes(is_body_read && !matches!(bad, HeadError::TooLong(_) | HeadError::TooLarge(_)))
    }

    /// Returns whether the request is about the server as a whole, `OPTIONS *` (RFC 9110, 9.3.7).
    pub(crate) fn is_for_server(&self) -> bool {
        self.parts.method == Method::OPTIONS && self.parts.uri.path() == WHOLE
    }

    /// Returns whether the request is to the admin API.
    pub(crate) fn is_for_admin_api(&self) -> bool {
        admin::is_here(self.parts.uri.path())
    }

    /// Returns whether the request may be answered on a connection beyond the limit: one to the admin API, unless the response
    /// is a stream that can keep the connection for as long as the client likes.
    fn may_use_the_reserve(&self) -> bool {
        self.is_for_admin_api() && !admin::is_stream(self.parts.uri.path())
    }

    /// Reads the head. Takes the headers out of it if it succeeds. HEAD is handled as GET, without the body (RFC 9110,
    /// 9.3.2).
    ///
    /// ASSUMED: HEAD works wherever GET does, also at a monitor, where it counts as a poll of the job (no option: no
    /// other reading is known).
    /// ASSUMED: A URL that is too long fails with 414 (no option: limit of drivesim).
    pub(crate) fn take_request(&mut self, app: &App) -> Result<ApiRequest, HeadError> {
        check(&self.parts, self.connection.is_some(), &app.options.limits)?;
        if self.connection.is_some_and(|connected| connected.is_reserve) && !self.may_use_the_reserve() {
            return Err(HeadError::TooManyConnections(app.options.limits.max_connections));
        }
        let local = self.connection.and_then(|connected| connected.local);
        let room = RequestMemory::new(&app.options.limits, &app.budget);
        let request = ApiRequest::from_parts(&mut self.parts, app.options.public_url.as_deref(), local, room);
        let mut request = request.map_err(|_| HeadError::NotText)?;
        if request.method == Method::HEAD {
            request.method = Method::GET;
        }
        Ok(request)
    }
}

/// The target of a request about the server as a whole.
const WHOLE: &str = "*";

/// The reason why a head is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// The URL is longer than this.
    TooLong(usize),
    /// The head is larger than this.
    TooLarge(usize),
    /// This many connections are open. Others are reserved for the admin API.
    TooManyConnections(usize),
    NotText,
    /// `Host` is missing.
    NoHost,
    /// There are several `Host` headers.
    SeveralHosts,
    /// `Host` is not a host.
    BadHost,
    /// The target is a URL with a scheme other than HTTP's.
    ForeignScheme,
    /// The target is a host to connect to.
    Tunnel,
    /// The target is the server as a whole.
    Whole,
}

impl HeadError {
    fn status(self) -> StatusCode {
        match self {
            HeadError::TooLong(_) => StatusCode::URI_TOO_LONG,
            HeadError::TooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            HeadError::TooManyConnections(_) => StatusCode::SERVICE_UNAVAILABLE,
            HeadError::Tunnel => StatusCode::NOT_IMPLEMENTED,
            HeadError::NotText
            | HeadError::NoHost
            | HeadError::SeveralHosts
            | HeadError::BadHost
            | HeadError::ForeignScheme
            | HeadError::Whole => StatusCode::BAD_REQUEST,
        }
    }

    fn message(self) -> String {
        let message = match self {
            HeadError::TooLong(most) => return format!("The URL is longer than {most} bytes."),
            HeadError::TooLarge(most) => {
                return format!("The head of the request is larger than {most} bytes.");
            }
            HeadError::TooManyConnections(most) => {
                return format!("There are {most} connections, no more are served; try again later.");
            }
            HeadError::NotText => "The URL is not percent-encoded UTF-8, or has a zero byte.",
            HeadError::NoHost => "A request of HTTP/1.1 must have a Host header.",
            HeadError::SeveralHosts => "A request must have exactly one Host header, this one has several.",
            HeadError::BadHost => "The host of the request is not a valid host.",
            HeadError::ForeignScheme => {
                "The target of the request is a URL of another scheme than http and https."
            }
            HeadError::Tunnel => "This server is not a proxy: CONNECT is not supported.",
            HeadError::Whole => "Only OPTIONS may have the target *.",
        };
        message.to_owned()
    }

    pub(crate) fn to_rejection(self, path: &str) -> Rejection {
        match self {
            HeadError::NotText => service::reject_url(path, self.message()),
            _ => service::reject_unread(path, self.status(), self.message()),
        }
    }

    pub(crate) fn to_admin_error(self) -> AdminError {
        AdminError::with_status(self.status(), AdminCode::Unreadable, self.message())
    }
}

/// Rejects a head that is too large, whose target is not on this server, or that does not name exactly one host (RFC
/// 9112, 3.2). Without a port, the program around the router has checked the hosts.
fn check(parts: &Parts, has_port: bool, limits: &Limits) -> Result<(), HeadError> {
    let uri = &parts.uri;
    if uri.path_and_query().map_or(0, |text| text.as_str().len()) > limits.max_url {
        return Err(HeadError::TooLong(limits.max_url));
    }
    if has_port && n_bytes(parts) > limits.max_head {
        return Err(HeadError::TooLarge(limits.max_head));
    }
    if has_port {
        check_host(parts)?;
    }
    match (&parts.method, uri.scheme_str()) {
        (&Method::CONNECT, _) => Err(HeadError::Tunnel),
        (_, Some(scheme)) if !["http", "https"].contains(&scheme) => Err(HeadError::ForeignScheme),
        (&Method::OPTIONS, _) => Ok(()),
        _ if uri.path() == WHOLE => Err(HeadError::Whole),
        _ => Ok(()),
    }
}

fn check_host(parts: &Parts) -> Result<(), HeadError> {
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => return Err(HeadError::SeveralHosts),
        (None, _) if parts.version == Version::HTTP_11 => return Err(HeadError::NoHost),
        (Some(host), _) if !host.to_str().is_ok_and(is_host) => return Err(HeadError::BadHost),
        _ => {}
    }
    let authority = parts.uri.authority().map(|authority| authority.as_str());
    if authority.is_some_and(|host| host.is_empty() || !is_host(host)) {
        Err(HeadError::BadHost)
    } else {
        Ok(())
    }
}

/// Returns the number of bytes of a head in its usual form: with one space after each colon.
fn n_bytes(parts: &Parts) -> usize {
    let uri = &parts.uri;
    let scheme = uri.scheme_str().map_or(0, |scheme| scheme.len() + "://".len());
    let authority = uri.authority().map_or(0, |authority| authority.as_str().len());
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let line = parts.method.as_str().len() + scheme + authority + path + "  HTTP/1.1\r\n".len();
    let fields = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + fields.sum::<usize>() + "\r\n".len()
}
