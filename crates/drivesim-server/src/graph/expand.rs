//! Reads `$expand` and writes items with what it asks for.

use axum::http::Method;
use drivesim::Item;

use crate::app::App;
use crate::budget::Part;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::drive_item::{Shower, Shown};
use crate::graph::order::Order;
use crate::graph::query::{Page, bad_option, link, read_top};
use crate::graph::refusal::Refusal;
use crate::graph::{children, query, unanswered};
use crate::json_text::append;
use crate::listing::{ITEM, open_list, open_member};
use crate::reply::Unsent;

/// What of an item the service expands and drivesim lacks: the other navigation properties of driveItem.
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

/// What is to be put into an item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expand {
    children: Option<Children>,
    has_thumbnails: bool,
}

/// What is wanted of the children.
#[derive(Clone, Debug)]
struct Children {
    select: Option<String>,
    most: usize,
    order: Option<Order>,
    /// The options as they were sent, for the link to more.
    kept: Vec<(String, String)>,
}

impl Expand {
    /// Reads the option: a list of members, each with options of its own in parentheses, a semicolon between two.
    pub(crate) fn read(app: &App, call: &Call, found: &Found) -> Result<Expand, Refusal> {
        let mut expand = Expand::default();
        let Some(text) = call.query("$expand") else { return Ok(expand) };
        for part in split(text, ',') {
            let part = part.trim();
            let (name, options) = match part.split_once('(') {
                Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| bad(text))?),
                None => (part, ""),
            };
            match (name.trim(), options) {
                ("", "") => {}
                ("children", options) => expand.children = Some(Children::read(app, call, found, options)?),
                // There are none: whoever asks is told so.
                ("thumbnails", _) => expand.has_thumbnails = true,
                (name, _) if RELATIONS.contains(&name) => {
                    return Err(unanswered::not_built(call, &format!("{name} in $expand")));
                }
                _ => return Err(bad(text)),
            }
        }
        Ok(expand)
    }

    /// Returns whether it puts anything into what is shown.
    pub(crate) fn is_wanted(&self) -> bool {
        self.has_thumbnails || self.children.is_some()
    }

    /// Writes an item and puts into it what is wanted; files have no children. The list of children ends, with a link to
    /// the next, where it would go beyond the byte `end`, but has one. Returns whether it has all that were wanted.
    pub(crate) fn write(
        &self,
        (app, call, found): (&App, &Call, &Found),
        (item, shown): (&Item, &Shown<'_>),
        out: &mut Vec<u8>,
        end: usize,
    ) -> Result<bool, Refusal> {
        append(out, shown);
        if self.has_thumbnails {
            open_member(out, "thumbnails");
            out.extend_from_slice(b"[]}");
        }
        let Some(wanted) = self.children.as_ref().filter(|_| item.is_folder()) else { return Ok(true) };
        let n_kept = wanted.order.map_or(0, |order| order.n_kept(item.child_count));
        let n_most = wanted.most.min(item.child_count as usize);
        let room = app.budget.take(Part::Answers, n_kept + n_most * ITEM);
        if call.method != Method::GET && room.is_err() {
            // What was changed is answered in any case: with the link to the children alone.
            open_list(out, "children");
            out.extend_from_slice(b"]}");
            wanted.write_link((call, found, item), 0, out);
            return Ok(false);
        }
        let _room = room?;
        let page = Page { from: 0, most: wanted.most };
        let items = children::items(app, found, item, page, wanted.order)?;
        let shower = Shower::below(app, call, found, item.id)?;
        open_member(out, "children@odata.context");
        append(out, &children::context(call, found, item));
        out.push(b'}');
        open_list(out, "children");
        let mut n_shown = 0;
        for shown in shower.show_all(&items, wanted.select.as_deref(), false) {
            let before = out.len();
            if n_shown > 0 {
                out.push(b',');
            }
            append(out, &shown);
            if n_shown > 0 && out.len() > end {
                out.truncate(before);
                break;
            }
            n_shown += 1;
        }
        out.extend_from_slice(b"]}");
        if n_shown < item.child_count as usize {
            wanted.write_link((call, found, item), n_shown, out);
        }
        Ok(n_shown == items.len())
    }

    /// Takes room for what a change is answered with, before anything is changed.
    pub(crate) fn reserve(&self, app: &App, call: &Call) -> Result<(), Unsent> {
        let Some(wanted) = &self.children else { return Ok(()) };
        call.answer_room().reserve_list(app, (wanted.most + 1).saturating_mul(children::CHILD))
    }

    /// Returns how many bytes it adds to an item, about.
    pub(crate) fn n_bytes(&self, item: &Item) -> usize {
        let n_most = |wanted: &Children| wanted.most.min(item.child_count as usize);
        self.children.as_ref().map_or(0, |wanted| n_most(wanted) * children::CHILD)
    }
}

impl Children {
    /// Writes the link to the children from a place on.
    fn write_link(&self, (call, found, item): (&Call, &Found, &Item), from: usize, out: &mut Vec<u8>) {
        open_member(out, "children@odata.nextLink");
        append(out, &link(&children::url(call, found, item), self.kept.iter().cloned(), from));
        out.push(b'}');
    }

    fn read(app: &App, call: &Call, found: &Found, options: &str) -> Result<Children, Refusal> {
        let mut wanted = Children { select: None, most: read_top(app, None)?, order: None, kept: Vec::new() };
        for option in split(options, ';').into_iter().map(str::trim).filter(|option| !option.is_empty()) {
            let (key, value) = option.split_once('=').ok_or_else(|| bad(option))?;
            let key = key.trim().trim_start_matches('$');
            match key {
                "select" => wanted.select = Some(value.to_owned()),
                "top" => wanted.most = read_top(app, Some(value))?,
                "orderby" => wanted.order = Order::read(found.flavour, Some(value))?,
                key if query::OPTIONS.contains(&key) || ["expand", "levels"].contains(&key) => {
                    return Err(unanswered::not_built(call, &format!("${key} in $expand")));
                }
                _ => return Err(bad(option)),
            }
            wanted.kept.push((format!("${key}"), value.to_owned()));
        }
        Ok(wanted)
    }
}

fn bad(text: &str) -> Refusal {
    bad_option("$expand", text)
}

/// Splits at a separator that stands in no parentheses.
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
