//! Describes an operation: its requests, its handler, and what it takes.

use axum::http::{Method, header};

use crate::graph::conflict_behavior;
use crate::graph::context::GraphContext;
use crate::graph::error::GraphError;
use crate::graph::item_locator::ItemLocator;
use crate::graph::route::Resource;
use crate::graph::{ignored, query};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::http::route_info::{self, RouteInfo};

/// The response of a handler.
pub(crate) type GraphResult = Result<ApiResponse, GraphError>;

/// An operation of the services that drivesim has: a row of the table in `operations.rs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GraphOperation {
    /// The method, and the path as the documentation shows it.
    pub(crate) info: RouteInfo,
    pub(crate) handler: GraphHandler,
    pub(crate) body: BodyKind,
    pub(crate) inline: RunsInline,
    /// The query options that have an effect.
    query_options: &'static [&'static str],
    /// Whether a conflict behavior in the query has an effect.
    takes_conflict_behavior: bool,
    /// Whether a successful response shows the item, with `$select` and `$expand`.
    pub(crate) shows_item: bool,
}

/// The handler of an operation, and the resource that it serves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum GraphHandler {
    /// With the owner of the drives, if the URL names one.
    Drives(fn(GraphContext<'_>, Option<&str>) -> GraphResult),
    Drive(fn(GraphContext<'_>) -> GraphResult),
    /// For an action on an item; empty for the item itself.
    Item(&'static str, fn(GraphContext<'_>, &ItemLocator) -> GraphResult),
    /// With the id of the job.
    Monitor(fn(GraphContext<'_>, &str) -> GraphResult),
    /// With the ticket of the file.
    Download(fn(GraphContext<'_>, &str) -> GraphResult),
    /// With the id of the session.
    Upload(fn(GraphContext<'_>, &str) -> GraphResult),
}

/// The kind of body that a request may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// JSON, or a body that is ignored.
    Json,
    /// The content of a file.
    File,
    /// A part of the content of a file.
    Fragment,
}

/// Whether the response may take less time than handing the request to another thread. This holds for the most frequent
/// requests: the status of a job, an item, and a folder with little to render and hash. A poll that advances its job
/// costs no more than a copy of some items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunsInline {
    Never,
    WithoutExpand,
    Always,
}

/// Creates an operation without query options, with a body that is JSON, and not run inline.
pub(crate) const fn operation(
    group: &'static str,
    method: &'static str,
    path: &'static str,
    handler: GraphHandler,
) -> GraphOperation {
    GraphOperation {
        info: route_info::route(group, method, path, ""),
        handler,
        body: BodyKind::Json,
        inline: RunsInline::Never,
        query_options: &[],
        takes_conflict_behavior: false,
        shows_item: false,
    }
}

impl GraphOperation {
    /// Sets the line of documentation.
    pub(crate) const fn does(self, does: &'static str) -> GraphOperation {
        GraphOperation { info: RouteInfo { does, ..self.info }, ..self }
    }

    pub(crate) const fn body(self, body: BodyKind) -> GraphOperation {
        GraphOperation { body, ..self }
    }

    pub(crate) const fn inline(self, inline: RunsInline) -> GraphOperation {
        GraphOperation { inline, ..self }
    }

    pub(crate) const fn query_options(self, options: &'static [&'static str]) -> GraphOperation {
        GraphOperation { query_options: options, ..self }
    }

    pub(crate) const fn takes_conflict_behavior(self) -> GraphOperation {
        GraphOperation { takes_conflict_behavior: true, ..self }
    }

    pub(crate) const fn shows_item(self) -> GraphOperation {
        GraphOperation { shows_item: true, ..self }
    }

    /// Returns whether a request is one of this operation.
    pub(crate) fn matches(&self, method: &str, resource: &Resource) -> bool {
        self.info.method == method && self.handler.serves(resource)
    }

    /// Records headers that have no effect although clients rely on them.
    pub(crate) fn note_ignored_headers(&self, request: &ApiRequest) -> Result<(), GraphError> {
        let is_content = self.body == BodyKind::File;
        let is_upload = is_content || matches!(self.handler, GraphHandler::Upload(_));
        let is_change = request.method != Method::GET;
        let headers = [
            (header::IF_UNMODIFIED_SINCE, "If-Unmodified-Since:", is_change),
            (header::CONTENT_RANGE, "Content-Range:", is_content),
            (header::CONTENT_ENCODING, "Content-Encoding:", is_upload),
        ];
        for (name, noted, matters) in headers {
            if matters && request.headers.contains_key(name) {
                ignored::note(request, noted)?;
            }
        }
        Ok(())
    }

    /// Checks the query options: records those that have no effect, and fails for those that are malformed or not
    /// supported. The query of a URL that this server has signed is not checked.
    pub(crate) fn check_query(&self, request: &ApiRequest) -> Result<(), GraphError> {
        let is_of_item = match self.handler {
            GraphHandler::Drives(_) | GraphHandler::Drive(_) => false,
            GraphHandler::Item(..) => true,
            GraphHandler::Monitor(_) | GraphHandler::Download(_) | GraphHandler::Upload(_) => return Ok(()),
        };
        query::check_form(request)?;
        for (key, _) in request.query_pairs() {
            if !self.uses_option(key) {
                ignored::note(request, &format!("?{key}"))?;
            }
        }
        // Accepted where it has no effect, too.
        let accepted: &[&str] = if is_of_item { &["select", "expand"] } else { &[] };
        query::check(request, |option| self.query_options.contains(&option) || accepted.contains(&option))
    }

    fn uses_option(&self, key: &str) -> bool {
        let option = key.strip_prefix('$').unwrap_or(key);
        self.query_options.contains(&option)
            || self.takes_conflict_behavior && conflict_behavior::KEYS.contains(&key)
    }
}

impl GraphHandler {
    fn serves(&self, resource: &Resource) -> bool {
        match (self, resource) {
            (GraphHandler::Item(action, _), Resource::Item(item)) => *action == item.action,
            (GraphHandler::Drives(_), Resource::Drives(_))
            | (GraphHandler::Drive(_), Resource::Drive)
            | (GraphHandler::Monitor(_), Resource::Monitor(_))
            | (GraphHandler::Download(_), Resource::Download(_))
            | (GraphHandler::Upload(_), Resource::Upload(_)) => true,
            _ => false,
        }
    }

    /// Handles a request for a resource that it serves.
    pub(crate) fn handle(&self, context: GraphContext<'_>) -> GraphResult {
        match (self, &context.route.resource) {
            (GraphHandler::Drives(handler), Resource::Drives(owner)) => handler(context, owner.as_deref()),
            (GraphHandler::Drive(handler), Resource::Drive) => handler(context),
            (GraphHandler::Item(_, handler), Resource::Item(item)) => handler(context, item),
            (GraphHandler::Monitor(handler), Resource::Monitor(text))
            | (GraphHandler::Download(handler), Resource::Download(text))
            | (GraphHandler::Upload(handler), Resource::Upload(text)) => handler(context, text),
            _ => Err(GraphError::no_route(context.request)),
        }
    }
}
