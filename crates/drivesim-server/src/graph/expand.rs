//! Parses `$expand` and writes items with the expanded members.

use axum::http::Method;
use drivesim::Item;

use crate::graph::drive_item::{ItemRenderer, ItemView};
use crate::graph::error::GraphError;
use crate::graph::query::{PageRange, bad_option, page_link, read_page_size};
use crate::graph::resolved_drive::ResolvedDrive;
use crate::graph::sort_order::SortOrder;
use crate::graph::{child_page, query};
use crate::http::listing::{ITEM_BYTES, open_list, open_member};
use crate::http::request::ApiRequest;
use crate::http::response::ResponseError;
use crate::json::text::append;
use crate::limits::budget::BudgetPart;
use crate::state::app::App;

/// The navigation properties of driveItem that the service expands and drivesim does not.
const RELATIONS: [&str; 9] = [
    "activities",
    "analytics",
    "createdByUser",
    "lastModifiedByUser",
    "listItem",
    "permissions",
    "retentionLabel",
    "subscriptions",
    "versions",
];

/// The members to expand in an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expand {
    children: Option<Children>,
    has_thumbnails: bool,
}

/// The options of expanded children.
#[derive(Clone, Debug)]
struct Children {
    select: Option<String>,
    most: usize,
    order: Option<SortOrder>,
    /// The options as they were sent, for the link to the next page.
    sent: Vec<(String, String)>,
}

impl Expand {
    /// Parses the option: a list of members, each with options in parentheses that are separated by semicolons.
    pub(crate) fn read(app: &App, request: &ApiRequest, found: &ResolvedDrive) -> Result<Expand, GraphError> {
        let mut expand = Expand::default();
        let Some(text) = request.query("$expand") else { return Ok(expand) };
        for part in split(text, ',') {
            let part = part.trim();
            let (name, options) = match part.split_once('(') {
                Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| bad(text))?),
                None => (part, ""),
            };
            match (name.trim(), options) {
                ("", "") => {}
                ("children", options) => {
                    expand.children = Some(Children::read(app, request, found, options)?)
                }
                // No item has thumbnails: the list is empty.
                ("thumbnails", _) => expand.has_thumbnails = true,
                (name, _) if RELATIONS.contains(&name) => {
                    return Err(GraphError::not_implemented(request, &format!("{name} in $expand")));
                }
                _ => return Err(bad(text)),
            }
        }
        Ok(expand)
    }

    /// Returns whether it adds members to items.
    pub(crate) fn adds_members(&self) -> bool {
        self.has_thumbnails || self.children.is_some()
    }

    /// Writes an item with its expanded members; files have no children. The list of children has at least one child,
    /// and ends with a link to the next page before it would exceed the byte `end`. Returns whether it is complete.
    pub(crate) fn write(
        &self,
        (app, request, found): (&App, &ApiRequest, &ResolvedDrive),
        (item, shown): (&Item, &ItemView<'_>),
        out: &mut Vec<u8>,
        end: usize,
    ) -> Result<bool, GraphError> {
        append(out, shown);
        if self.has_thumbnails {
            open_member(out, "thumbnails");
            out.extend_from_slice(b"[]}");
        }
        let Some(children) = self.children.as_ref().filter(|_| item.is_folder()) else { return Ok(true) };
        let sort_bytes = children.order.map_or(0, |order| order.sort_memory(item.child_count));
        let n_max = children.most.min(item.child_count as usize);
        let permit = app.budget.take(BudgetPart::Responses, sort_bytes + n_max * ITEM_BYTES);
        if request.method != Method::GET && permit.is_err() {
            // The change is done and must be answered: with the link to the children alone.
            open_list(out, "children");
            out.extend_from_slice(b"]}");
            children.write_link((request, found, item), 0, out);
            return Ok(false);
        }
        let _permit = permit?;
        let page = PageRange { offset: 0, limit: children.most };
        let items = child_page::items(app, found, item, page, children.order)?;
        let shower = ItemRenderer::for_children(app, request, found, item.id)?;
        open_member(out, "children@odata.context");
        append(out, &child_page::context(request, found, item));
        out.push(b'}');
        open_list(out, "children");
        let mut n_written = 0;
        for shown in shower.render_all(&items, children.select.as_deref(), false) {
            let before = out.len();
            if n_written > 0 {
                out.push(b',');
            }
            append(out, &shown);
            if n_written > 0 && out.len() > end {
                out.truncate(before);
                break;
            }
            n_written += 1;
        }
        out.extend_from_slice(b"]}");
        if n_written < item.child_count as usize {
            children.write_link((request, found, item), n_written, out);
        }
        Ok(n_written == items.len())
    }

    /// Reserves memory for the response to a change, before anything is changed.
    pub(crate) fn reserve(&self, request: &ApiRequest) -> Result<(), ResponseError> {
        let Some(children) = &self.children else { return Ok(()) };
        request
            .response_budget()
            .reserve_for_list((children.most + 1).saturating_mul(child_page::CHILD_BYTES))
    }

    /// Estimates the bytes that it adds to an item.
    pub(crate) fn added_bytes(&self, item: &Item) -> usize {
        let n_max = |children: &Children| children.most.min(item.child_count as usize);
        self.children.as_ref().map_or(0, |children| n_max(children) * child_page::CHILD_BYTES)
    }
}

impl Children {
    /// Writes the link to the children from an offset on.
    fn write_link(
        &self,
        (request, found, item): (&ApiRequest, &ResolvedDrive, &Item),
        from: usize,
        out: &mut Vec<u8>,
    ) {
        open_member(out, "children@odata.nextLink");
        append(out, &page_link(&child_page::url(request, found, item), self.sent.iter().cloned(), from));
        out.push(b'}');
    }

    fn read(
        app: &App,
        request: &ApiRequest,
        found: &ResolvedDrive,
        options: &str,
    ) -> Result<Children, GraphError> {
        let mut children =
            Children { select: None, most: read_page_size(app, None)?, order: None, sent: Vec::new() };
        for option in split(options, ';').into_iter().map(str::trim).filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').ok_or_else(|| bad(option))?;
            let key = key.trim().trim_start_matches('$');
            match key {
                "select" => children.select = Some(value.to_owned()),
                "top" => children.most = read_page_size(app, Some(value))?,
                "orderby" => children.order = SortOrder::read(found.drive_type, Some(value))?,
                key if query::OPTIONS.contains(&key) || ["expand", "levels"].contains(&key) => {
                    return Err(GraphError::not_implemented(request, &format!("${key} in $expand")));
                }
                _ => return Err(bad(option)),
            }
            children.sent.push((format!("${key}"), value.to_owned()));
        }
        Ok(children)
    }
}

fn bad(text: &str) -> GraphError {
    bad_option("$expand", text)
}

/// Splits at a separator outside of parentheses.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|found: char| {
        match found {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        found == separator && depth == 0
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn lists_are_split_outside_of_parentheses() {
        let text = "a,children($select=b,c;$expand=d($top=1)),e";
        assert_eq!(split(text, ','), ["a", "children($select=b,c;$expand=d($top=1))", "e"]);
        assert_eq!(split("$select=b,c;$top=1", ';'), ["$select=b,c", "$top=1"]);
        assert_eq!(split(")),(", ','), ["))", "("]);
    }
}
