//! Makes a failing scene smaller item by item: proptest tries each item once, and may leave some that do not matter.

use super::failure::Failure;
use super::setting::Scene;
use super::tree::{Entry, Tree, join};

/// The most attempts for one failure.
const MOST_ATTEMPTS: usize = 2_000;

/// Leaves items out of a scene, and bytes out of its files, as long as it fails. Returns the last failure.
pub(super) fn smallest(
    mut scene: Scene,
    mut failure: Box<Failure>,
    fails: impl Fn(&Scene) -> Option<Box<Failure>>,
) -> Box<Failure> {
    let mut n_attempts = 0;
    loop {
        let mut candidates = candidates(&scene).take(MOST_ATTEMPTS - n_attempts);
        let found = candidates.find_map(|candidate| {
            n_attempts += 1;
            fails(&candidate).map(|failure| (candidate, failure))
        });
        drop(candidates);
        let Some(found) = found else { return failure };
        (scene, failure) = found;
    }
}

/// Returns scenes with one item less, or with fewer bytes in one file.
fn candidates(scene: &Scene) -> impl Iterator<Item = Scene> {
    let with = |tree: Tree| Scene { tree, ..scene.clone() };
    let removable = scene.tree.iter().filter(|(path, _)| !is_needed(scene, path));
    let removed = removable.map(move |(path, _)| with(scene.tree.without(path)));
    let files = scene.tree.iter().filter_map(|(path, entry)| match entry {
        Entry::File(bytes) => Some((path, bytes)),
        Entry::Folder => None,
    });
    let shorter = files.flat_map(move |(path, bytes)| {
        let short =
            ["", "x"].into_iter().filter(|short| (short.len(), short.as_bytes()) < (bytes.len(), bytes));
        short.map(move |short| {
            let items = scene.tree.iter().map(|(other, entry)| match other == path {
                true => (other, Entry::File(short.as_bytes().to_vec())),
                false => (other, entry.clone()),
            });
            with(items.collect())
        })
    });
    removed.chain(shorter)
}

/// Returns whether a scene would be of another kind without this item: the source, the target, what they are in, and
/// what has the name of the copy.
fn is_needed(scene: &Scene, path: &str) -> bool {
    let request = &scene.request;
    let holds = |item: &str| item == path || item.starts_with(&format!("{path}/"));
    let holder = join(&request.target, request.wanted_name());
    holds(&request.source) || holds(&request.target) || drivesim::fold(path) == drivesim::fold(&holder)
}
