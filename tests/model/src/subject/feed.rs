//! Pages the changes of a model like the change feed of a drive.

use drivesim_testkit::contract::{Changed, Feed};

use crate::model::{Expectation, Key, Model};

/// A position in the list of changes.
struct Token {
    /// Items deleted up to this change were never sent, so their tombstones are not sent either.
    unsent_until: u64,
    /// The number and the item of the change that was sent last; `None` before the first.
    last: Option<(u64, Key)>,
}

impl Token {
    fn parse(text: &str) -> Token {
        let mut numbers = text.split(' ').map(|number| number.parse().expect("a known token"));
        let mut next = || numbers.next().ok_or(text).expect("a known token");
        Token { unsent_until: next(), last: Some((next(), next())) }
    }

    fn text(&self) -> String {
        let (number, key) = self.last.unwrap_or_default();
        format!("{} {number} {key}", self.unsent_until)
    }
}

/// Returns the position after all changes so far.
fn end(model: &Model) -> (u64, Key) {
    (model.n_changes, Key::MAX)
}

/// Returns the token for the changes from now on.
pub(super) fn token(model: &Model) -> String {
    Token { unsent_until: model.n_changes, last: Some(end(model)) }.text()
}

/// Returns the changes of the first drive since a token, at most `limit`. Without a token, returns all items first.
pub(super) fn page(model: &Model, token: Option<&str>, limit: usize) -> Feed {
    let first = Token { unsent_until: model.n_changes, last: None };
    let mut token = token.map_or(first, Token::parse);
    let mut new = all_changes(model, token.unsent_until);
    new.retain(|(position, _)| Some(*position) > token.last);
    let more = new.len() > limit;
    new.truncate(limit);
    token.last = if more { new.last().map(|(position, _)| *position) } else { Some(end(model)) };
    Feed { changes: new.into_iter().map(|(_, change)| change).collect(), token: token.text(), more }
}

/// Returns all changes that may be sent, each with its position.
fn all_changes(model: &Model, unsent_until: u64) -> Vec<((u64, Key), Changed)> {
    let drive = &model.drives[0];
    // The root has not changed since it was created, so no list of changes contains it.
    let root = model.visible(drive.root).map(|_| (0, Expectation::Changed(drive.root)));
    let root = root.filter(|_| model.items[&drive.root].changed == 0);
    let changes = root.into_iter().chain(model.changes_since(drive, 0));
    let changes = changes.filter_map(|(number, change)| {
        let (key, name, is_gone) = match change {
            Expectation::Changed(key) => (key, model.items[&key].name.clone(), false),
            Expectation::Gone(gone) if gone.number <= unsent_until => return None,
            Expectation::Gone(gone) => (gone.key, gone.name, true),
        };
        Some(((number, key), Changed { name, id: key.to_string(), is_gone }))
    });
    let mut changes: Vec<_> = changes.collect();
    changes.sort_by_key(|(position, _)| *position);
    changes
}
