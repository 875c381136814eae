//! Checks whether a scene meets the precondition of a property: only such a scene can be a counterexample.

use std::collections::{HashMap, HashSet};

use drivesim::{Case, Conflict, ItemKind};

use super::scenes::in_other_case;
use super::setting::{Scene, Setting};
use super::tree::{Entry, join};

/// The copy must be made: the name is free, and taken names would refuse it.
pub(super) fn any_copy(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail && is_free_copy(setting, scene)
}

/// The copy of a folder must be made.
pub(super) fn folder_copy(setting: &Setting, scene: &Scene) -> bool {
    any_copy(setting, scene) && source_kind(scene) == Some(ItemKind::Folder)
}

/// The copy must be made of a folder that has a folder with nothing in it, or is one.
pub(super) fn empty_folders(setting: &Setting, scene: &Scene) -> bool {
    let source = scene.tree.cut(&scene.request.source, "x");
    let is_empty =
        |(path, entry): (&str, &Entry)| *entry == Entry::Folder && source.names(path).next().is_none();
    folder_copy(setting, scene) && source.iter().any(is_empty)
}

/// The copy must be made of a file, or of a folder with a file in it.
pub(super) fn with_a_file(setting: &Setting, scene: &Scene) -> bool {
    let source = scene.tree.cut(&scene.request.source, "x");
    any_copy(setting, scene) && source.iter().any(|(_, entry)| *entry != Entry::Folder)
}

/// The copy must be made, and the second name is free beside it: that of another copy, or of what is missing.
pub(super) fn with_a_second_name(setting: &Setting, scene: &Scene) -> bool {
    let is_wanted = setting.profile.names.same(&scene.second, scene.request.wanted_name());
    any_copy(setting, scene)
        && !is_wanted
        && setting.is_free(&scene.tree, &scene.request.target, &scene.second)
}

/// The name is taken, and taken names refuse the copy.
pub(super) fn taken(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail && holder_kind(setting, scene).is_some()
}

/// A file has the name of the copy of a file, and is to be replaced.
pub(super) fn taken_by_files(setting: &Setting, scene: &Scene) -> bool {
    let kinds = [source_kind(scene), holder_kind(setting, scene)];
    scene.request.conflict == Conflict::Replace && kinds == [Some(ItemKind::File); 2]
}

/// The name is taken, the copy or what has the name is a folder, and it is to be replaced.
pub(super) fn taken_with_folders(setting: &Setting, scene: &Scene) -> bool {
    let kinds = [source_kind(scene), holder_kind(setting, scene)];
    let has_folder = kinds.contains(&Some(ItemKind::Folder)) && !kinds.contains(&None);
    scene.request.conflict == Conflict::Replace && has_folder
}

/// The name is taken, and the copy gets another one.
pub(super) fn numbered(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Rename && holder_kind(setting, scene).is_some()
}

/// The copy must be made, with a behaviour that the profile offers.
pub(super) fn free_with_behaviours(setting: &Setting, scene: &Scene) -> bool {
    is_free_copy(setting, scene) && setting.profile.copy_conflicts.offers(scene.request.conflict)
}

/// The copy would be made, but for a behaviour that the profile does not offer.
pub(super) fn behaviours_not_offered(setting: &Setting, scene: &Scene) -> bool {
    is_free_copy(setting, scene) && !setting.profile.copy_conflicts.offers(scene.request.conflict)
}

/// One item in the target has the name of the copy in other letter case, and none has the name itself.
pub(super) fn taken_in_another_case(setting: &Setting, scene: &Scene) -> bool {
    let wanted = scene.request.wanted_name();
    let other = in_other_case(wanted);
    let names = || scene.tree.names(&scene.request.target);
    other != wanted
        && scene.request.conflict == Conflict::Fail
        && is_possible(setting, scene)
        && is_wanted_allowed(setting, scene)
        && names().any(|name| name == other)
        && names().all(|name| name != wanted)
        && !holds_an_end(scene, &join(&scene.request.target, &other))
}

