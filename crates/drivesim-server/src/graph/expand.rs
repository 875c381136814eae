//! The only place that reads `$expand` and puts into an item what it asks for.

use drivesim::Item;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::drive_item::{Shower, Shown};
use crate::graph::order::Order;
use crate::graph::query::{Page, bad_option, link, read_top};
use crate::graph::refusal::Refusal;
use crate::graph::{children, query, unanswered};
use crate::ordered_json::{Value, json};

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

    /// Says whether it puts anything into what is shown.
    pub(crate) fn is_wanted(&self) -> bool {
        self.has_thumbnails || self.children.is_some()
    }

    /// Puts it into what is shown of an item. Files have no children.
    pub(crate) fn put_into<'a>(
        &self,
        (app, call, found): (&App, &Call, &Found),
        item: &Item,
        shown: Shown<'a>,
    ) -> Result<Shown<'a>, Refusal> {
        let wanted = self.children.as_ref().filter(|_| item.is_folder());
        if !self.has_thumbnails && wanted.is_none() {
            return Ok(shown);
        }
        let mut value = shown.into_value();
        if self.has_thumbnails {
            value["thumbnails"] = json!([]);
        }
        let Some(wanted) = wanted else { return Ok(Shown::Part(value)) };
        let page = Page { from: 0, most: wanted.most };
        let items = children::items(app, found, item, page, wanted.order)?;
        let shower = Shower::below(app, call, found, item.id)?;
        let shown = shower.show_all(&items, wanted.select.as_deref());
        let n_shown = items.len();
        value["children@odata.context"] = json!(children::context(call, found, item));
        value["children"] = Value::Array(shown.into_iter().map(Shown::into_value).collect());
        if n_shown < item.child_count as usize {
            let list = children::url(call, found, item);
            value["children@odata.nextLink"] = json!(link(&list, wanted.kept.iter().cloned(), n_shown));
        }
        Ok(Shown::Part(value))
    }
}

impl Children {
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
