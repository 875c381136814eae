//! The only place that says which service a request belongs to, and hands it there.

use axum::http::{HeaderName, StatusCode, header};

use crate::app::App;
use crate::call::Call;
use crate::limits::Limits;
use crate::reply::Reply;
use crate::{box_api, graph};

/// A request that will be answered.
#[derive(Debug)]
pub(crate) enum Admitted {
    Microsoft(graph::Admitted),
    Box(box_api::Admitted),
}

/// A request that is refused, in the words of its service.
#[derive(Clone, Debug)]
pub(crate) enum Refused {
    Microsoft(graph::refusal::Refusal),
    Box(box_api::refusal::Refusal),
}

/// What a request and its answer are known by, and how the answer is sent.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) request: String,
    /// What the client calls it, if it says so.
    pub(crate) client: Option<String>,
    pub(crate) takes_gzip: bool,
}

impl Ids {
    /// Returns what the client calls the request, or else what it is called here.
    fn for_client(&self) -> &str {
        self.client.as_deref().unwrap_or(&self.request)
    }
}

/// Finds the route of a request and looks at its token.
pub(crate) fn admit(app: &App, call: &Call) -> Result<Admitted, Refused> {
    if box_api::is_here(&call.path) {
        return box_api::admit(app, call).map(Admitted::Box).map_err(Refused::Box);
    }
    graph::admit(app, call).map(Admitted::Microsoft).map_err(Refused::Microsoft)
}

/// Refuses a request that could not be read.
pub(crate) fn unread(path: &str, status: StatusCode, message: String) -> Refused {
    if box_api::is_here(path) {
        return Refused::Box(box_api::refusal::Refusal::unread(status, message));
    }
    Refused::Microsoft(graph::refusal::Refusal::unread(status, message).direct(graph::is_direct(path)))
}

/// Refuses a URL that could not be read.
pub(crate) fn bad_url(path: &str, message: String) -> Refused {
    match unread(path, StatusCode::BAD_REQUEST, message) {
        Refused::Microsoft(refusal) => Refused::Microsoft(refusal.inner("invalidPath")),
        refused => refused,
    }
}

/// Returns what the dialect of a path is called in the journal.
pub(crate) fn dialect(path: &str) -> Option<&'static str> {
    if box_api::is_here(path) { Some(BOX) } else { graph::dialect(path) }
}

/// What the dialect of Box is called.
const BOX: &str = "box";

const BOX_REQUEST_ID: HeaderName = HeaderName::from_static("box-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");

/// Adds the headers that all answers of a service have, which is known by the dialect: Microsoft's where there is none.
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
    /// Returns what the dialect of the request is called in the journal.
    pub(crate) fn dialect(&self) -> &'static str {
        match self {
            Admitted::Microsoft(admitted) => admitted.dialect(),
            Admitted::Box(_) => BOX,
        }
    }

    /// Returns how long the body of the request may be.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> usize {
        match self {
            Admitted::Microsoft(admitted) => admitted.most_bytes(limits),
            Admitted::Box(admitted) => admitted.most_bytes(limits),
        }
    }

    /// Returns the place in the stream of events of Box behind which something must be before this is answered, or the
    /// client has waited long enough.
    pub(crate) fn awaited(&self) -> Option<u64> {
        match self {
            Admitted::Microsoft(_) => None,
            Admitted::Box(admitted) => admitted.awaited(),
        }
    }

    /// Returns whether to make the answer may take less time than to have it made elsewhere.
    pub(crate) fn is_short(&self, call: &Call) -> bool {
        match self {
            Admitted::Microsoft(admitted) => admitted.is_short(call),
            Admitted::Box(admitted) => admitted.is_short(call),
        }
    }

    /// Returns what stands before all that is read of the path.
    pub(crate) fn prefix(&self) -> &str {
        match self {
            Admitted::Microsoft(admitted) => admitted.prefix(),
            Admitted::Box(admitted) => admitted.prefix(),
        }
    }

    /// Answers the request.
    pub(crate) fn answer(&self, app: &App, call: &Call) -> Result<Reply, Refused> {
        match self {
            Admitted::Microsoft(admitted) => graph::answer(app, call, admitted).map_err(Refused::Microsoft),
            Admitted::Box(admitted) => box_api::answer(app, call, admitted).map_err(Refused::Box),
        }
    }
}

impl Refused {
    /// Returns the answer.
    pub(crate) fn reply(&self, app: &App, ids: &Ids) -> Reply {
        match self {
            Refused::Microsoft(refusal) => refusal.reply(app, &ids.request, ids.for_client()),
            Refused::Box(refusal) => refusal.reply(&box_api::request_id(&ids.request)),
        }
    }
}
