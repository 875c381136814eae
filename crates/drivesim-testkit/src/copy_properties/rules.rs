//! Checks each property on one scene; `table.rs` lists the properties.

use drivesim::item::ItemKind;
use drivesim::profile::Case;

use super::copier::CopyRequest;
use super::preconditions::level_in;
use super::scenes::number_of;
use super::setting::Scene;
use super::stage::{CaseEnd, CaseResult, CaseRun, broken, same};
use super::tree::{Entry, Tree, join};

/// Populates the storage and makes the copy of a scene. Returns the expected and the actual copy, both under its name.
fn copied(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult<(Tree, Tree)> {
    stage.populate(&scene.tree)?;
    stage.copies(&scene.request)?;
    Ok((scene.expected(), stage.now.cut(&scene.copy_path(), scene.request.wanted_name())))
}

/// Asserts that two trees agree in one aspect.
fn same_part<T: PartialEq>(what: &str, expected: &Tree, found: &Tree, part: fn(&Tree) -> T) -> CaseResult {
    if part(expected) == part(found) { Ok(()) } else { same(what, expected, found) }
}

fn paths(tree: &Tree) -> Vec<String> {
    tree.iter().map(|(path, _)| path.to_owned()).collect()
}

fn kinds(tree: &Tree) -> Vec<(String, ItemKind)> {
    tree.iter().map(|(path, entry)| (path.to_owned(), entry.kind())).collect()
}

pub(super) fn paths_are_kept(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, found) = copied(stage, scene)?;
    same_part("the copy has the names of its source, in the same folders", &expected, &found, paths)
}

pub(super) fn kinds_are_kept(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, found) = copied(stage, scene)?;
    same_part("files are copied as files, folders as folders", &expected, &found, kinds)
}

pub(super) fn the_copy_is_the_source(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, found) = copied(stage, scene)?;
    same("the copy is what its source is", &expected, &found)
}

pub(super) fn bears_its_name(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (_, found) = copied(stage, scene)?;
    if !found.is_empty() {
        return Ok(());
    }
    broken("the copy has its name", scene.copy_path(), format!("{:?}", stage.now))
}

pub(super) fn the_source_stays(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    copied(stage, scene)?;
    let source = &scene.request.source;
    let name = source.rsplit('/').next().unwrap_or_default();
    same("the source is as it was", &scene.tree.cut(source, name), &stage.now.cut(source, name))
}

pub(super) fn all_else_stays(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    copied(stage, scene)?;
    same("without the copy, all is as it was", &scene.tree, &stage.now.without(&scene.copy_path()))
}

pub(super) fn items_add_up(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, _) = copied(stage, scene)?;
    let (n_expected, n_found) = (scene.tree.len() + expected.len(), stage.now.len());
    if n_found == n_expected {
        return Ok(());
    }
    broken("as many items are there as before and in the source", n_expected.to_string(), n_found.to_string())
}

pub(super) fn sizes_add_up(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, _) = copied(stage, scene)?;
    let (n_expected, n_found) = (scene.tree.n_bytes() + expected.n_bytes(), stage.now.n_bytes());
    if n_found == n_expected {
        return Ok(());
    }
    broken("as many bytes are there as before and in the source", n_expected.to_string(), n_found.to_string())
}

pub(super) fn reported_sizes_add_up(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    copied(stage, scene)?;
    let now = stage.now.clone();
    for (path, _) in now.iter() {
        stage.has_size(path, now.cut(path, "x").n_bytes())?;
    }
    Ok(())
}

pub(super) fn the_name_is_reported(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    stage.populate(&scene.tree)?;
    let reported = stage.copies(&scene.request)?.ok_or(CaseEnd::Unsupported("reported name"))?;
    if reported == scene.request.wanted_name() {
        return Ok(());
    }
    broken("the copier reports the name of the copy", scene.request.wanted_name(), reported)
}

pub(super) fn again(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let (expected, first) = copied(stage, scene)?;
    let request = CopyRequest { name: Some(scene.second.clone()), ..scene.request.clone() };
    stage.copies(&request)?;
    let wanted = request.wanted_name();
    let second = join(&request.target, wanted);
    same(
        "the second copy is what the source is",
        &scene.tree.cut(&request.source, wanted),
        &stage.now.cut(&second, wanted),
    )?;
    let now = stage.now.cut(&scene.copy_path(), scene.request.wanted_name());
    same("the first copy is what it was", &first, &now)?;
    same("the first copy is what the source is", &expected, &now)
}

