//! Parses `$expand` and writes items with the expanded members.

use drivesim::Item;

use crate::graph::context::DriveContext;
use crate::graph::drive_item::{ItemRenderer, ItemView};
use crate::graph::error::GraphError;
use crate::graph::query::{PageRange, bad_option, page_link, read_page_size};
use crate::graph::sort_order::SortOrder;
use crate::graph::{child_page, query};
use crate::http::listing::{ITEM_BYTES, open_list, open_member};
use crate::http::request::ApiRequest;
use crate::http::response::ResponseError;
use crate::json::text::append;
use crate::limits::budget::BudgetPart;

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
    children: Option<ExpandedChildren>,
    has_thumbnails: bool,
}

/// The options of expanded children.
#[derive(Clone, Debug)]
struct ExpandedChildren {
    select: Option<String>,
    limit: usize,
    sort_order: Option<SortOrder>,
    /// The options as they were sent, for the link to the next page.
    options: Vec<(String, String)>,
}

impl Expand {
    /// Parses the option: a list of members, each with options in parentheses that are separated by semicolons.
    pub(crate) fn read(context: DriveContext<'_>) -> Result<Expand, GraphError> {
        let request = context.request;
        let mut expand = Expand::default();
        let Some(text) = request.query("$expand") else { return Ok(expand) };
        for part in split(text, ',') {
            let part = part.trim();
            let (name, options) = match part.split_once('(') {
                Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| bad_expand(text))?),
                None => (part, ""),
            };
            match (name.trim(), options) {
                ("", "") => {}
                ("children", options) => {
                    expand.children = Some(ExpandedChildren::read(context, options)?);
                }
                // No item has thumbnails: the list is empty.
                ("thumbnails", _) => expand.has_thumbnails = true,
                (name, _) if RELATIONS.contains(&name) => {
                    return Err(GraphError::not_implemented(request, &format!("{name} in $expand")));
                }
                _ => return Err(bad_expand(text)),
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
        context: DriveContext<'_>,
        item: &Item,
        view: &ItemView<'_>,
        out: &mut Vec<u8>,
        end: usize,
    ) -> Result<bool, GraphError> {
        let DriveContext { app, request, drive } = context;
        append(out, view);
        if self.has_thumbnails {
            open_member(out, "thumbnails");
            out.extend_from_slice(b"[]}");
        }
        let Some(children) = self.children.as_ref().filter(|_| item.is_folder()) else { return Ok(true) };
        let sort_bytes = children.sort_order.map_or(0, |order| order.sort_memory(item.child_count));
        let n_max = children.limit.min(item.child_count as usize);
        let permit = app.budget.take(BudgetPart::Responses, sort_bytes + n_max * ITEM_BYTES);
        if !context.is_read() && permit.is_err() {
            // The change is done and must be answered: with the link to the children alone.
            open_list(out, "children");
            out.extend_from_slice(b"]}");
            children.write_link(context, item, 0, out);
            return Ok(false);
        }
        let _permit = permit?;
        let page = PageRange { offset: 0, limit: children.limit };
        let items = child_page::items(app, drive, item, page, children.sort_order)?;
        let renderer = ItemRenderer::for_children(context, item.id)?;
        open_member(out, "children@odata.context");
        append(out, &child_page::context(request, drive, item));
        out.push(b'}');
        open_list(out, "children");
        let mut n_written = 0;
        for child in renderer.render_all(&items, children.select.as_deref(), false) {
            let before = out.len();
            if n_written > 0 {
                out.push(b',');
            }
            append(out, &child);
            if n_written > 0 && out.len() > end {
                out.truncate(before);
                break;
            }
            n_written += 1;
        }
        out.extend_from_slice(b"]}");
        if n_written < item.child_count as usize {
            children.write_link(context, item, n_written, out);
        }
        Ok(n_written == items.len())
    }

    /// Reserves memory for the response to a change, before anything is changed.
    pub(crate) fn reserve(&self, request: &ApiRequest) -> Result<(), ResponseError> {
        let Some(children) = &self.children else { return Ok(()) };
        request
            .response_budget()
            .reserve_for_list((children.limit + 1).saturating_mul(child_page::CHILD_BYTES))
    }

    /// Estimates the bytes that it adds to an item.
    pub(crate) fn added_bytes(&self, item: &Item) -> usize {
        let n_max = |children: &ExpandedChildren| children.limit.min(item.child_count as usize);
        self.children.as_ref().map_or(0, |children| n_max(children) * child_page::CHILD_BYTES)
    }
}

impl ExpandedChildren {
    /// Writes the link to the children from an offset on.
    fn write_link(&self, context: DriveContext<'_>, item: &Item, from: usize, out: &mut Vec<u8>) {
        open_member(out, "children@odata.nextLink");
        let url = child_page::url(context.request, context.drive, item);
        append(out, &page_link(&url, self.options.iter().cloned(), from));
        out.push(b'}');
    }

    /// Parses the options in the parentheses.
    fn read(context: DriveContext<'_>, options: &str) -> Result<ExpandedChildren, GraphError> {
        let DriveContext { app, request, drive } = context;
        let mut children = ExpandedChildren {
            select: None,
            limit: read_page_size(app, None)?,
            sort_order: None,
            options: Vec::new(),
        };
        for option in split(options, ';').into_iter().map(str::trim).filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').ok_or_else(|| bad_expand(option))?;
            let key = key.trim().trim_start_matches('$');
            match key {
                "select" => children.select = Some(value.to_owned()),
                "top" => children.limit = read_page_size(app, Some(value))?,
                "orderby" => children.sort_order = SortOrder::read(drive.drive_type, Some(value))?,
                key if query::OPTIONS.contains(&key) || ["expand", "levels"].contains(&key) => {
                    return Err(GraphError::not_implemented(request, &format!("${key} in $expand")));
                }
                _ => return Err(bad_expand(option)),
            }
            children.options.push((format!("${key}"), value.to_owned()));
        }
        Ok(children)
    }
}

fn bad_expand(text: &str) -> GraphError {
    bad_option("$expand", text)
}

/// Splits at a separator outside of parentheses.
fn split(text: &str, separator: char) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|character: char| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == separator && depth == 0
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
