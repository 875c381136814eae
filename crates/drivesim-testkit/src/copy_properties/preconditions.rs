//! Checks whether a scene meets the precondition of a property: only such a scene is a counterexample.

use std::collections::{HashMap, HashSet};

use drivesim::Conflict;
use drivesim::item::ItemKind;
use drivesim::profile::Level;

use super::scenes::in_other_case;
use super::setting::{Scene, Setting};
use super::tree::{Entry, join};

/// The copy must succeed: the name is free, and the behavior is to fail.
pub(super) fn any_copy(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail && is_free_copy(setting, scene)
}

/// The copy must succeed, and the source is a folder.
pub(super) fn folder_copy(setting: &Setting, scene: &Scene) -> bool {
    any_copy(setting, scene) && source_kind(scene) == Some(ItemKind::Folder)
}

/// The copy must succeed, and the source is a folder that is empty or has an empty folder below it.
pub(super) fn empty_folders(setting: &Setting, scene: &Scene) -> bool {
    let source = scene.tree.cut(&scene.request.source, "x");
    let is_empty =
        |(path, entry): (&str, &Entry)| *entry == Entry::Folder && source.names(path).next().is_none();
    folder_copy(setting, scene) && source.iter().any(is_empty)
}

/// The copy must succeed, and the source is a file or a folder with a file below it.
pub(super) fn with_a_file(setting: &Setting, scene: &Scene) -> bool {
    let source = scene.tree.cut(&scene.request.source, "x");
    any_copy(setting, scene) && source.iter().any(|(_, entry)| *entry != Entry::Folder)
}

/// The copy must succeed, and the second name is free too, for another copy or a missing item.
pub(super) fn with_a_second_name(setting: &Setting, scene: &Scene) -> bool {
    let is_wanted = setting.profile.names.same(&scene.second, scene.request.wanted_name());
    any_copy(setting, scene)
        && !is_wanted
        && setting.is_free(&scene.tree, &scene.request.target, &scene.second)
}

/// The name is taken, and the behavior is to fail.
pub(super) fn taken(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail && holder_kind(setting, scene).is_some()
}

/// The name is taken, source and holder are files, and the behavior is to replace.
pub(super) fn taken_by_files(setting: &Setting, scene: &Scene) -> bool {
    let kinds = [source_kind(scene), holder_kind(setting, scene)];
    scene.request.conflict == Conflict::Replace && kinds == [Some(ItemKind::File); 2]
}

/// The name is taken, source or holder is a folder, and the behavior is to replace.
pub(super) fn taken_with_folders(setting: &Setting, scene: &Scene) -> bool {
    let kinds = [source_kind(scene), holder_kind(setting, scene)];
    let has_folder = kinds.contains(&Some(ItemKind::Folder)) && !kinds.contains(&None);
    scene.request.conflict == Conflict::Replace && has_folder
}

/// The name is taken, and the behavior is to rename.
pub(super) fn numbered(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Rename && holder_kind(setting, scene).is_some()
}

/// The copy must succeed, with a behavior that the profile supports.
pub(super) fn free_with_behaviors(setting: &Setting, scene: &Scene) -> bool {
    is_free_copy(setting, scene) && setting.profile.copy_conflicts.offers(scene.request.conflict)
}

/// The copy would succeed, but the profile does not support the behavior.
pub(super) fn behaviors_not_offered(setting: &Setting, scene: &Scene) -> bool {
    is_free_copy(setting, scene) && !setting.profile.copy_conflicts.offers(scene.request.conflict)
}

/// One item in the target has the name of the copy in another letter case, and none has it in the same case.
pub(super) fn taken_in_another_case(setting: &Setting, scene: &Scene) -> bool {
    let wanted = scene.request.wanted_name();
    let other = in_other_case(wanted);
    let names = || scene.tree.names(&scene.request.target);
    other != wanted
        && scene.request.conflict == Conflict::Fail
        && is_possible(setting, scene)
        && is_name_allowed(setting, scene)
        && names().any(|name| name == other)
        && names().all(|name| name != wanted)
        && !contains_end(scene, &join(&scene.request.target, &other))
}

