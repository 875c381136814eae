//! Shrinks a failing scene item by item and name by name: proptest may leave some that do not matter.

use drivesim::profile::NameRules;

use super::copier::CopyRequest;
use super::failure::Failure;
use super::scenes::in_other_case;
use super::setting::{Scene, Setting};
use super::tree::{Entry, Tree};

/// The maximum number of attempts for one failure.
const MOST_ATTEMPTS: usize = 2_000;
/// The names that are tried instead of others, and the maximum number of items for that.
const PLAIN_NAMES: [&str; 4] = ["a", "b", "c", "d"];
const MOST_RENAMED: usize = 50;
/// The maximum number of characters of a name that are removed, one at a time.
const MOST_SHORTENED: usize = 20;

/// Removes items from a scene and bytes from its files, and replaces names by plain ones that are accepted, as long as
/// the scene fails and meets the precondition of the property. Returns the last failure.
pub(super) fn smallest(
    mut failure: Box<Failure>,
    setting: &Setting,
    fails: impl Fn(&Scene) -> Option<Box<Failure>>,
) -> Box<Failure> {
    let mut n_attempts = 0;
    loop {
        let mut candidates =
            smaller_scenes(&failure, setting).take(MOST_ATTEMPTS - n_attempts).inspect(|_| n_attempts += 1);
        let found = candidates.find_map(|candidate| fails(&candidate));
        drop(candidates);
        let Some(found) = found else { return failure };
        failure = found;
    }
}

/// Returns the scenes that are one step smaller than that of a failure and meet the precondition of its property.
pub(super) fn smaller_scenes<'a>(
    failure: &'a Failure,
    setting: &'a Setting,
) -> impl Iterator<Item = Scene> + 'a {
    let (scene, accepts) = (&failure.scene, &*setting.accepts);
    let all = candidates(scene).chain(renamed(scene, accepts)).chain(with_shorter_name(scene, accepts));
    all.filter(|scene| (failure.property.precondition)(setting, scene))
}

/// Returns scenes with one item less, or with fewer bytes in one file.
fn candidates(scene: &Scene) -> impl Iterator<Item = Scene> {
    let with = |tree: Tree| Scene { tree, ..scene.clone() };
    let removed = scene.tree.iter().map(move |(path, _)| with(scene.tree.without(path)));
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

/// Returns scenes in which one name is replaced by a plain one, everywhere.
fn renamed<'a>(scene: &'a Scene, accepts: &'a dyn Fn(&str) -> bool) -> impl Iterator<Item = Scene> + 'a {
    let request = &scene.request;
    let given = request.name.iter().map(String::as_str);
    let paths = scene.tree.iter().map(|(path, _)| path).flat_map(|path| path.split('/'));
    let mut names: Vec<&str> = given.chain(paths).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let is_taken = |new: &str, names: &[&str]| names.iter().any(|name| NameRules::BOX.same(name, new));
    let free: Vec<&str> =
        PLAIN_NAMES.into_iter().filter(|new| accepts(new) && !is_taken(new, &names)).collect();
    let fixed = ["in", "to", "below"];
    if scene.tree.len() > MOST_RENAMED {
        names.clear();
    }
    names.retain(|name| !fixed.contains(name) && !PLAIN_NAMES.contains(name));
    // Of two names that differ only in case, either one is renamed alone, or both are.
    let twin = |name: &str| Some(in_other_case(name)).filter(|twin| *name > **twin);
    let alone: Vec<(&str, Option<String>)> = names.iter().map(|name| (*name, None)).collect();
    let pairs = names.into_iter().filter_map(move |name| Some((name, Some(twin(name)?))));
    alone.into_iter().chain(pairs).filter_map(move |(old, twin)| {
        let is_fit = |new: &&&str| twin.is_none() || accepts(&in_other_case(new));
        let new = *free.iter().find(is_fit)?;
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

/// Returns scenes in which the new name of the copy is one character shorter. The name of a copy that must fail may be
/// one that the storage does not allow.
fn with_shorter_name<'a>(
    scene: &'a Scene,
    accepts: &'a dyn Fn(&str) -> bool,
) -> impl Iterator<Item = Scene> + 'a {
    let name = scene.request.name.as_deref().unwrap_or_default();
    let places = name.char_indices().take(MOST_SHORTENED).map(move |(at, c)| (at, at + c.len_utf8()));
    places.filter_map(move |(start, end)| {
        let shorter = [&name[..start], &name[end..]].concat();
        let is_fit = accepts(&shorter) || !accepts(name);
        let request = CopyRequest { name: Some(shorter), ..scene.request.clone() };
        is_fit.then(|| Scene { request, ..scene.clone() })
    })
}
