//! Handles searches in a drive of Box.

use std::collections::HashSet;

use axum::http::StatusCode;
use drivesim::Item;
use drivesim::item::{ItemKind, Timestamp};
use drivesim::profile::NameRules;

use crate::box_api::context::RequestContext;
use crate::box_api::error::BoxError;
use crate::box_api::fields::Fields;
use crate::box_api::{entry_list, paging, query, time};
use crate::http::listing::{ITEM_BYTES, ListWriter, NoMembers};
use crate::http::request::ApiRequest;
use crate::http::response::ApiResponse;
use crate::json::ordered::json;

/// The default and the largest size of a page.
///
/// ASSUMED: A search of Box reduces a `limit` above 200 to 200 (no option: no other reading is known).
const DEFAULT_LIMIT: usize = 30;
const MAX_LIMIT: usize = 200;
/// The options of a search.
pub(crate) const OPTIONS: &[&str] = &[
    "query",
    "scope",
    "file_extensions",
    "created_at_range",
    "updated_at_range",
    "size_range",
    "owner_user_ids",
    "recent_updater_user_ids",
    "ancestor_folder_ids",
    "content_types",
    "type",
    "trash_content",
    "mdfilters",
    "sort",
    "direction",
    "limit",
    "include_recent_shared_links",
    "fields",
    "offset",
    "deleted_user_ids",
    "deleted_at_range",
];
/// Those that drivesim lacks.
const UNSUPPORTED: &[&str] =
    &["owner_user_ids", "recent_updater_user_ids", "mdfilters", "deleted_user_ids", "deleted_at_range"];

/// Responds with the items whose names contain a text.
///
/// ASSUMED: Box finds a text anywhere in a name, does not search other content, and finds new items at once; at Box,
/// the index lags by minutes (no option: drivesim has no index that could lag).
/// ASSUMED: All results of a search of Box are equally relevant, and listed in the order of the drive (no option: no
/// other reading is known).
pub(crate) fn search(context: &RequestContext<'_>) -> Result<ApiResponse, BoxError> {
    let (request, renderer) = (context.request, context.renderer());
    let fields = Fields::read(request, Fields::Standard)?;
    let limit = paging::limit(request, DEFAULT_LIMIT, MAX_LIMIT)?;
    let from = paging::offset(request, paging::MAX_OFFSET_ELSEWHERE)?;
    check_unsupported(request)?;
    let filter = SearchFilter::read(request)?;
    let is_descending = query::choice(request, "direction", &["DESC", "ASC"])? == "DESC";
    let by_time = query::choice(request, "sort", &["relevance", "modified_at"])? == "modified_at";
    let mut list =
        ListWriter::new(request.response_budget(), limit, entry_list::ENTRY_BYTES, limit * ITEM_BYTES)?;
    // Results by relevance have one direction only (reference of search). Only the items of the page are held in
    // memory, or the sort keys.
    let (mut n_matches, mut page, mut times) = (0, Vec::new(), Vec::new());
    each_match(context, request, |item| {
        if filter.matches(&item) {
            if by_time {
                times.push((item.modified_at, item.id));
            } else if (from..from.saturating_add(limit)).contains(&n_matches) {
                page.push(item);
            }
            n_matches += 1;
        }
    })?;
    if by_time {
        times.sort_by_key(|(time, _)| *time);
        if is_descending {
            times.reverse();
        }
        let sorted = times.into_iter().map(|(_, item)| item);
        page = context.drive.look_up(context.app, sorted.skip(from).take(limit));
    }
    let head = |limit: usize| json!({ "type": "search_results_items", "total_count": n_matches, "limit": limit, "offset": from });
    list.begin(&head(limit), entry_list::ENTRIES);
    if entry_list::write(&mut list, renderer.items(&page, &fields))? {
        list.replace_head(&head(list.n_entries()), entry_list::ENTRIES);
    }
    Ok(ApiResponse::written(StatusCode::OK, list.end(&NoMembers {})))
}

/// Fails for options that drivesim does not implement.
fn check_unsupported(request: &ApiRequest) -> Result<(), BoxError> {
    let unsupported = |what: &str| Err(BoxError::not_implemented(what));
    if let Some(name) = UNSUPPORTED.iter().find(|name| request.query(name).is_some()) {
        return unsupported(&format!("the option '{name}'"));
    }
    if query::choice(request, "scope", &["user_content", "enterprise_content"])? == "enterprise_content" {
        return unsupported("the option 'scope' with 'enterprise_content'");
    }
    if query::flag(request, "include_recent_shared_links")? {
        return unsupported("the option 'include_recent_shared_links'");
    }
    let types = request.query("content_types").map(|text| text.split(',').map(str::trim).collect::<Vec<_>>());
    let Some(types) = types else { return Ok(()) };
    let known = ["name", "description", "file_content", "comments", "tags"];
    if let Some(other) = types.iter().find(|word| !known.contains(word)) {
        return Err(BoxError::invalid("content_types", other, &format!("some of {}", known.join(", "))));
    }
    if types.contains(&"name") { Ok(()) } else { unsupported("the option 'content_types' without 'name'") }
}

