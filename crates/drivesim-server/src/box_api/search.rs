//! The only place that searches a drive of Box.

use std::collections::HashSet;

use axum::http::StatusCode;
use drivesim::Item;
use serde_json::json;

use crate::box_api::fields::Fields;
use crate::box_api::refusal::Refusal;
use crate::box_api::show::Shown;
use crate::box_api::{Asked, items};
use crate::call::Call;
use crate::reply::Reply;

/// How many results an answer has where the client does not say, and at most; more are cut to that (*assumed*).
const DEFAULT_LIMIT: usize = 30;
const MOST: usize = 200;
/// Offsets beyond are refused (reference of search).
const MOST_OFFSET: usize = 10_000;

/// Answers with the items that have a text in their names. That it may stand anywhere in a name, that other content is
/// not searched and that what was made is found at once are *assumed*; there, the index lags by minutes.
pub(crate) fn search(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (call, shower) = (asked.call, asked.shower());
    let fields = Fields::read(call, Fields::Standard)?;
    let limit = items::limit(call, DEFAULT_LIMIT, MOST)?;
    let from = items::offset(call, MOST_OFFSET)?;
    let wanted = Wanted::read(call)?;
    let mut found = found(asked, call)?;
    found.retain(|item| wanted.has(item));
    let part = found.iter().skip(from).take(limit);
    let entries: Vec<Shown<'_>> = part.map(|item| shower.item(item, &fields)).collect();
    let body = json!({
        "type": "search_results_items",
        "total_count": found.len(),
        "limit": limit,
        "offset": from,
        "entries": entries,
    });
    Ok(Reply::json(StatusCode::OK, body))
}

/// Returns what the text is found in, below the folders that are named, or in the whole drive.
fn found(asked: &Asked<'_>, call: &Call) -> Result<Vec<Item>, Refusal> {
    let (app, place) = (asked.app, asked.place);
    // The name under which it is told is the one a third party saw.
    let text = call.query("query").map(unquoted).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| Refusal::missing("to_search"))?;
    let above = call.query("ancestor_folder_ids").unwrap_or_default();
    let above = above.split(',').map(str::trim).filter(|id| !id.is_empty());
    let folders: Result<Vec<Item>, Refusal> = above.map(|id| place.target(app, id)).collect();
    let folders = folders?;
    if folders.is_empty() {
        return Ok(app.sim.search(place.at("/"), text)?);
    }
    // A folder may lie below another one that is named: what is in it is found once.
    let (mut seen, mut all) = (HashSet::new(), Vec::new());
    let mut searched = HashSet::new();
    for folder in folders {
        if searched.insert(folder.id) {
            let found = app.sim.search(place.at(folder.id), text)?;
            all.extend(found.into_iter().filter(|item| seen.insert(item.id)));
        }
    }
    Ok(all)
}

/// Takes the quotes off a phrase.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim()
}

/// Which kind of item is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    All,
    Files,
    Folders,
    /// Web links, which there are none of.
    Nothing,
}

impl Wanted {
    fn read(call: &Call) -> Result<Wanted, Refusal> {
        match call.query("type") {
            None | Some("") => Ok(Wanted::All),
            Some("file") => Ok(Wanted::Files),
            Some("folder") => Ok(Wanted::Folders),
            Some("web_link") => Ok(Wanted::Nothing),
            Some(other) => Err(Refusal::invalid("type", other, "one of file, folder, web_link")),
        }
    }

    fn has(self, item: &Item) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Files => !item.is_folder(),
            Wanted::Folders => item.is_folder(),
            Wanted::Nothing => false,
        }
    }
}
