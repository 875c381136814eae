//! The only place that lists what is in a folder: by pages, sorted, with the members that are wanted.

use axum::http::StatusCode;
use drivesim::Item;
use serde_json::{Value, json};

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::Found;
use crate::graph::refusal::Refusal;
use crate::graph::route::{ItemName, Route};
use crate::graph::{drive, item, json};
use crate::reply::Reply;

/// How many children a page has where the client does not say.
const DEFAULT_PAGE: usize = 200;

/// Answers with the children of a folder. That options of the query that are not read here, as `$filter`, are taken no
/// notice of *differs* from the page. That the children of a file are an empty list is *assumed*.
pub(crate) fn list(app: &App, call: &Call, route: &Route, name: &ItemName) -> Result<Reply, Refusal> {
    let found = drive::find(app, route)?;
    let folder = item::find(app, &found, name)?;
    let page = Wanted::read(app, call)?;
    let items = page.items(app, &found, &folder)?;
    let mut value = show_all(app, call, &found, &folder, &items)?;
    let last = page.from + items.len();
    let has_more = items.len() == page.most && last < folder.child_count as usize;
    if let (Some(expand), false) = (call.query("$expand"), folder.is_folder()) {
        return Err(
            Refusal::invalid(format!("$expand={expand} is not supported here.")).inner("invalidQueryOption")
        );
    }
    for (child, shown) in items.iter().zip(&mut value) {
        json::select(shown, call.query("$select"));
        expand(app, call, &found, child, shown)?;
    }
    let mut answer = json!({ "value": value });
    if has_more {
        answer["@odata.nextLink"] = json!(next_link(call, &found, &folder, last));
    }
    if folder.is_folder() {
        answer["@odata.count"] = json!(folder.child_count);
    }
    Ok(Reply::json(StatusCode::OK, answer))
}

/// Which part of a listing is wanted, and in which order.
struct Wanted {
    from: usize,
    most: usize,
    order: Order,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Name,
    Size,
    Modified,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Order {
    key: Key,
    is_descending: bool,
}

impl Order {
    /// Reads `$orderby`. That business drives sort by `size` and `lastModifiedDateTime`, and none by `url`, *differs*
    /// from the page: `name` and `url` on business drives.
    fn read(text: Option<&str>) -> Result<Order, Refusal> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(Order { key: Key::Name, is_descending: false });
        };
        let mut words = text.split_whitespace();
        let key = match words.next() {
            Some("name") => Key::Name,
            Some("size") => Key::Size,
            Some("lastModifiedDateTime") => Key::Modified,
            _ => return Err(bad_option("$orderby", text)),
        };
        match (words.next(), words.next()) {
            (None | Some("asc"), None) => Ok(Order { key, is_descending: false }),
            (Some("desc"), None) => Ok(Order { key, is_descending: true }),
            _ => Err(bad_option("$orderby", text)),
        }
    }

    /// Says whether it is that in which folders are kept.
    fn is_natural(self) -> bool {
        self == Order { key: Key::Name, is_descending: false }
    }

    fn sort(self, items: &mut [Item]) {
        match self.key {
            Key::Name => {}
            Key::Size => items.sort_by_key(|item| item.size),
            Key::Modified => items.sort_by_key(|item| item.modified_at),
        }
        if self.is_descending {
            items.reverse();
        }
    }
}

fn bad_option(key: &str, text: &str) -> Refusal {
    Refusal::invalid(format!("The value {text:?} of {key} is not supported.")).inner("invalidQueryOption")
}

impl Wanted {
    fn read(app: &App, call: &Call) -> Result<Wanted, Refusal> {
        let most_allowed = app.options.limits.max_page;
        let most = match call.query("$top") {
            None => DEFAULT_PAGE.min(most_allowed),
            Some(text) => {
                let top: usize =
                    text.parse().ok().filter(|&top| top > 0).ok_or_else(|| bad_option("$top", text))?;
                if top > most_allowed {
                    let message = format!(
                        "The limit of '{most_allowed}' for Top query has been exceeded. The value from the incoming \
                         request is '{top}'."
                    );
                    return Err(Refusal::invalid(message).inner("invalidQueryOption"));
                }
                top
            }
        };
        let from = match call.query("$skiptoken") {
            None => 0,
            Some(token) => read_token(token).ok_or_else(|| bad_option("$skiptoken", token))?,
        };
        Ok(Wanted { from, most, order: Order::read(call.query("$orderby"))? })
    }

