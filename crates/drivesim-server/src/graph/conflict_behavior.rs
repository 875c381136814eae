//! Parses conflict behaviors.

use drivesim::Conflict;

use crate::graph::error::GraphError;
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;

/// The names of the conflict behavior: of Graph, of the OneDrive API and SharePoint, and of clients that use the wrong
/// prefix.
pub(crate) const KEYS: [&str; 3] =
    ["@microsoft.graph.conflictBehavior", "@name.conflictBehavior", "@odata.conflictBehavior"];

/// Returns the conflict behavior of a query.
pub(crate) fn of_query(request: &ApiRequest) -> Result<Option<Conflict>, GraphError> {
    parse(in_query(request))
}

/// Returns the texts of a query that name a conflict behavior.
pub(crate) fn in_query(request: &ApiRequest) -> impl Iterator<Item = Result<&str, GraphError>> {
    KEYS.iter().filter_map(|key| request.query(key)).map(Ok)
}

/// Parses conflict behaviors, which must all be the same.
///
/// ASSUMED: A request with two different conflict behaviors fails: otherwise one of them would be ignored, and a file
/// could be replaced that the client wanted to keep (no option: rare).
pub(crate) fn parse<'a>(
    words: impl Iterator<Item = Result<&'a str, GraphError>>,
) -> Result<Option<Conflict>, GraphError> {
    let mut behavior = None;
    for word in words {
        let conflict = parse_one(word?)?;
        if behavior.is_some_and(|other| other != conflict) {
            return Err(GraphError::malformed(
                "The conflict behavior is given twice, with different values.",
            ));
        }
        behavior = Some(conflict);
    }
    Ok(behavior)
}

/// Parses a conflict behavior. Values are case-sensitive (page on case sensitivity).
///
/// ASSUMED: A conflict behavior other than fail, replace and rename fails with 400 (no option: no other reading is
/// known).
fn parse_one(word: &str) -> Result<Conflict, GraphError> {
    match word {
        "fail" => Ok(Conflict::Fail),
        "replace" => Ok(Conflict::Replace),
        "rename" => Ok(Conflict::Rename),
        _ => Err(GraphError::malformed(&format!(
            "The conflict behavior {} is not one of fail, replace, rename.",
            Quoted(word)
        ))),
    }
}