/// The target is the source, or a folder below it.
pub(super) fn into_itself(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail
        && is_valid_tree(setting, scene)
        && source_kind(scene) == Some(ItemKind::Folder)
        && target_is_folder(scene)
        && is_at_or_below(&scene.request.target, &scene.request.source)
}

/// The profile rejects the new name, and does not correct it.
pub(super) fn refused(setting: &Setting, scene: &Scene) -> bool {
    let wanted = scene.request.wanted_name();
    let level = level_in(&scene.request.target);
    let rules = &setting.profile.names;
    let is_corrected = |kind| kind == ItemKind::File && rules.for_file_copy(wanted, level).is_ok();
    let is_refused = |kind| rules.check(wanted, kind, level).is_err() && !is_corrected(kind);
    scene.request.conflict == Conflict::Fail
        && is_possible(setting, scene)
        && source_kind(scene).is_some_and(is_refused)
}

/// Returns whether the copy must succeed if its behavior is supported: the name is free.
fn is_free_copy(setting: &Setting, scene: &Scene) -> bool {
    is_possible(setting, scene)
        && is_name_allowed(setting, scene)
        && setting.is_free(&scene.tree, &scene.request.target, scene.request.wanted_name())
}

/// Returns the kind of the item that has the name of the copy, if the copy would be possible without that item.
fn holder_kind(setting: &Setting, scene: &Scene) -> Option<ItemKind> {
    let path = scene.copy_path();
    let is_fit =
        is_possible(setting, scene) && is_name_allowed(setting, scene) && !contains_end(scene, &path);
    scene.tree.get(&path).map(Entry::kind).filter(|_| is_fit)
}

/// Returns whether the source and the target exist, and the target is not in the source.
fn is_possible(setting: &Setting, scene: &Scene) -> bool {
    let request = &scene.request;
    is_valid_tree(setting, scene)
        && source_kind(scene).is_some()
        && target_is_folder(scene)
        && !is_at_or_below(&request.target, &request.source)
}

/// Returns whether the storage can hold the tree: each item is in a folder, and has an allowed and unique name there.
fn is_valid_tree(setting: &Setting, scene: &Scene) -> bool {
    let rules = &setting.profile.names;
    let key = |name: &str| rules.name(name).canonical().to_owned();
    let mut in_folders: HashMap<&str, HashSet<String>> = HashMap::new();
    scene.tree.iter().all(|(path, entry)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let folder = if folder.is_empty() { "/" } else { folder };
        let is_in_folder = folder == "/" || in_folders.contains_key(folder);
        if *entry == Entry::Folder {
            in_folders.entry(path).or_default();
        }
        is_in_folder
            && rules.check(name, entry.kind(), level_in(folder)).is_ok()
            && in_folders.entry(folder).or_default().insert(key(name))
    })
}

fn is_name_allowed(setting: &Setting, scene: &Scene) -> bool {
    let wanted = scene.request.wanted_name();
    let level = level_in(&scene.request.target);
    let is_allowed = |kind| setting.profile.names.check(wanted, kind, level).is_ok();
    source_kind(scene).is_some_and(is_allowed)
}

fn source_kind(scene: &Scene) -> Option<ItemKind> {
    scene.tree.get(&scene.request.source).map(Entry::kind)
}

fn target_is_folder(scene: &Scene) -> bool {
    let target = scene.request.target.as_str();
    target == "/" || scene.tree.get(target) == Some(&Entry::Folder)
}

/// Returns whether the source or the target is at or below an item.
fn contains_end(scene: &Scene, path: &str) -> bool {
    [&scene.request.source, &scene.request.target].into_iter().any(|end| is_at_or_below(end, path))
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the level of the children of a folder.
pub(super) fn level_in(folder: &str) -> Level {
    if folder == "/" { Level::Root } else { Level::Below }
}
