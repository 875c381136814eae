//! Defines strategies for the scenes that each property is checked on.

use std::sync::Arc;

use drivesim::item::ItemKind;
use drivesim::profile::{Level, SanitiseFileNames};
use drivesim::{Conflict, Profile};
use proptest::collection::vec;
use proptest::num::usize::BinarySearch;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use super::setting::{LAYOUTS, Layout, MOST_ITEMS, NamedTree, Scene, Scenes, Setting, contents};
use super::tree::{Entry, Tree, join};
use crate::strategies::{no_names, refused_names};

/// Draws a file or folder to copy.
pub(super) fn any_copy(setting: &Setting) -> Scenes {
    setting.around(setting.any_item(), LAYOUTS.to_vec())
}

/// Draws a folder to copy, with random items.
pub(super) fn folder_copy(setting: &Setting) -> Scenes {
    setting.around(setting.folder(), LAYOUTS.to_vec())
}

/// Draws a folder that contains empty folders and little else.
pub(super) fn empty_folders(setting: &Setting) -> Scenes {
    let below = setting.trees(MOST_ITEMS).prop_map(|tree| {
        let is_folder = |(_, entry): &(&str, &Entry)| **entry == Entry::Folder;
        tree.iter().filter(is_folder).map(|(path, entry)| (path, entry.clone())).collect()
    });
    setting.around(setting.folder_of(below.boxed()), LAYOUTS.to_vec())
}

/// The maximum length of a chain's path in bytes: services limit paths to some hundred characters.
const CHAIN_BYTES: usize = 180;

/// Draws a chain of nested folders, with a file at the end. The longer the accepted names, the fewer folders.
pub(super) fn chains(setting: &Setting) -> Scenes {
    let of_length = |most: usize| setting.names_that(ItemKind::Folder, move |name| name.len() <= most);
    let names = [2, 6, 20].into_iter().find_map(|most| Some((most, of_length(most)?)));
    let (most, names) = names.unwrap_or_else(|| (20, no_names()));
    let chain = (vec(names, 1..CHAIN_BYTES / (most + 1)), contents()).prop_map(|(names, bytes)| {
        let mut tree = Tree::default();
        let mut path = String::new();
        for name in &names {
            path = join(&path, name);
            tree.insert(&path, Entry::Folder);
        }
        tree.insert(join(&path, "a"), Entry::File(bytes));
        tree
    });
    setting.around(setting.short_folder_of(chain.boxed()), vec![Layout::Apart])
}

/// Draws numbers from 300 to 399, which shrink to lower numbers, down to 0.
#[derive(Clone, Copy, Debug)]
struct Hundreds;

impl Strategy for Hundreds {
    type Tree = BinarySearch;
    type Value = usize;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(BinarySearch::new((300..400usize).new_tree(runner)?.current()))
    }
}

/// Draws a folder of many different files. Their number is one value, so that it shrinks in few steps.
pub(super) fn wide_folders(setting: &Setting) -> Scenes {
    let files = Hundreds.prop_map(|n_files| {
        let file = |number: usize| (format!("f{number}"), Entry::File(number.to_string().into_bytes()));
        (0..n_files).map(file).collect()
    });
    setting.around(setting.folder_of(files.boxed()), LAYOUTS.to_vec())
}

/// Draws a folder whose items have any allowed names, also long ones.
pub(super) fn odd_names(setting: &Setting) -> Scenes {
    let item = |kind: ItemKind, entry: Entry| setting.names(kind).prop_map(move |name| (name, entry.clone()));
    let file = item(ItemKind::File, Entry::File(Vec::new()));
    let rules = setting.profile.names.clone();
    let below = vec(prop_oneof![file, item(ItemKind::Folder, Entry::Folder)], 0..12).prop_map(move |items| {
        let mut tree = Tree::default();
        for (name, entry) in items {
            if !tree.names("/").any(|other| rules.same(other, &name)) {
                tree.insert(name, entry);
            }
        }
        tree
    });
    let short = setting.short_folder_of(below.boxed());
    setting.build(short, vec![Layout::Apart, Layout::Deep], Just(None).boxed(), Just(None).boxed())
}

/// Draws a file, or a folder with a file in it.
pub(super) fn with_a_file(setting: &Setting) -> Scenes {
    let folder = setting.folder().prop_map(|mut top| {
        if !top.tree.iter().any(|(_, entry)| *entry != Entry::Folder) {
            top.tree.insert(join(&join("/", &top.name), "a"), Entry::File(b"x".to_vec()));
        }
        top
    });
    // A folder may already have the name of the added file.
    let is_unique = |top: &NamedTree| {
        let mut paths: Vec<&str> = top.tree.iter().map(|(path, _)| path).collect();
        paths.dedup();
        paths.len() == top.tree.len()
    };
    let folder = folder.prop_filter("two items of one name", is_unique);
    setting.around(prop_oneof![setting.file(), folder].boxed(), LAYOUTS.to_vec())
}

/// Draws an item whose name is taken in the target.
pub(super) fn taken(setting: &Setting) -> Scenes {
    setting.taken(setting.any_item(), setting.any_item())
}

/// Draws a file whose name is taken by a file in the target.
pub(super) fn taken_by_files(setting: &Setting) -> Scenes {
    conflict(setting.taken(setting.file(), setting.file()), vec![Conflict::Replace])
}

/// Draws an item whose name is taken in the target; at least one of both is a folder.
pub(super) fn taken_with_folders(setting: &Setting) -> Scenes {
    let file_on_folder = setting.taken(setting.file(), setting.folder());
    let folder_on_any = setting.taken(setting.folder(), setting.any_item());
    conflict(prop_oneof![file_on_folder, folder_on_any].boxed(), vec![Conflict::Replace])
}

