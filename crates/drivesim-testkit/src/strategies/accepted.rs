//! Draws names of a profile that also pass a predicate, even if few do.

use std::collections::HashSet;

use drivesim::Profile;
use drivesim::item::ItemKind;
use drivesim::profile::Level;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::NewTree;
use proptest::test_runner::TestRunner;

use super::{allowed_names, shortest_first};

/// The reason if no name is accepted.
pub(crate) const NO_NAMES: &str = "no names that this property needs are accepted";

/// The number of sampled names, and the number of those that must be accepted. If fewer are, all names come from a
/// list, because drawing until one is accepted could take very long.
const SAMPLE: usize = 24;
const OFTEN: usize = 6;
/// The number of names drawn for that list.
const DRAWN: usize = 64;
/// The parts of the other names in that list: a beginning and a stem, or a stem and an end.
const STEMS: [&str; 10] = ["a", "b", "c", "d", "x", "1", "2", "10", "name", "NAME"];
const BEGINNINGS: [&str; 10] = ["", "test_", "test-", "tmp_", "file_", "file", "img_", "data_", "doc_", "."];
const ENDS: [&str; 16] = [
    ".txt", ".md", ".csv", ".json", ".xml", ".html", ".pdf", ".docx", ".xlsx", ".jpg", ".png", ".bin",
    ".dat", ".tmp", ".zip", ".log",
];

/// Draws names that the profile allows and that are accepted, or returns `None` if none were found.
pub(crate) fn accepted_names(
    profile: &Profile,
    kind: ItemKind,
    accepts: impl Fn(&str) -> bool + 'static,
) -> Option<BoxedStrategy<String>> {
    let names = allowed_names(profile, kind);
    let mut runner = TestRunner::deterministic();
    let mut drawn = std::iter::from_fn(|| Some(names.new_tree(&mut runner).ok()?.current()));
    let n_accepted = drawn.by_ref().take(SAMPLE).filter(|name| accepts(name)).take(OFTEN).count();
    if n_accepted == OFTEN {
        return Some(names.prop_filter(NO_NAMES, move |name| accepts(name)).boxed());
    }
    let is_allowed = |name: &String| accepts(name) && profile.names.check(name, kind, Level::Root).is_ok();
    let mut seen = HashSet::new();
    let is_new = |name: &String| seen.insert(name.clone());
    let known = shortest_first(plain_names().chain(drawn.take(DRAWN)).filter(is_allowed).filter(is_new));
    (!known.is_empty()).then(|| select(known).boxed())
}

fn plain_names() -> impl Iterator<Item = String> {
    let joined = |begin: &str, end: &str| format!("{begin}{end}");
    let begun = BEGINNINGS.into_iter().flat_map(move |begin| STEMS.map(|stem| joined(begin, stem)));
    begun.chain(STEMS.into_iter().flat_map(move |stem| ENDS.map(|end| joined(stem, end))))
}

/// Draws no names: a strategy that uses it fails at once, with the reason.
pub(crate) fn no_names() -> BoxedStrategy<String> {
    Never.boxed()
}

#[derive(Clone, Copy, Debug)]
struct Never;

impl Strategy for Never {
    type Tree = Just<String>;
    type Value = String;

    fn new_tree(&self, _: &mut TestRunner) -> NewTree<Self> {
        Err(NO_NAMES.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Accepts = fn(&str) -> bool;

    const PREDICATES: [Accepts; 5] = [
        |_| true,
        |name| name.bytes().all(|byte| byte.is_ascii_lowercase()),
        |name| name.ends_with(".txt"),
        |name| name.starts_with("test_"),
        |name| name == "a",
    ];

    #[test]
    fn drawn_names_are_allowed_and_accepted() {
        for profile in Profile::ALL {
            for (accepts, kind) in PREDICATES
                .into_iter()
                .flat_map(|accepts| [(accepts, ItemKind::File), (accepts, ItemKind::Folder)])
            {
                let names = accepted_names(&profile, kind, accepts).unwrap();
                let mut runner = TestRunner::deterministic();
                for _ in 0..50 {
                    let name = names.new_tree(&mut runner).unwrap().current();
                    let is_valid = accepts(&name) && profile.names.check(&name, kind, Level::Root).is_ok();
                    assert!(is_valid, "{}: {name:?}", profile.name());
                }
            }
        }
    }

    #[test]
    fn no_name_is_drawn_if_none_is_accepted() {
        assert!(accepted_names(&Profile::PLAIN, ItemKind::File, |_| false).is_none());
        let drawn = no_names().new_tree(&mut TestRunner::deterministic());
        assert_eq!(drawn.map(|name| name.current()).unwrap_err().message(), NO_NAMES);
    }
}
