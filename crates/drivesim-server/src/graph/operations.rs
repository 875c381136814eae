//! Lists the operations of Microsoft's APIs, and finds that of a request.

use crate::graph::operation::{BodyKind, GraphHandler, GraphOperation, RunsInline, operation};
use crate::graph::route::Resource;
use crate::graph::{
    change, children, copy, create, delete, download, drives, monitor, read, upload, upload_session,
};

const DRIVES: &str = "Drives";
const ITEMS: &str = "Items";
const COPIES: &str = "Copies";
const CONTENT: &str = "Content";

/// The query options of a response that shows an item, and of lists.
const OF_ITEM: &[&str] = &["select", "expand"];
const OF_CHILDREN: &[&str] = &["select", "expand", "orderby", "top", "skiptoken", "count"];
const OF_DRIVES: &[&str] = &["select", "top", "skiptoken"];

/// The operations, in the order of the documentation.
static OPERATIONS: &[GraphOperation] = &[
    operation(DRIVES, "GET", "{drives}", GraphHandler::Drives(drives::list))
        .does("lists the drives")
        .query_options(OF_DRIVES)
        .inline(RunsInline::Always),
    operation(DRIVES, "GET", "{drive}", GraphHandler::Drive(drives::read))
        .does("shows the drive with its owner and quota")
        .query_options(&["select"])
        .inline(RunsInline::Always),
    operation(ITEMS, "GET", "{drive}/{item}", GraphHandler::Item("", read::item))
        .does("shows the item")
        .query_options(OF_ITEM)
        .shows_item()
        .inline(RunsInline::WithoutExpand),
    operation(ITEMS, "GET", "{drive}/{item}/children", GraphHandler::Item("children", children::list))
        .does("lists the children of the folder, page by page")
        .query_options(OF_CHILDREN)
        .inline(RunsInline::WithoutExpand),
    operation(ITEMS, "POST", "{drive}/{item}/children", GraphHandler::Item("children", create::folder))
        .does("creates a folder in the folder")
        .query_options(OF_ITEM)
        .takes_conflict_behavior()
        .shows_item(),
    operation(ITEMS, "PATCH", "{drive}/{item}", GraphHandler::Item("", change::item))
        .does("renames or moves the item, sets its times and description")
        .query_options(OF_ITEM)
        .takes_conflict_behavior()
        .shows_item(),
    operation(ITEMS, "DELETE", "{drive}/{item}", GraphHandler::Item("", delete::delete))
        .does("moves the item to the bin"),
    operation(
        ITEMS,
        "POST",
        "{drive}/{item}/permanentDelete",
        GraphHandler::Item("permanentDelete", delete::delete_permanently),
    )
    .does("deletes the item for good"),
    operation(
        ITEMS,
        "POST",
        "{drive}/items/{item-id}/restore",
        GraphHandler::Item("restore", delete::restore),
    )
    .does("restores the item from the bin")
    .query_options(OF_ITEM)
    .shows_item(),
    operation(COPIES, "POST", "{drive}/{item}/copy", GraphHandler::Item("copy", copy::copy))
        .does(
            "accepts a copy of the item as a job, and responds with its {monitor}; through Graph as \
             `microsoft.graph.copy` too, through SharePoint as `oneDrive.copy`, through the OneDrive \
             API as that and as `action.copy`",
        )
        .takes_conflict_behavior(),
    operation(COPIES, "GET", "{monitor}", GraphHandler::Monitor(monitor::serve))
        .does("reports the progress of the job, without a token")
        .inline(RunsInline::Always),
    operation(CONTENT, "GET", "{drive}/{item}/content", GraphHandler::Item("content", download::redirect))
        .does("redirects to a download of the file: 302, for any range")
        .inline(RunsInline::Always),
    operation(CONTENT, "GET", "/_download/{opaque}", GraphHandler::Download(download::serve))
        .does("sends the content of the file, or the requested range of it, without a token")
        .inline(RunsInline::Always),
    operation(CONTENT, "PUT", "{drive}/{item}/content", GraphHandler::Item("content", upload::put))
        .does("creates the file or replaces its content")
        .body(BodyKind::File)
        .query_options(OF_ITEM)
        .takes_conflict_behavior()
        .shows_item(),
    operation(
        CONTENT,
        "POST",
        "{drive}/{item}/createUploadSession",
        GraphHandler::Item("createUploadSession", upload_session::create),
    )
    .does("creates an upload session for ranges, and responds with its URL")
    .takes_conflict_behavior(),
    operation(CONTENT, "PUT", "/_upload/{opaque}", GraphHandler::Upload(upload_session::add))
        .does("uploads a range, without a token; the last one creates the file")
        .body(BodyKind::Fragment),
    operation(CONTENT, "GET", "/_upload/{opaque}", GraphHandler::Upload(upload_session::status))
        .does("lists the missing ranges of an upload")
        .inline(RunsInline::Always),
    operation(CONTENT, "POST", "/_upload/{opaque}", GraphHandler::Upload(upload_session::complete))
        .does("creates the file of a complete upload"),
    operation(CONTENT, "DELETE", "/_upload/{opaque}", GraphHandler::Upload(upload_session::cancel))
        .does("cancels an upload"),
];

/// Returns all operations.
pub(crate) fn all() -> impl Iterator<Item = &'static GraphOperation> {
    OPERATIONS.iter()
}

/// Finds the operation of a method on a resource.
pub(crate) fn find(method: &str, resource: &Resource) -> Option<&'static GraphOperation> {
    OPERATIONS.iter().find(|operation| operation.matches(method, resource))
}

/// Returns the methods that a resource supports. HEAD is supported wherever GET is.
pub(crate) fn methods_of(resource: &Resource) -> Vec<&'static str> {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].into_iter();
    let is_supported =
        |method: &&str| find(if *method == "HEAD" { "GET" } else { method }, resource).is_some();
    methods.filter(is_supported).collect()
}

/// Returns whether an action on an item is supported with any method.
pub(crate) fn has_action(action: &str) -> bool {
    OPERATIONS
        .iter()
        .any(|operation| matches!(operation.handler, GraphHandler::Item(name, _) if name == action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::route::Route;

    #[test]
    fn each_path_of_an_operation_leads_to_it() {
        for operation in OPERATIONS {
            assert!(!operation.info.does.is_empty(), "{} has no line of documentation", operation.info.path);
            for path in operation.info.paths() {
                let resource = Route::read(&path).map(|route| route.resource).ok();
                let method = operation.info.method;
                let found = resource.and_then(|resource| find(method, &resource));
                assert_eq!(found.map(|found| found.info), Some(operation.info), "{method} {path}");
            }
        }
    }
}