/// Draws an item whose name is taken in the target, with some numbers also taken.
pub(super) fn numbered(setting: &Setting) -> Scenes {
    let here = setting.clone();
    let scenes = (taken(setting), vec(any::<bool>(), 0..6)).prop_map(move |(mut scene, taken)| {
        let numbers = taken.iter().zip(1..).filter_map(|(is_taken, number)| is_taken.then_some(number));
        for number in numbers {
            let name = number_of(&here.profile, &scene, number);
            let is_free = here.is_free(&scene.tree, &scene.request.target, &name);
            if is_free && here.profile.names.check(&name, ItemKind::Folder, Level::Root).is_ok() {
                scene.tree.insert(join(&scene.request.target, &name), Entry::Folder);
            }
        }
        scene
    });
    conflict(scenes.boxed(), vec![Conflict::Rename])
}

/// Returns the name of a scene's copy with this number.
pub(super) fn number_of(profile: &Profile, scene: &Scene, number: u64) -> String {
    let kind = scene.tree.get(&scene.request.source).map_or(ItemKind::File, Entry::kind);
    let (rules, wanted) = (&profile.names, profile.names.name(scene.request.wanted_name()));
    rules.with_number(&wanted, kind, number, profile.copy_suffix).to_string()
}

/// Draws an item whose name is free, and a conflict behavior that the profile supports.
pub(super) fn free_with_behaviors(setting: &Setting) -> Scenes {
    let offered = |conflict: &Conflict| setting.profile.copy_conflicts.offers(*conflict);
    conflict(any_copy(setting), BEHAVIOURS.into_iter().filter(offered).collect())
}

/// Draws an item whose name is free, and a conflict behavior that the profile does not support.
pub(super) fn behaviors_not_offered(setting: &Setting) -> Scenes {
    let offered = |conflict: &Conflict| setting.profile.copy_conflicts.offers(*conflict);
    conflict(any_copy(setting), BEHAVIOURS.into_iter().filter(|behavior| !offered(behavior)).collect())
}

const BEHAVIOURS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];

fn conflict(scenes: Scenes, behaviors: Vec<Conflict>) -> Scenes {
    let scenes = (scenes, select(behaviors)).prop_map(|(mut scene, conflict)| {
        scene.request.conflict = conflict;
        scene
    });
    scenes.boxed()
}

/// Draws an item whose name is taken in the target in another letter case.
pub(super) fn taken_in_another_case(setting: &Setting) -> Scenes {
    let (accepts, rules) = (setting.accepts.clone(), setting.profile.names.clone());
    let has_two = move |name: &str| {
        let other = in_other_case(name);
        other != name && accepts(name) && accepts(&other)
    };
    let two_names = Setting { accepts: Arc::new(has_two), ..setting.clone() };
    let accepts = setting.accepts.clone();
    let scenes = taken(&two_names).prop_filter_map("the other name is not allowed", move |mut scene| {
        let holder = scene.copy_path();
        let other = in_other_case(scene.request.wanted_name());
        let kind = scene.tree.get(&holder).map_or(ItemKind::File, Entry::kind);
        let is_allowed = accepts(&other) && rules.check(&other, kind, Level::Root).is_ok();
        let renamed = scene.tree.cut(&holder, &other);
        scene.tree = scene.tree.without(&holder);
        let is_free = !scene.tree.names(&scene.request.target).any(|name| name == other);
        scene.tree.graft(&scene.request.target, &renamed);
        let is_another = scene.request.wanted_name() != other;
        (is_allowed && is_free && is_another).then_some(scene)
    });
    scenes.boxed()
}

/// Swaps the case of each letter.
pub(super) fn in_other_case(name: &str) -> String {
    let swapped =
        |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    name.chars().map(swapped).collect()
}

/// Draws a folder to copy into itself or into a folder below it.
pub(super) fn into_itself(setting: &Setting) -> Scenes {
    let scenes = (folder_copy(setting), any::<prop::sample::Index>(), any::<bool>());
    let scenes = scenes.prop_map(|(mut scene, at, is_named)| {
        let below = format!("{}/", scene.request.source);
        let is_below = |path: &str| path == scene.request.source || path.starts_with(&below);
        let folders: Vec<&str> = scene
            .tree
            .iter()
            .filter(|(_, entry)| **entry == Entry::Folder)
            .map(|(path, _)| path)
            .filter(|path| is_below(path))
            .collect();
        let target = folders.get(at.index(folders.len().max(1))).map(|&path| path.to_owned());
        scene.request.target = target.unwrap_or_default();
        scene.request.name = is_named.then(|| scene.second.clone());
        scene
    });
    scenes.boxed()
}

/// Draws a copy whose new name the profile rejects. A profile that corrects names of files does not correct those of
/// folders.
pub(super) fn refused(setting: &Setting) -> Scenes {
    let of = |top: BoxedStrategy<NamedTree>, kind: ItemKind| {
        let names = refused_names(&setting.profile, kind);
        let scenes =
            (setting.around(top, vec![Layout::Apart, Layout::Up]), names).prop_map(|(mut scene, name)| {
                scene.request.name = Some(name);
                scene
            });
        scenes.boxed()
    };
    let folders = of(setting.folder(), ItemKind::Folder);
    match setting.profile.names.sanitise_file_names {
        SanitiseFileNames::CopyOnly | SanitiseFileNames::Everywhere => folders,
        SanitiseFileNames::Never => prop_oneof![of(setting.file(), ItemKind::File), folders].boxed(),
    }
}
