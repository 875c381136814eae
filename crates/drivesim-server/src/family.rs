//! Finds the service of a request, and forwards the request to it.

use axum::http::{HeaderName, StatusCode, header};

use crate::app::App;
use crate::call::Call;
use crate::limits::Limits;
use crate::reply::Reply;
use crate::{box_api, graph};

/// A request with its route.
#[derive(Debug)]
pub(crate) enum Admitted {
    Microsoft(graph::Admitted),
    Box(box_api::Admitted),
}

/// A request that is not routed, with the error of its service.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    Microsoft(graph::refusal::Refusal),
    Box(box_api::refusal::Refusal),
}

/// The ids of a request, and how its response is sent.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) request: String,
    /// The id that the client sent.
    pub(crate) client: Option<String>,
    pub(crate) takes_gzip: bool,
}

impl Ids {
    /// Returns the id that the client sent, or else the server's.
    fn for_client(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.request)
    }
}

/// Finds the route of a request and checks its token.
pub(crate) fn admit(app: &App, call: &Call) -> Result<Admitted, Refused> {
    if box_api::is_here(&call.path) {
        return box_api::admit(app, call).map(Admitted::Box).map_err(Refused::Box);
    }
    graph::admit(app, call).map(Admitted::Microsoft).map_err(Refused::Microsoft)
}

/// Rejects a request that could not be read.
pub(crate) fn unread(path: &str, status: StatusCode, message: String) -> Refused {
    if box_api::is_here(path) {
        return Refused::Box(box_api::refusal::Refusal::unread(status, message));
    }
    Refused::Microsoft(graph::refusal::Refusal::unread(status, message).direct(graph::is_direct(path)))
}

/// Rejects a URL that could not be read.
pub(crate) fn bad_url(path: &str, message: String) -> Refused {
    match unread(path, StatusCode::BAD_REQUEST, message) {
        Refused::Microsoft(refusal) => Refused::Microsoft(refusal.inner("invalidPath")),
        refused => refused,
    }
}

/// Returns the name of the service of a path in the journal.
pub(crate) fn dialect(path: &str) -> Option<&'static str> {
    if box_api::is_here(path) { Some(BOX) } else { graph::dialect(path) }
}

/// The name of Box in the journal.
const BOX: &str = "box";

const BOX_REQUEST_ID: HeaderName = HeaderName::from_static("box-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// Adds the headers that all responses of a service have. Without a service, those of Microsoft.
pub(crate) fn finish(dialect: Option<&str>, reply: Reply, ids: Ids) -> Reply {
    let reply = reply.with_its_type_only();
    if dialect == Some(BOX) { finish_box(reply, ids) } else { finish_microsoft(reply, ids) }
}

fn finish_box(reply: Reply, ids: Ids) -> Reply {
    let reply = if ids.takes_gzip { reply.packed() } else { reply };
    reply
        .with(BOX_REQUEST_ID, box_api::request_id_in_header(&ids.request))
        .with(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
        .with(header::CACHE_CONTROL, "no-cache, no-store")
}

fn finish_microsoft(reply: Reply, ids: Ids) -> Reply {
    let client = ids.client.unwrap_or_else(|| ids.request.clone());
    reply.with(REQUEST_ID, ids.request).with(CLIENT_REQUEST_ID, client).with(header::CACHE_CONTROL, "private")
}

impl Admitted {
    /// Returns the name of the service in the journal.
    pub(crate) fn dialect(&self) -> &'static str {
        match self {
            Admitted::Microsoft(admitted) => admitted.dialect(),
            Admitted::Box(_) => BOX,
        }
    }

    /// Returns the maximal number of bytes of the body.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> usize {
        match self {
            Admitted::Microsoft(admitted) => admitted.most_bytes(limits),
            Admitted::Box(admitted) => admitted.most_bytes(limits),
        }
    }

    /// Returns the position in the event stream of Box that the request waits for: it is answered once there are events
    /// behind it, or after the longest wait.
    pub(crate) fn awaited(&self) -> Option<u64> {
        match self {
            Admitted::Microsoft(_) => None,
            Admitted::Box(admitted) => admitted.awaited(),
        }
    }

    /// Returns whether making the response may take less time than moving it to another thread.
    pub(crate) fn is_short(&self, call: &Call) -> bool {
        match self {
            Admitted::Microsoft(admitted) => admitted.is_short(call),
            Admitted::Box(admitted) => admitted.is_short(call),
        }
    }

    /// Returns the part of the path before the route.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            Admitted::Microsoft(admitted) => admitted.prefix(),
            Admitted::Box(admitted) => admitted.prefix(),
        }
    }

    /// Handles the request.
    pub(crate) fn answer(&self, app: &App, call: &Call) -> Result<Reply, Refused> {
        match self {
            Admitted::Microsoft(admitted) => graph::answer(app, call, admitted).map_err(Refused::Microsoft),
            Admitted::Box(admitted) => box_api::answer(app, call, admitted).map_err(Refused::Box),
        }
    }
}

impl Refused {
    /// Returns the response.
    pub(crate) fn reply(&self, app: &App, ids: &Ids) -> Reply {
        match self {
            Refused::Microsoft(refusal) => refusal.reply(app, &ids.request, ids.for_client()),
            Refused::Box(refusal) => refusal.reply(&box_api::request_id(&ids.request)),
        }
    }
}