/// Calls `each` for each item whose name contains the text, below the named folders or in the whole drive.
fn each_match(
    context: &RequestContext<'_>,
    request: &ApiRequest,
    mut each: impl FnMut(Item),
) -> Result<(), BoxError> {
    let (app, drive) = (context.app, context.drive);
    // The name in the error is the one that a third party saw.
    let text = request.query("query").map(unquoted).filter(|text| !text.is_empty());
    let text = text.ok_or_else(|| BoxError::missing("to_search"))?;
    let ancestors = request.query("ancestor_folder_ids").unwrap_or_default();
    let ancestors = ancestors.split(',').map(str::trim).filter(|id| !id.is_empty());
    let folders: Result<Vec<Item>, BoxError> =
        ancestors.map(|id| drive.target(app, "ancestor_folder_ids", id)).collect();
    let folders = folders?;
    if folders.is_empty() {
        return Ok(app.sim.search_each(drive.at("/"), text, each)?);
    }
    // A named folder may be below another one: its items are found once.
    let mut seen = HashSet::new();
    let mut searched = HashSet::new();
    for folder in folders {
        if searched.insert(folder.id) {
            app.sim.search_each(drive.at(folder.id), text, |item| {
                if seen.insert(item.id) {
                    each(item);
                }
            })?;
        }
    }
    Ok(())
}

/// Removes the quotes of a phrase.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).trim()
}

/// The conditions that results must meet.
#[derive(Debug)]
struct SearchFilter {
    kind: Option<ItemKind>,
    /// Without the period, in lower case; empty if all are accepted.
    extensions: Vec<String>,
    created: OpenRange<Timestamp>,
    updated: OpenRange<Timestamp>,
    sizes: OpenRange<u64>,
    /// Whether only web links are searched, which do not exist here.
    is_of_web_links: bool,
}

impl SearchFilter {
    fn read(request: &ApiRequest) -> Result<SearchFilter, BoxError> {
        let (kind, is_of_web_links) = match request.query("type") {
            None => (None, false),
            Some("file") => (Some(ItemKind::File), false),
            Some("folder") => (Some(ItemKind::Folder), false),
            Some("web_link") => (None, true),
            Some(other) => return Err(BoxError::invalid("type", other, "one of file, folder, web_link")),
        };
        let trash_content =
            query::choice(request, "trash_content", &["non_trashed_only", "trashed_only", "all_items"])?;
        if trash_content != "non_trashed_only" {
            return Err(BoxError::not_implemented(&format!(
                "the option 'trash_content' with '{trash_content}'"
            )));
        }
        let extensions = request.query("file_extensions").unwrap_or_default().split(',').map(str::trim);
        let extensions = extensions.map(|one| one.trim_start_matches('.').to_owned());
        Ok(SearchFilter {
            kind,
            extensions: extensions.filter(|one| !one.is_empty()).collect(),
            created: OpenRange::read(request, "created_at_range", time::parse)?,
            updated: OpenRange::read(request, "updated_at_range", time::parse)?,
            sizes: OpenRange::read(request, "size_range", size)?,
            is_of_web_links,
        })
    }

    fn matches(&self, item: &Item) -> bool {
        let extension = || item.name.rsplit_once('.').map(|(_, extension)| extension);
        let is_requested = |one: &str| self.extensions.iter().any(|other| NameRules::BOX.same(one, other));
        let has_extension =
            self.extensions.is_empty() || !item.is_folder() && extension().is_some_and(is_requested);
        !self.is_of_web_links
            && self.kind.is_none_or(|kind| kind == item.kind)
            && has_extension
            && self.created.contains(&item.created_at)
            && self.updated.contains(&item.modified_at)
            && self.sizes.contains(&item.size)
    }
}

/// Parses a number of bytes.
fn size(key: &str, text: &str) -> Result<u64, BoxError> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let size = text.parse().ok().filter(|_| is_number);
    size.ok_or_else(|| BoxError::invalid(key, text, "numbers of bytes"))
}

/// A range that includes its ends; either end may be open.
#[derive(Debug)]
struct OpenRange<T> {
    from: Option<T>,
    to: Option<T>,
}

impl<T: PartialOrd> OpenRange<T> {
    /// Parses two ends that are separated by a comma; one of them may be omitted.
    ///
    /// ASSUMED: A range without both ends, or without the comma, fails at Box (no option: rare).
    fn read(
        request: &ApiRequest,
        key: &str,
        read: impl Fn(&str, &str) -> Result<T, BoxError>,
    ) -> Result<OpenRange<T>, BoxError> {
        let Some(text) = request.query(key) else { return Ok(OpenRange { from: None, to: None }) };
        let invalid =
            || BoxError::invalid(key, text, "two values separated by a comma, of which one may be omitted");
        let (from, to) = text.split_once(',').filter(|ends| *ends != ("", "")).ok_or_else(invalid)?;
        let end = |end: &str| if end.is_empty() { Ok(None) } else { read(key, end).map(Some) };
        Ok(OpenRange { from: end(from)?, to: end(to)? })
    }

    fn contains(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| value >= from) && self.to.as_ref().is_none_or(|to| value <= to)
    }
}