    fn items(&self, app: &App, found: &Found, folder: &Item) -> Result<Vec<Item>, Refusal> {
        if !folder.is_folder() {
            return Ok(Vec::new());
        }
        let address = found.drive.at(folder.id);
        if self.order.is_natural() {
            let from = u32::try_from(self.from).unwrap_or(u32::MAX);
            return Ok(app.sim.children_at(address, from, self.most)?);
        }
        let mut items = app.sim.children(address)?;
        self.order.sort(&mut items);
        Ok(items.into_iter().skip(self.from).take(self.most).collect())
    }
}

fn show_all(
    app: &App,
    call: &Call,
    found: &Found,
    folder: &Item,
    items: &[Item],
) -> Result<Vec<Value>, Refusal> {
    let above = app.sim.path(found.drive.at(folder.id))?;
    let show = |child: &Item| item::show_at(app, call, found, child, &item::join(&above, &child.name));
    Ok(items.iter().map(show).collect())
}

/// Puts the children of a folder into the folder, if the query wants them there.
pub(crate) fn expand(
    app: &App,
    call: &Call,
    found: &Found,
    folder: &Item,
    value: &mut Value,
) -> Result<(), Refusal> {
    let Some(expand) = call.query("$expand").filter(|_| folder.is_folder()) else { return Ok(()) };
    let Some(inner) = expand.trim().strip_prefix("children") else { return Ok(()) };
    let select = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let select = select.and_then(|inner| inner.trim_start_matches('$').strip_prefix("select="));
    let page = Wanted {
        from: 0,
        most: DEFAULT_PAGE.min(app.options.limits.max_page),
        order: Order { key: Key::Name, is_descending: false },
    };
    let items = page.items(app, found, folder)?;
    let mut children = show_all(app, call, found, folder, &items)?;
    let n_shown = children.len();
    children.iter_mut().for_each(|child| json::select(child, select));
    value["children"] = Value::Array(children);
    if n_shown < folder.child_count as usize {
        let kept = select.map(|select| ("$select".to_owned(), select.to_owned()));
        value["children@odata.nextLink"] = json!(link(call, found, folder, kept, n_shown));
    }
    Ok(())
}

/// Returns the link to the page that starts with child number `from`; what the query said of it stays said.
fn next_link(call: &Call, found: &Found, folder: &Item, from: usize) -> String {
    let kept = call.query_pairs().iter().filter(|(key, _)| key.trim_start_matches('$') != "skiptoken");
    link(call, found, folder, kept.cloned(), from)
}

/// Returns the link to the children of a folder from number `from` on.
fn link(
    call: &Call,
    found: &Found,
    folder: &Item,
    kept: impl IntoIterator<Item = (String, String)>,
    from: usize,
) -> String {
    let id = crate::graph::ids::item_id(&found.drive, found.flavour, folder.id, folder.parent.is_none());
    let pair =
        |(key, value): (String, String)| format!("{}={}", json::url_segment(&key), json::url_segment(&value));
    let mut query: Vec<String> = kept.into_iter().map(pair).collect();
    query.push(format!("$skiptoken={}", write_token(from)));
    format!("{}/items/{}/children?{}", found.url(call), json::url_segment(&id), query.join("&"))
}

/// Writes the number of the next child, counted from 1, as the personal service does. That business drives have skip
/// tokens of the same form is *assumed*.
fn write_token(from: usize) -> String {
    data_encoding::BASE64_NOPAD.encode((from + 1).to_string().as_bytes())
}

fn read_token(token: &str) -> Option<usize> {
    let digits = data_encoding::BASE64_NOPAD.decode(token.trim_end_matches('=').as_bytes()).ok()?;
    std::str::from_utf8(&digits).ok()?.parse::<usize>().ok()?.checked_sub(1)
}
