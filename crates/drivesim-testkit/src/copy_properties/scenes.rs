//! Strategies that draw what each property starts from.

use drivesim::{Conflict, ItemKind, Profile, with_suffix};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::setting::{LAYOUTS, Layout, MOST_ITEMS, Scene, Scenes, Setting, Top, contents};
use super::tree::{Entry, Tree, join};
use crate::strategies::refused_names;

/// Draws a file or folder to copy.
pub(super) fn any_copy(setting: &Setting) -> Scenes {
    setting.around(setting.any_item(), LAYOUTS.to_vec())
}

/// Draws a folder to copy, with what trees have in it.
pub(super) fn folder_copy(setting: &Setting) -> Scenes {
    setting.around(setting.folder(), LAYOUTS.to_vec())
}

/// Draws a folder that holds empty folders and little else.
pub(super) fn empty_folders(setting: &Setting) -> Scenes {
    let below = setting.trees(MOST_ITEMS).prop_map(|tree| {
        let is_folder = |(_, entry): &(&str, &Entry)| **entry == Entry::Folder;
        tree.iter().filter(is_folder).map(|(path, entry)| (path, entry.clone())).collect()
    });
    setting.around(setting.folder_of(below.boxed()), LAYOUTS.to_vec())
}

/// Draws folders each in the one before, with a file at the end.
pub(super) fn chains(setting: &Setting) -> Scenes {
    let names = setting.names(ItemKind::Folder).prop_filter("short", |name| name.len() <= 2);
    let chain = (vec(names, 1..60), contents()).prop_map(|(names, bytes)| {
        let mut tree = Tree::default();
        let mut path = String::new();
        for name in &names {
            path = join(&path, name);
            tree.insert(&path, Entry::Folder);
        }
        tree.insert(join(&path, "a"), Entry::File(bytes));
        tree
    });
    let short = setting.folder_of(chain.boxed()).prop_filter("short", |top| top.name.len() <= 20);
    setting.around(short.boxed(), vec![Layout::Apart])
}

/// Draws a folder of many files, no two of them alike. How many is one number, so that it shrinks in few steps.
pub(super) fn wide_folders(setting: &Setting) -> Scenes {
    let files = (0usize..300).prop_map(|n_files| {
        let file = |number: usize| (format!("f{number}"), Entry::File(number.to_string().into_bytes()));
        (0..n_files).map(file).collect()
    });
    setting.around(setting.folder_of(files.boxed()), LAYOUTS.to_vec())
}

/// Draws a folder whose files and folders have any names that are allowed, long ones too.
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
    let short = setting.folder_of(below.boxed()).prop_filter("short", |top| top.name.len() <= 20);
    setting.build(short.boxed(), vec![Layout::Apart, Layout::Deep], Just(None).boxed(), Just(None).boxed())
}

/// Draws an item with a file in it, or that is one.
pub(super) fn with_a_file(setting: &Setting) -> Scenes {
    let folder = setting.folder().prop_map(|mut top| {
        if !top.tree.iter().any(|(_, entry)| *entry != Entry::Folder) {
            top.tree.insert(join(&join("/", &top.name), "a"), Entry::File(b"x".to_vec()));
        }
        top
    });
    // The name of the file that is added may be taken by a folder.
    let is_whole = |top: &Top| {
        let mut paths: Vec<&str> = top.tree.iter().map(|(path, _)| path).collect();
        paths.dedup();
        paths.len() == top.tree.len()
    };
    let folder = folder.prop_filter("two items of one name", is_whole);
    setting.around(prop_oneof![setting.file(), folder].boxed(), LAYOUTS.to_vec())
}

/// Draws an item whose name another one has in the target.
pub(super) fn taken(setting: &Setting) -> Scenes {
    setting.taken(setting.any_item(), setting.any_item())
}

/// Draws a file whose name another file has in the target.
pub(super) fn taken_by_files(setting: &Setting) -> Scenes {
    conflict(setting.taken(setting.file(), setting.file()), vec![Conflict::Replace])
}

/// Draws an item whose name another one has in the target, where at least one of both is a folder.
pub(super) fn taken_with_folders(setting: &Setting) -> Scenes {
    let file_on_folder = setting.taken(setting.file(), setting.folder());
    let folder_on_any = setting.taken(setting.folder(), setting.any_item());
    conflict(prop_oneof![file_on_folder, folder_on_any].boxed(), vec![Conflict::Replace])
}

