//! The only place that tells the changes of a model by pages, as a drive does.

use super::super::seen::{Changed, Feed};
use crate::model::{Expectation, Key, Model};
use crate::must::must;

/// A place in the list of changes.
struct Token {
    /// What is gone by this change was never told, so neither is that it is gone.
    untold: u64,
    /// The number of the change that was told last, and of what; `None` before the first.
    last: Option<(u64, Key)>,
}

impl Token {
    fn parse(text: &str) -> Token {
        let mut numbers = text.split(' ').map(|number| must(number.parse(), "a token that was given"));
        let mut next = || must(numbers.next().ok_or(text), "a token that was given");
        Token { untold: next(), last: Some((next(), next())) }
    }

    fn text(&self) -> String {
        let (number, key) = self.last.unwrap_or_default();
        format!("{} {number} {key}", self.untold)
    }
}

/// Returns the place after all changes that there were.
fn end(model: &Model) -> (u64, Key) {
    (model.n_changes, Key::MAX)
}

/// Returns the token of this moment.
pub(super) fn token(model: &Model) -> String {
    Token { untold: model.n_changes, last: Some(end(model)) }.text()
}

/// Returns what changed in the first drive since a token, at most so many items; without a token all items first.
pub(super) fn page(model: &Model, token: Option<&str>, limit: usize) -> Feed {
    let first = Token { untold: model.n_changes, last: None };
    let mut token = token.map_or(first, Token::parse);
    let mut new = all_changes(model, token.untold);
    new.retain(|(place, _)| Some(*place) > token.last);
    let more = new.len() > limit;
    new.truncate(limit);
    token.last = if more { new.last().map(|(place, _)| *place) } else { Some(end(model)) };
    Feed { changes: new.into_iter().map(|(_, change)| change).collect(), token: token.text(), more }
}

/// Returns all there is to tell, each with its place.
fn all_changes(model: &Model, untold: u64) -> Vec<((u64, Key), Changed)> {
    let drive = &model.drives[0];
    // The root has not changed since it was made, and so is in no list of changes.
    let root = model.visible(drive.root).map(|_| (0, Expectation::Changed(drive.root)));
    let root = root.filter(|_| model.items[&drive.root].changed == 0);
    let changes = root.into_iter().chain(model.changes_since(drive, 0));
    let changes = changes.filter_map(|(number, change)| {
        let (key, name, is_gone) = match change {
            Expectation::Changed(key) => (key, model.items[&key].name.clone(), false),
            Expectation::Gone(gone) if gone.number <= untold => return None,
            Expectation::Gone(gone) => (gone.key, gone.name, true),
        };
        Some(((number, key), Changed { name, id: key.to_string(), is_gone }))
    });
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|(place, _)| *place);
    changes
}
