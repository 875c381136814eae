//! The only place that searches a drive of Box.

use std::collections::HashSet;
use std::str::FromStr;

use axum::http::StatusCode;
use drivesim::{Item, ItemKind, Timestamp};
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
/// not searched and that what was made is found at once are *assumed*; there, the index lags by minutes. That a search at
/// Box passes over sorting, and all filters but those of kinds, folders, extensions, sizes and times, *differs*.
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

/// What items must be like to be found.
#[derive(Debug)]
struct Wanted {
    kind: Option<ItemKind>,
    /// Without the period, in small letters; empty if any will do.
    extensions: Vec<String>,
    created: Range<Timestamp>,
    updated: Range<Timestamp>,
    sizes: Range<u64>,
    /// That of web links, or of the trash alone, which there is nothing of.
    is_nothing: bool,
}

impl Wanted {
    fn read(call: &Call) -> Result<Wanted, Refusal> {
        let (kind, is_link) = match call.query("type") {
            None | Some("") => (None, false),
            Some("file") => (Some(ItemKind::File), false),
            Some("folder") => (Some(ItemKind::Folder), false),
            Some("web_link") => (None, true),
            Some(other) => return Err(Refusal::invalid("type", other, "one of file, folder, web_link")),
        };
        // That a search at Box finds nothing in the trash *differs*.
        let is_of_trash = match call.query("trash_content") {
            None | Some("" | "non_trashed_only" | "all_items") => false,
            Some("trashed_only") => true,
            Some(other) => {
                let must = "one of non_trashed_only, trashed_only, all_items";
                return Err(Refusal::invalid("trash_content", other, must));
            }
        };
        let extensions = call.query("file_extensions").unwrap_or_default().split(',').map(str::trim);
        let extensions = extensions.map(|one| one.trim_start_matches('.').to_lowercase());
        Ok(Wanted {
            kind,
            extensions: extensions.filter(|one| !one.is_empty()).collect(),
            created: Range::read(call, "created_at_range", "times as in 2014-05-15T13:35:01-07:00")?,
            updated: Range::read(call, "updated_at_range", "times as in 2014-05-15T13:35:01-07:00")?,
            sizes: Range::read(call, "size_range", "numbers of bytes")?,
            is_nothing: is_link || is_of_trash,
        })
    }

    fn has(&self, item: &Item) -> bool {
        let extension = || item.name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
        let has_extension = self.extensions.is_empty()
            || !item.is_folder() && extension().is_some_and(|one| self.extensions.contains(&one));
        !self.is_nothing
            && self.kind.is_none_or(|kind| kind == item.kind)
            && has_extension
            && self.created.has(&item.created_at)
            && self.updated.has(&item.modified_at)
            && self.sizes.has(&item.size)
    }
}

/// From where to where something may be; either end may be open.
#[derive(Debug)]
struct Range<T> {
    from: Option<T>,
    to: Option<T>,
}

impl<T: FromStr + PartialOrd> Range<T> {
    /// Reads two ends with a comma between them.
    fn read(call: &Call, key: &str, of: &str) -> Result<Range<T>, Refusal> {
        let Some(text) = call.query(key).filter(|text| !text.is_empty()) else {
            return Ok(Range { from: None, to: None });
        };
        let bad = || {
            Refusal::invalid(
                key,
                text,
                &format!("two {of}, with a comma between them, of which one may lack"),
            )
        };
        let (from, to) = text.split_once(',').ok_or_else(bad)?;
        let end = |end: &str| match end.trim() {
            "" => Ok(None),
            end => end.parse().map(Some).map_err(|_| bad()),
        };
        Ok(Range { from: end(from)?, to: end(to)? })
    }

    fn has(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| value >= from) && self.to.as_ref().is_none_or(|to| value <= to)
    }
}
