//! Makes a failing scene smaller item by item and name by name: proptest may leave some that do not matter.

use super::failure::Failure;
use super::scenes::in_other_case;
use super::setting::Scene;
use super::tree::{Entry, Tree, join};

/// The most attempts for one failure.
const MOST_ATTEMPTS: usize = 2_000;
/// The names that are tried in the place of others, and up to how many items.
const PLAIN_NAMES: [&str; 4] = ["a", "b", "c", "d"];
const MOST_RENAMED: usize = 50;

/// Leaves items out of a scene, and bytes out of its files, and gives plain names that are accepted, as long as it
/// fails. Returns the last failure.
pub(super) fn smallest(
    mut scene: Scene,
    mut failure: Box<Failure>,
    accepts: &dyn Fn(&str) -> bool,
    fails: impl Fn(&Scene) -> Option<Box<Failure>>,
) -> Box<Failure> {
    let mut n_attempts = 0;
    loop {
        let all = candidates(&scene).chain(renamed(&scene, accepts));
        let mut candidates = all.take(MOST_ATTEMPTS - n_attempts);
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

/// Returns scenes in which one name is a plain one, wherever it stood.
fn renamed<'a>(scene: &'a Scene, accepts: &'a dyn Fn(&str) -> bool) -> impl Iterator<Item = Scene> + 'a {
    let request = &scene.request;
    let given = request.name.iter().map(String::as_str);
    let paths = scene.tree.iter().map(|(path, _)| path).flat_map(|path| path.split('/'));
    let mut names: Vec<&str> = given.chain(paths).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let is_taken =
        |new: &str, names: &[&str]| names.iter().any(|name| drivesim::fold(name) == drivesim::fold(new));
    let free: Vec<&str> =
        PLAIN_NAMES.into_iter().filter(|new| accepts(new) && !is_taken(new, &names)).collect();
    let keeps = ["in", "to", "below"];
    if scene.tree.len() > MOST_RENAMED {
        names.clear();
    }
    names.retain(|name| !keeps.contains(name) && !PLAIN_NAMES.contains(name));
    // Of two names that differ in case alone, one is renamed by itself, or the other with it.
    let twin = |name: &str| Some(in_other_case(name)).filter(|twin| *name > **twin);
    let alone: Vec<(&str, Option<String>)> = names.iter().map(|name| (*name, None)).collect();
    let pairs = names.into_iter().filter_map(move |name| Some((name, Some(twin(name)?))));
    let first = free.first().copied();
    alone.into_iter().chain(pairs).filter_map(move |(old, twin)| {
        let new = first?;
        let name = |name: &str| match name {
            _ if name == old => new.to_owned(),
            _ if twin.as_deref() == Some(name) => in_other_case(new),
            _ => name.to_owned(),
        };
        let path = |path: &str| path.split('/').map(name).collect::<Vec<_>>().join("/");
        let mut scene = scene.clone();
        scene.tree = scene.tree.iter().map(|(item, entry)| (path(item), entry.clone())).collect();
        scene.request.source = path(&request.source);
        scene.request.target = path(&request.target);
        scene.request.name = request.name.as_deref().map(name);
        Some(scene)
    })
}

/// Returns whether a scene would be of another kind without this item: the source, the target, what they are in, and
/// what has the name of the copy.
fn is_needed(scene: &Scene, path: &str) -> bool {
    let request = &scene.request;
    let holds = |item: &str| item == path || item.starts_with(&format!("{path}/"));
    let holder = join(&request.target, request.wanted_name());
    holds(&request.source) || holds(&request.target) || drivesim::fold(path) == drivesim::fold(&holder)
}