pub(super) fn copy_of_the_copy(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    copied(stage, scene)?;
    let request =
        CopyRequest { source: scene.copy_path(), name: Some(scene.second.clone()), ..scene.request.clone() };
    stage.copies(&request)?;
    let second = join(&request.target, &scene.second);
    let expected = scene.tree.cut(&scene.request.source, &scene.second);
    same("the copy of the copy is what the source is", &expected, &stage.now.cut(&second, &scene.second))
}

pub(super) fn independent(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    copied(stage, scene)?;
    let source = scene.request.source.as_str();
    let below = format!("{source}/");
    let in_source = |path: &str| path == source || path.starts_with(&below);
    let file = scene.tree.iter().find(|(path, entry)| in_source(path) && **entry != Entry::Folder);
    let Some((file, _)) = file else { return Ok(()) };
    let twin = join(&scene.copy_path(), file.strip_prefix(source).unwrap_or_default());
    for (written, other, bytes) in [(file, &*twin, "changed"), (&*twin, file, "changed again")] {
        let before = stage.now.get(other).cloned();
        stage.writes(written, bytes.as_bytes())?;
        if stage.now.get(other) != before.as_ref() {
            let print = |entry: Option<&Entry>| match entry {
                Some(entry) => format!("{:?}", [(other, entry.clone())].into_iter().collect::<Tree>()),
                None => "nothing".to_owned(),
            };
            let what = format!("{other} does not change when {written} does");
            return broken(what, print(before.as_ref()), print(stage.now.get(other)));
        }
    }
    Ok(())
}

pub(super) fn is_refused(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    stage.populate(&scene.tree)?;
    stage.refuses(&scene.request)
}

pub(super) fn replaced(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    stage.populate(&scene.tree)?;
    stage.copies(&scene.request)?;
    let mut expected = scene.tree.without(&scene.copy_path());
    expected.graft(&scene.request.target, &scene.expected());
    same(
        "one file has the name, with the bytes of the source, and all else is as it was",
        &expected,
        &stage.now,
    )
}

/// Makes the copy of a scene whose name is taken. Returns its name, which must be new.
fn renamed(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult<String> {
    stage.populate(&scene.tree)?;
    let reported = stage.copies(&scene.request)?;
    let target = &scene.request.target;
    let before: Vec<&str> = scene.tree.names(target).collect();
    let new: Vec<&str> = stage.now.names(target).filter(|name| !before.contains(name)).collect();
    let [new] = new[..] else {
        return broken(
            "one item with a new name is in the target",
            "one",
            format!("{}: {:?}", new.len(), stage.now),
        );
    };
    match reported {
        Some(reported) if reported != new => broken("the copier reports the name of the copy", new, reported),
        _ => Ok(new.to_owned()),
    }
}

pub(super) fn both_are_kept(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let name = renamed(stage, scene)?;
    let path = join(&scene.request.target, &name);
    same("without the copy, all is as it was", &scene.tree, &stage.now.without(&path))?;
    let expected = scene.tree.cut(&scene.request.source, &name);
    same("the copy is what its source is but for its name", &expected, &stage.now.cut(&path, &name))
}

pub(super) fn lowest_free_number(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let name = renamed(stage, scene)?;
    let (rules, target) = (stage.profile.names.clone(), &scene.request.target);
    let kind = scene.tree.get(&scene.request.source).map_or(ItemKind::File, Entry::kind);
    let is_free = |name: &String| {
        rules.check(name, kind, level_in(target)).is_ok()
            && !scene.tree.names(target).any(|other| rules.same(other, name))
    };
    let expected = (1..).map(|number| number_of(stage.profile, scene, number)).find(is_free);
    match expected {
        Some(expected) if expected != name => {
            broken("the copy has the lowest number that is free", expected, name)
        }
        _ => Ok(()),
    }
}

pub(super) fn other_case(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    match stage.profile.names.case {
        Case::Folded => is_refused(stage, scene),
        Case::Sensitive => all_else_stays(stage, scene),
    }
}

pub(super) fn missing_source(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    stage.populate(&scene.tree)?;
    let source = join(&scene.request.target, &scene.second);
    stage.refuses(&CopyRequest { source, ..scene.request.clone() })
}

pub(super) fn missing_target(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    stage.populate(&scene.tree)?;
    let target = join(&scene.request.target, &scene.second);
    stage.refuses(&CopyRequest { target, ..scene.request.clone() })
}

pub(super) fn file_as_target(stage: &mut CaseRun<'_>, scene: &Scene) -> CaseResult {
    let mut tree = scene.tree.clone();
    let target = join(&scene.request.target, &scene.second);
    tree.insert(&target, Entry::File(Vec::new()));
    stage.populate(&tree)?;
    stage.refuses(&CopyRequest { target, ..scene.request.clone() })
}