/// A folder is copied into itself, or into a folder below it.
pub(super) fn into_itself(setting: &Setting, scene: &Scene) -> bool {
    scene.request.conflict == Conflict::Fail
        && is_whole(setting, scene)
        && source_kind(scene) == Some(ItemKind::Folder)
        && target_is_folder(scene)
        && is_at_or_below(&scene.request.target, &scene.request.source)
}

/// The profile refuses the new name, and does not mend it.
pub(super) fn refused(setting: &Setting, scene: &Scene) -> bool {
    let (wanted, at_root) = (scene.request.wanted_name(), scene.request.target == "/");
    let rules = &setting.profile.names;
    let is_mended = |kind| kind == ItemKind::File && rules.for_file_copy(wanted, at_root).is_ok();
    let is_refused = |kind| rules.check(wanted, kind, at_root).is_err() && !is_mended(kind);
    scene.request.conflict == Conflict::Fail
        && is_possible(setting, scene)
        && source_kind(scene).is_some_and(is_refused)
}

/// Returns whether the copy must be made if its behaviour for taken names is offered: nothing has its name.
fn is_free_copy(setting: &Setting, scene: &Scene) -> bool {
    is_possible(setting, scene)
        && is_wanted_allowed(setting, scene)
        && setting.is_free(&scene.tree, &scene.request.target, scene.request.wanted_name())
}

/// Returns the kind of what has the name of the copy, if the copy would be possible without it.
fn holder_kind(setting: &Setting, scene: &Scene) -> Option<ItemKind> {
    let path = scene.copy_path();
    let is_fit =
        is_possible(setting, scene) && is_wanted_allowed(setting, scene) && !holds_an_end(scene, &path);
    scene.tree.get(&path).map(Entry::kind).filter(|_| is_fit)
}

/// Returns whether the source and the target are there, and the target is not in the source.
fn is_possible(setting: &Setting, scene: &Scene) -> bool {
    let request = &scene.request;
    is_whole(setting, scene)
        && source_kind(scene).is_some()
        && target_is_folder(scene)
        && !is_at_or_below(&request.target, &request.source)
}

/// Returns whether the storage can hold the tree: each item is in a folder, and has an allowed name of its own there.
fn is_whole(setting: &Setting, scene: &Scene) -> bool {
    let rules = &setting.profile.names;
    let key = |name: &str| match rules.case {
        Case::Sensitive => name.to_owned(),
        Case::Folded => drivesim::fold(name).into_owned(),
    };
    let mut in_folders: HashMap<&str, HashSet<String>> = HashMap::new();
    scene.tree.iter().all(|(path, entry)| {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        let folder = if folder.is_empty() { "/" } else { folder };
        let is_in_folder = folder == "/" || in_folders.contains_key(folder);
        if *entry == Entry::Folder {
            in_folders.entry(path).or_default();
        }
        is_in_folder
            && rules.check(name, entry.kind(), folder == "/").is_ok()
            && in_folders.entry(folder).or_default().insert(key(name))
    })
}

fn is_wanted_allowed(setting: &Setting, scene: &Scene) -> bool {
    let (wanted, at_root) = (scene.request.wanted_name(), scene.request.target == "/");
    let is_allowed = |kind| setting.profile.names.check(wanted, kind, at_root).is_ok();
    source_kind(scene).is_some_and(is_allowed)
}

fn source_kind(scene: &Scene) -> Option<ItemKind> {
    scene.tree.get(&scene.request.source).map(Entry::kind)
}

fn target_is_folder(scene: &Scene) -> bool {
    let target = scene.request.target.as_str();
    target == "/" || scene.tree.get(target) == Some(&Entry::Folder)
}

/// Returns whether an item is the source or the target, or one of them is below it.
fn holds_an_end(scene: &Scene, path: &str) -> bool {
    [&scene.request.source, &scene.request.target].into_iter().any(|end| is_at_or_below(end, path))
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