/// Draws an item whose name another one has in the target, and some numbers are taken too.
pub(super) fn numbered(setting: &Setting) -> Scenes {
    let here = setting.clone();
    let scenes = (taken(setting), vec(any::<bool>(), 0..6)).prop_map(move |(mut scene, taken)| {
        let numbers = taken.iter().zip(1..).filter_map(|(is_taken, number)| is_taken.then_some(number));
        for number in numbers {
            let name = number_of(&here.profile, &scene, number);
            let is_free = here.is_free(&scene.tree, &scene.request.target, &name);
            if is_free && here.profile.names.check(&name, ItemKind::Folder, true).is_ok() {
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
    with_suffix(scene.request.wanted_name(), kind, number, profile.copy_suffix, profile.names.max_units)
}

/// Draws an item whose name is free, and a behaviour that the profile offers for taken names.
pub(super) fn free_with_behaviours(setting: &Setting) -> Scenes {
    let offered = |conflict: &Conflict| setting.profile.copy_conflicts.offers(*conflict);
    conflict(any_copy(setting), BEHAVIOURS.into_iter().filter(offered).collect())
}

/// Draws an item whose name is free, and a behaviour that the profile does not offer.
pub(super) fn behaviours_not_offered(setting: &Setting) -> Scenes {
    let offered = |conflict: &Conflict| setting.profile.copy_conflicts.offers(*conflict);
    conflict(any_copy(setting), BEHAVIOURS.into_iter().filter(|behaviour| !offered(behaviour)).collect())
}

const BEHAVIOURS: [Conflict; 3] = [Conflict::Fail, Conflict::Replace, Conflict::Rename];

fn conflict(scenes: Scenes, behaviours: Vec<Conflict>) -> Scenes {
    let scenes = (scenes, select(behaviours)).prop_map(|(mut scene, conflict)| {
        scene.request.conflict = conflict;
        scene
    });
    scenes.boxed()
}

/// Draws an item whose name, with other letter case, another one has in the target.
pub(super) fn taken_in_another_case(setting: &Setting) -> Scenes {
    let scenes = taken(setting).prop_filter_map("no letter with a case", |mut scene| {
        let wanted = scene.request.wanted_name();
        let swapped =
            |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        let other: String = wanted.chars().map(swapped).collect();
        let holder = scene.copy_path();
        let held = scene.tree.cut(&holder, &other);
        scene.tree = scene.tree.without(&holder);
        let is_free = !scene.tree.names(&scene.request.target).any(|name| name == other);
        scene.tree.graft(&scene.request.target, &held);
        (is_free && scene.copy_path() != join(&scene.request.target, &other)).then_some(scene)
    });
    let (accepts, rules) = (setting.accepts.clone(), setting.profile.names.clone());
    let is_allowed = move |scene: &Scene| {
        scene.tree.names(&scene.request.target).all(|name| {
            accepts(name) && rules.check(name, ItemKind::Folder, true).is_ok()
                || scene
                    .tree
                    .get(&join(&scene.request.target, name))
                    .is_some_and(|entry| accepts(name) && rules.check(name, entry.kind(), true).is_ok())
        })
    };
    scenes.prop_filter("the other name is allowed", is_allowed).boxed()
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

/// Draws a copy whose new name the profile refuses. The profile that mends names of files mends no name of a folder.
pub(super) fn refused(setting: &Setting) -> Scenes {
    let of = |top: BoxedStrategy<Top>, kind: ItemKind| {
        let names = refused_names(&setting.profile, kind);
        let scenes =
            (setting.around(top, vec![Layout::Apart, Layout::Up]), names).prop_map(|(mut scene, name)| {
                scene.request.name = Some(name);
                scene
            });
        scenes.boxed()
    };
    let folders = of(setting.folder(), ItemKind::Folder);
    match setting.profile.names.file_copy {
        drivesim::FileCopyName::Sanitised => folders,
        drivesim::FileCopyName::Checked => prop_oneof![of(setting.file(), ItemKind::File), folders].boxed(),
    }
}
