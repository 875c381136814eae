//! Checks that a correct copier keeps all properties, and that each injected fault breaks one with the smallest tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use drivesim::item::ItemKind;
use drivesim::profile::Case;
use drivesim::{Conflict, Profile};

use super::preconditions::level_in;
use super::tree::join;
use super::*;

mod naive;

/// A fault of the copier in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    LosesEmptyFolders,
    OverwritesOnFail,
    RefusesButDeletes,
    SwapsContents,
    ShoutsInTheSource,
    MovesTheSource,
    ForgetsTheSibling,
    CopiesFoldersAsFiles,
    StopsAtDepth(usize),
    StopsAfter(usize),
    TrimsNames,
    IgnoresTheName,
    LeavesATemporaryFile,
    SharesBytes,
    ReportsTheSourceName,
    ReportsHalfTheSize,
    OnlyOnce,
    RefusesCopiesOfCopies,
    MergesFolders,
    KeepsTheReplaced,
    RenamesTheHolder,
    CountsFromTwo,
    NumbersFreeNames,
    IgnoresBehaviours,
    MistakesCase,
    CopiesIntoItself,
    TakesAnyName,
    MakesTheMissing,
    TakesFilesAsFolders,
    Panics,
}

/// A copier in memory, which is correct except for one fault.
struct Memory {
    tree: Tree,
    profile: Profile,
    wrong: Wrong,
    copies: BTreeMap<String, String>,
}

impl Memory {
    fn new(profile: &Profile, wrong: Wrong) -> Memory {
        Memory { tree: Tree::default(), profile: profile.clone(), wrong, copies: BTreeMap::new() }
    }

    fn kind(&self, path: &str) -> Option<ItemKind> {
        if path == "/" { Some(ItemKind::Folder) } else { self.tree.get(path).map(Entry::kind) }
    }

    fn holder(&self, folder: &str, name: &str) -> Option<String> {
        let same = |other: &&str| match (self.wrong, self.profile.names.case) {
            (Wrong::MistakesCase, Case::Folded) => *other == name,
            (Wrong::MistakesCase, Case::Sensitive) => other.eq_ignore_ascii_case(name),
            _ => self.profile.names.same(other, name),
        };
        self.tree.names(folder).find(same).map(|name| join(folder, name))
    }

    /// Checks a request and returns the name of the copy.
    fn resolve_name(&mut self, it: &CopyRequest, kind: ItemKind) -> Outcome<String> {
        let offers = self.profile.copy_conflicts.offers(it.conflict);
        if !offers && self.wrong != Wrong::IgnoresBehaviours {
            return Err("the behavior is not offered".into());
        }
        match self.kind(&it.target) {
            None if self.wrong == Wrong::MakesTheMissing => self.tree.insert(&it.target, Entry::Folder),
            None => return Err("no target".into()),
            Some(ItemKind::File) if self.wrong != Wrong::TakesFilesAsFolders => return Err("a file".into()),
            Some(_) => {}
        }
        let below = format!("{}/", it.source);
        let is_inside = it.target == it.source || it.target.starts_with(&below);
        if is_inside && self.wrong != Wrong::CopiesIntoItself {
            return Err("into itself".into());
        }
        let name = it.wanted_name().to_owned();
        if self.wrong != Wrong::TakesAnyName {
            self.profile.names.check(&name, kind, level_in(&it.target)).map_err(|_| "a bad name")?;
        }
        let free = |number: u64| {
            let rules = &self.profile.names;
            rules.with_number(&rules.name(&name), kind, number, self.profile.copy_suffix).to_string()
        };
        let Some(holder) = self.holder(&it.target, &name) else {
            let is_numbered = self.wrong == Wrong::NumbersFreeNames && it.conflict == Conflict::Rename;
            return Ok(if is_numbered { free(1) } else { name });
        };
        let both = [Some(kind), self.kind(&holder)];
        match it.conflict {
            Conflict::Fail if self.wrong == Wrong::OverwritesOnFail => {
                self.tree = self.tree.without(&holder);
                Ok(name)
            }
            Conflict::Replace if self.wrong == Wrong::KeepsTheReplaced => Ok(name),
            Conflict::Replace if both == [Some(ItemKind::File); 2] => {
                self.tree = self.tree.without(&holder);
                Ok(name)
            }
            Conflict::Replace if self.wrong == Wrong::MergesFolders => Ok(name),
            Conflict::Rename => {
                let first = if self.wrong == Wrong::CountsFromTwo { 2 } else { 1 };
                let is_free = |name: &String| {
                    let is_allowed = self.profile.names.check(name, kind, level_in(&it.target)).is_ok();
                    is_allowed && self.holder(&it.target, name).is_none()
                };
                let number = (first..).map(free).find(is_free).ok_or("no number")?;
                if self.wrong != Wrong::RenamesTheHolder {
                    return Ok(number);
                }
                let renamed = self.tree.cut(&holder, &number);
                self.tree = self.tree.without(&holder);
                self.tree.graft(&it.target, &renamed);
                Ok(name)
            }
            _ if self.wrong == Wrong::RefusesButDeletes => {
                self.tree = self.tree.without(&holder);
                Err("taken".into())
            }
            _ => Err("taken".into()),
        }
    }

    /// Returns the copy, with the fault if it concerns the items of a copy.
    fn with_fault(&self, copy: &Tree) -> Tree {
        let holds = |path: &str| copy.iter().any(|(other, _)| other.starts_with(&format!("{path}/")));
        let items = copy.iter().map(|(path, entry)| (path.to_owned(), entry.clone()));
        match self.wrong {
            Wrong::LosesEmptyFolders => {
                items.filter(|(path, entry)| *entry != Entry::Folder || holds(path)).collect()
            }
            Wrong::SwapsContents => {
                let mut files: Vec<Entry> = copy
                    .iter()
                    .map(|(_, entry)| entry.clone())
                    .filter(|entry| *entry != Entry::Folder)
                    .collect();
                let by = usize::from(!files.is_empty());
                files.rotate_left(by);
                let mut files = files.into_iter();
                let mut swapped = |entry| if entry == Entry::Folder { Some(entry) } else { files.next() };
                items.filter_map(|(path, entry)| Some((path, swapped(entry)?))).collect()
            }
            Wrong::CopiesFoldersAsFiles => {
                let file = |path: &str, entry| if holds(path) { entry } else { Entry::File(Vec::new()) };
                let file = |path: &str, entry| if entry == Entry::Folder { file(path, entry) } else { entry };
                items.map(|(path, entry)| (path.clone(), file(&path, entry))).collect()
            }
            Wrong::StopsAtDepth(depth) => {
                items.filter(|(path, _)| path.matches('/').count() <= depth).collect()
            }
            Wrong::StopsAfter(n_items) => items.take(n_items).collect(),
            Wrong::TrimsNames => {
                let trimmed = |path: &str| path.split('/').map(str::trim).collect::<Vec<_>>().join("/");
                items.map(|(path, entry)| (trimmed(&path), entry)).collect()
            }
            _ => copy.clone(),
        }
    }
}

impl Copier for Memory {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        self.tree = tree.clone();
        Ok(())
    }

    fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        assert!(self.wrong != Wrong::Panics, "out of order");
        let kind = self.kind(&it.source).filter(|_| it.source != "/").ok_or("no source")?;
        if self.wrong == Wrong::OnlyOnce && !self.copies.is_empty()
            || self.wrong == Wrong::RefusesCopiesOfCopies && self.copies.contains_key(&it.source)
        {
            return Err("not again".into());
        }
        let mut name = self.resolve_name(it, kind)?;
        if self.wrong == Wrong::IgnoresTheName {
            name = it.source.rsplit('/').next().unwrap_or_default().to_owned();
        }
        let copy = self.with_fault(&self.tree.cut(&it.source, &name));
        match self.wrong {
            Wrong::ShoutsInTheSource => {
                let loud = self.tree.cut(&it.source, "x");
                let shout = |path: &str| path.strip_prefix("/x").unwrap_or_default().to_uppercase();
                let loud = loud.iter().map(|(path, entry)| (it.source.clone() + &shout(path), entry.clone()));
                let loud: Tree = loud.collect();
                self.tree = self.tree.without(&it.source);
                self.tree.graft("/", &loud);
            }
            Wrong::MovesTheSource => self.tree = self.tree.without(&it.source),
            Wrong::ForgetsTheSibling => {
                let sibling = self.tree.names(&it.target).next().map(|name| join(&it.target, name));
                let sibling = sibling.filter(|sibling| !it.source.starts_with(sibling.as_str()));
                self.tree = sibling.map_or(self.tree.clone(), |sibling| self.tree.without(&sibling));
            }
            Wrong::LeavesATemporaryFile => self.tree.insert("/copying.tmp", Entry::File(b"x".to_vec())),
            _ => {}
        }
        self.tree.graft(&it.target, &copy);
        self.copies.insert(join(&it.target, &name), it.source.clone());
        let reports_source = self.wrong == Wrong::ReportsTheSourceName;
        Ok(Some(if reports_source {
            it.source.rsplit('/').next().unwrap_or_default().to_owned()
        } else {
            name
        }))
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Ok(self.tree.clone())
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        let mut paths = vec![path.to_owned()];
        if self.wrong == Wrong::SharesBytes {
            let twin =
                |(copy, source): (&String, &String)| Some(join(copy, path.strip_prefix(source.as_str())?));
            paths.extend(self.copies.iter().filter_map(twin));
        }
        for path in paths.into_iter().filter(|path| self.tree.get(path).is_some()).collect::<Vec<_>>() {
            self.tree = self.tree.without(&path);
            self.tree.insert(path, Entry::File(bytes.to_vec()));
        }
        Ok(())
    }

    fn size(&mut self, path: &str) -> Outcome<u64> {
        let size = self.tree.cut(path, "x").n_bytes();
        let is_half = self.wrong == Wrong::ReportsHalfTheSize && self.copies.contains_key(path);
        Ok(if is_half { size / 2 } else { size })
    }
}

fn report_of(wrong: Wrong) -> Report {
    Check::new(Profile::PLAIN).find(|| Memory::new(&Profile::PLAIN, wrong))
}

#[test]
fn a_correct_copier_keeps_all_properties_of_each_profile() {
    for profile in Profile::ALL {
        let report = Check::new(profile.clone()).seed(7).run(|| Memory::new(&profile, Wrong::Nothing));
        let n_skipped = if profile.copy_conflicts.replace { 1 } else { 4 };
        assert_eq!(report.skipped.len(), n_skipped, "{report}");
    }
}

/// A fault, a property that it breaks, and the smallest start and last call.
type Row = (Wrong, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    (Wrong::LosesEmptyFolders, "empty_folders_are_copied", "a/\nto/\n", "copy /a into /to, conflict: fail"),
    (Wrong::LosesEmptyFolders, "paths_are_kept", "a/\nto/\n", "copy /a into /to, conflict: fail"),
    (
        Wrong::OverwritesOnFail,
        "fail_refuses_a_taken_name",
        "a\nto/\n  a\n",
        "copy /a into /to, conflict: fail",
    ),
    (
        Wrong::RefusesButDeletes,
        "fail_refuses_a_taken_name",
        "a\nto/\n  a\n",
        "copy /a into /to, conflict: fail",
    ),
    (
        Wrong::SwapsContents,
        "contents_are_kept",
        "a/\n  a\n  b = \"x\"\nto/\n",
        "copy /a into /to, conflict: fail",
    ),
    (Wrong::ShoutsInTheSource, "the_source_stays", "a/\n  b\nto/\n", "copy /a into /to, conflict: fail"),
    (Wrong::MovesTheSource, "the_source_stays", "a\nto/\n", "copy /a into /to, conflict: fail"),
    (Wrong::ForgetsTheSibling, "all_else_stays", "a\nto/\n  b\n", "copy /a into /to, conflict: fail"),
    (Wrong::CopiesFoldersAsFiles, "kinds_are_kept", "a/\nto/\n", "copy /a into /to, conflict: fail"),
    (
        Wrong::StopsAtDepth(3),
        "deep_chains_are_copied",
        "a/\n  a/\n    a/\n      a\nto/\n",
        "copy /a into /to, conflict: fail",
    ),
    (
        Wrong::IgnoresTheName,
        "a_copy_has_the_given_name",
        "a\nto/\n",
        "copy /a into /to as \"b\", conflict: fail",
    ),
    (Wrong::LeavesATemporaryFile, "no_item_is_lost_or_added", "a\nto/\n", "copy /a into /to, conflict: fail"),
    (Wrong::LeavesATemporaryFile, "sizes_add_up", "a\nto/\n", "copy /a into /to, conflict: fail"),
    (Wrong::SharesBytes, "a_copy_is_independent", "a\nto/\n", "write 7 bytes to /a"),
    (
        Wrong::ReportsTheSourceName,
        "the_name_is_reported",
        "a\nto/\n",
        "copy /a into /to as \"b\", conflict: fail",
    ),
    (
        Wrong::ReportsHalfTheSize,
        "reported_sizes_add_up",
        "a = \"x\"\nto/\n",
        "copy /a into /to, conflict: fail",
    ),
    (
        Wrong::OnlyOnce,
        "a_copy_may_be_made_again",
        "a\nto/\n",
        "copy /a into /to as \"second\", conflict: fail",
    ),
    (
        Wrong::RefusesCopiesOfCopies,
        "a_copy_of_a_copy_is_the_same",
        "a\nto/\n",
        "copy /to/a into /to as \"second\", conflict: fail",
    ),
    (
        Wrong::MergesFolders,
        "replace_fails_with_folders",
        "a\nto/\n  a/\n",
        "copy /a into /to, conflict: replace",
    ),
    (
        Wrong::KeepsTheReplaced,
        "replace_leaves_one_file",
        "a\nto/\n  a\n",
        "copy /a into /to, conflict: replace",
    ),
    (Wrong::RenamesTheHolder, "rename_keeps_both", "a\nto/\n  a\n", "copy /a into /to, conflict: rename"),
    (
        Wrong::CountsFromTwo,
        "rename_takes_the_lowest_free_number",
        "a\nto/\n  a\n",
        "copy /a into /to, conflict: rename",
    ),
    (Wrong::NumbersFreeNames, "a_free_name_is_kept", "a\nto/\n", "copy /a into /to, conflict: rename"),
    (
        Wrong::MistakesCase,
        "another_case_is_as_the_profile_says",
        "a\nto/\n  A\n",
        "copy /a into /to, conflict: fail",
    ),
    (
        Wrong::CopiesIntoItself,
        "a_folder_is_not_copied_into_itself",
        "a/\n",
        "copy /a into /a, conflict: fail",
    ),
    (
        Wrong::TakesAnyName,
        "a_refused_name_changes_nothing",
        "a\nto/\n",
        "copy /a into /to as \"\", conflict: fail",
    ),
    (
        Wrong::MakesTheMissing,
        "a_missing_target_is_refused",
        "a\nto/\n",
        "copy /a into /to/second, conflict: fail",
    ),
    (
        Wrong::TakesFilesAsFolders,
        "a_file_cannot_be_the_target",
        "a\nto/\n",
        "copy /a into /to/second, conflict: fail",
    ),
    (Wrong::Panics, "a_missing_source_is_refused", "a\nto/\n", "copy /to/second into /to, conflict: fail"),
];

#[test]
fn each_fault_breaks_its_property_with_the_smallest_tree() {
    let mut others = Vec::new();
    for &(wrong, name, start, call) in ROWS {
        for seed in 1..=2 {
            let check = Check::new(Profile::PLAIN).only(&[name]).seed(seed);
            let report = check.find(|| Memory::new(&Profile::PLAIN, wrong));
            let smallest = report
                .broken
                .iter()
                .map(|failure| (failure.start.to_string(), failure.calls.last().cloned()));
            let smallest: Vec<_> = smallest.collect();
            if smallest != [(start.to_owned(), Some(call.to_owned()))] {
                others.push(format!("{wrong:?}, {name}, seed {seed}: {report}"));
            }
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n\n"));
}

#[test]
fn each_property_is_broken_by_some_fault() {
    let mut broken: BTreeSet<&str> = ROWS.iter().map(|&(_, name, ..)| name).collect();
    let wide = Check::new(Profile::PLAIN).find(|| Memory::new(&Profile::PLAIN, Wrong::StopsAfter(200)));
    let [failure] = &wide.broken[..] else { panic!("only a wide folder shows it: {wide}") };
    assert_eq!((failure.property.name, failure.start.len()), ("wide_folders_are_copied", 202), "{failure}");
    broken.insert(failure.property.name);
    // Each drawn folder is as wide as the property requires, also the first one.
    let first = Check::new(Profile::PLAIN).cases(1).only(&["wide_folders_are_copied"]);
    let first = first.find(|| Memory::new(&Profile::PLAIN, Wrong::StopsAfter(300)));
    assert_eq!(first.broken.len(), 1, "{first}");
    // Trimming may change the name of the source or of an item in it.
    let odd = Check::new(Profile::PLAIN).only(&["odd_names_are_kept"]);
    let odd = odd.find(|| Memory::new(&Profile::PLAIN, Wrong::TrimsNames));
    let [failure] = &odd.broken[..] else { panic!("{odd}") };
    assert!((2..=3).contains(&failure.start.len()), "{failure}");
    broken.insert(failure.property.name);
    let check = Check::new(Profile::PERSONAL).only(&["behaviors_not_offered_are_refused"]);
    let ignored = check.find(|| Memory::new(&Profile::PERSONAL, Wrong::IgnoresBehaviours));
    broken.extend(ignored.broken.iter().map(|failure| failure.property.name));
    let all: BTreeSet<&str> = properties().iter().map(|property| property.name).collect();
    assert_eq!(broken, all);
}

#[test]
fn a_failure_prints_the_tree_the_calls_and_the_difference() {
    let report = Check::new(Profile::PLAIN).only(&["empty_folders_are_copied"]);
    let report = report.find(|| Memory::new(&Profile::PLAIN, Wrong::LosesEmptyFolders));
    assert_eq!(
        report.to_string(),
        "empty_folders_are_copied is broken: A folder with nothing in it is copied.\n  \
         (source: [driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy), \
         [Box: copy folder](https://developer.box.com/reference/post-folders-id-copy))\n\
         a plain drive that holds\n    a/\n    to/\n\
         copy /a into /to, conflict: fail\n\
         must be true: the copy is what its source is\n\
         expected\n    a/\n\
         found\n    (nothing)\n\n\
         0 properties kept, 1 broken, 0 not checked"
    );
}

#[test]
fn a_panic_of_the_copier_is_reported_with_its_message() {
    let report = report_of(Wrong::Panics);
    assert!(report.broken.iter().any(|failure| failure.found == "a panic: out of order"), "{report}");
}

#[test]
fn a_panic_while_creating_a_copier_is_reported_with_its_message() {
    let report = Check::new(Profile::PLAIN).cases(2).find(|| -> Memory { panic!("no storage") });
    assert!(report.kept.is_empty(), "{report}");
    assert_eq!(report.skipped.len(), 1, "the profile offers all behaviors: {report}");
    for failure in &report.broken {
        assert_eq!((&*failure.what, &*failure.found), ("the copier is created", "a panic: no storage"));
    }
    assert!(!report.to_string().contains("Scene"), "{report}");
}

#[test]
fn a_later_panic_while_creating_a_copier_is_reported() {
    let n_made = std::cell::Cell::new(0);
    let make = || {
        n_made.set(n_made.get() + 1);
        assert!(n_made.get() < 20, "out of storage");
        Memory::new(&Profile::PLAIN, Wrong::Nothing)
    };
    let report = Check::new(Profile::PLAIN).only(&["paths_are_kept"]).find(make);
    let found: Vec<&str> = report.broken.iter().map(|failure| &*failure.found).collect();
    assert_eq!(found, ["a panic: out of storage"]);
}

/// Panics when it is dropped.
struct Dropped(Memory);

impl Drop for Dropped {
    fn drop(&mut self) {
        assert!(self.0.tree.is_empty(), "dropped too soon");
    }
}

impl Copier for Dropped {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        self.0.populate(tree)
    }

    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>> {
        self.0.copy(request)
    }

    fn tree(&mut self) -> Outcome<Tree> {
        self.0.tree()
    }
}

#[test]
#[should_panic(expected = "paths_are_kept: dropped too soon")]
fn a_panic_outside_of_calls_is_passed_on() {
    let check = Check::new(Profile::PLAIN).only(&["paths_are_kept"]);
    println!("{}", check.find(|| Dropped(Memory::new(&Profile::PLAIN, Wrong::Nothing))));
}

/// A copier that supports little.
struct Lazy(Memory);

impl Copier for Lazy {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        self.0.populate(tree)
    }

    fn copy(&mut self, request: &CopyRequest) -> Outcome<Option<String>> {
        if request.conflict != Conflict::Fail {
            return Err(Unsupported("conflict behaviors").into());
        }
        self.0.copy(request).map(|_| None)
    }

    fn tree(&mut self) -> Outcome<Tree> {
        self.0.tree()
    }
}

#[test]
fn properties_that_a_copier_does_not_support_are_reported_as_skipped() {
    let report = Check::new(Profile::PLAIN).run(|| Lazy(Memory::new(&Profile::PLAIN, Wrong::Nothing)));
    let skipped: Vec<&str> = report.skipped.iter().map(|(name, _)| *name).collect();
    let expected = [
        "reported_sizes_add_up",
        "the_name_is_reported",
        "a_copy_is_independent",
        "replace_leaves_one_file",
        "replace_fails_with_folders",
        "rename_keeps_both",
        "rename_takes_the_lowest_free_number",
        "a_free_name_is_kept",
        "behaviors_not_offered_are_refused",
    ];
    assert_eq!(skipped, expected);
    assert!(
        report.to_string().contains("a_copy_is_independent: the copier does not support `write`"),
        "{report}"
    );
}

#[test]
#[should_panic(expected = "no property was checked")]
fn a_check_of_nothing_fails() {
    let check = Check::new(Profile::PLAIN).only(&["a_copy_is_independent"]);
    println!("{}", check.run(|| Lazy(Memory::new(&Profile::PLAIN, Wrong::Nothing))));
}

#[test]
#[should_panic(expected = "cases(0) checks nothing")]
fn a_check_of_no_scenes_fails() {
    Check::new(Profile::PLAIN).cases(0);
}

/// A copier that supports nothing.
struct Idle;

impl Copier for Idle {
    fn populate(&mut self, _: &Tree) -> Outcome {
        Ok(())
    }

    fn copy(&mut self, _: &CopyRequest) -> Outcome<Option<String>> {
        Err(Unsupported("copies").into())
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Err(Unsupported("listings").into())
    }
}

#[test]
#[should_panic(expected = "paths_are_kept: the copier does not support `listings`")]
fn tests_of_a_copier_that_supports_nothing_fail() {
    Check::new(Profile::PLAIN).run_any(|| Idle);
}

#[test]
fn tests_of_a_copier_that_supports_little_pass() {
    let check = Check::new(Profile::PLAIN).only(&["a_copy_is_independent", "paths_are_kept"]);
    check.run_any(|| Lazy(Memory::new(&Profile::PLAIN, Wrong::Nothing)));
    // Properties that were not chosen are not run, though they would fail.
    check.run_one("kinds_are_kept", || Memory::new(&Profile::PLAIN, Wrong::Panics));
}

#[test]
#[should_panic(expected = "paths_are_kept is broken")]
fn tests_of_chosen_properties_are_run() {
    let check = Check::new(Profile::PLAIN).only(&["paths_are_kept"]);
    check.run_one("paths_are_kept", || Memory::new(&Profile::PLAIN, Wrong::Panics));
}

fn kept_with(names: impl Fn(&str) -> bool + Send + Sync + Clone + 'static) -> Report {
    let check = Check::new(Profile::BUSINESS).cases(8).names(names.clone());
    println!("{}", check.run(|| Memory::new(&Profile::BUSINESS, Wrong::Nothing)));
    Check::new(Profile::PLAIN).cases(8).names(names).run(|| Memory::new(&Profile::PLAIN, Wrong::Nothing))
}

/// Returns the properties that need other names than the accepted ones.
fn without_names(report: &Report) -> Vec<&'static str> {
    let why = "no names that this property needs are accepted";
    report.skipped.iter().filter(|(_, reason)| reason == why).map(|(name, _)| *name).collect()
}

const CASE: &str = "another_case_is_as_the_profile_says";

#[test]
fn lower_case_names_suffice_for_all_properties_but_that_of_other_case() {
    let report = kept_with(|name| name.bytes().all(|byte| byte.is_ascii_lowercase()));
    assert_eq!((without_names(&report), report.skipped.len()), (vec![CASE], 2), "{report}");
}

#[test]
fn names_with_one_suffix_suffice_for_all_properties_but_that_of_other_case() {
    let report = kept_with(|name| name.ends_with(".txt"));
    assert_eq!((without_names(&report), report.skipped.len()), (vec![CASE], 2), "{report}");
}

#[test]
fn names_with_one_prefix_suffice_for_all_properties_but_that_of_other_case() {
    let report = kept_with(|name| name.starts_with("test_"));
    assert_eq!((without_names(&report), report.skipped.len()), (vec![CASE], 2), "{report}");
}

#[test]
fn few_names_suffice() {
    let report = kept_with(|name| ["a", "b", "A"].contains(&name));
    assert_eq!((without_names(&report), report.skipped.len()), (vec![], 1), "{report}");
}

#[test]
#[should_panic(expected = "paths_are_kept: no names that this property needs are accepted")]
fn nothing_is_checked_if_no_name_is_accepted() {
    println!("{}", kept_with(|_| false));
}

#[test]
#[should_panic(expected = "no property has the name \"the_source_moves\"; there are: paths_are_kept, ")]
fn an_unknown_property_is_reported_with_the_known_ones() {
    Check::new(Profile::PLAIN).skip(&["the_source_moves"]);
}

/// A copier of folders of the file system.
struct Files(tempfile::TempDir);

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        return std::fs::copy(from, to).map(drop);
    }
    std::fs::create_dir(to)?;
    std::fs::read_dir(from)?.try_for_each(|found| {
        let found = found?;
        copy_all(&found.path(), &to.join(found.file_name()))
    })
}

impl Copier for Files {
    fn populate(&mut self, tree: &Tree) -> Outcome {
        Ok(tree.write_dir(&self.0)?)
    }

    fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
        let (from, target) = (self.0.path().join(&it.source[1..]), self.0.path().join(&it.target[1..]));
        if !target.is_dir() || !from.exists() || target.starts_with(&from) {
            return Err("no such copy".into());
        }
        let kind = if from.is_dir() { ItemKind::Folder } else { ItemKind::File };
        let mut name = it.wanted_name().to_owned();
        if ["", ".", ".."].contains(&&*name) || name.contains(['/', '\0']) {
            return Err("no name".into());
        }
        let to = target.join(&name);
        match it.conflict {
            _ if !to.exists() => {}
            Conflict::Replace if !to.is_dir() && kind == ItemKind::File => std::fs::remove_file(&to)?,
            Conflict::Rename => {
                let suffix = Profile::PLAIN.copy_suffix;
                let (rules, wanted) = (Profile::PLAIN.names, Profile::PLAIN.names.name(it.wanted_name()));
                let numbered = |number| rules.with_number(&wanted, kind, number, suffix).to_string();
                let is_free = |name: &String| !target.join(name).exists();
                name = (1..).map(numbered).find(is_free).ok_or("no number")?;
            }
            _ => return Err("taken".into()),
        }
        copy_all(&from, &target.join(&name))?;
        Ok(Some(name))
    }

    fn tree(&mut self) -> Outcome<Tree> {
        Ok(Tree::read_dir(&self.0)?)
    }

    fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
        Ok(std::fs::write(self.0.path().join(&path[1..]), bytes)?)
    }
}

fn files() -> Files {
    Files(tempfile::tempdir().unwrap())
}

/// Other systems have other rules for file names and need their own profile.
#[cfg(target_os = "linux")]
mod of_the_file_system {
    use super::*;

    crate::copy_property_tests!(
        plain,
        Check::new(Profile::PLAIN).cases(16).names(|name| name.len() < 100),
        files
    );

    #[test]
    fn the_tests_are_all_properties() {
        let names: Vec<&str> = properties().iter().map(|property| property.name).collect();
        assert_eq!(plain::NAMES, names);
    }

    /// Creates links instead of copies: a write to one changes the other.
    struct Linked(Files);

    impl Copier for Linked {
        fn populate(&mut self, tree: &Tree) -> Outcome {
            self.0.populate(tree)
        }

        fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
            let (from, to) = (it.source[1..].to_owned(), join(&it.target, it.wanted_name()));
            if self.0.tree()?.get(&it.source) == Some(&Entry::Folder) {
                return self.0.copy(it);
            }
            std::fs::hard_link(self.0.0.path().join(from), self.0.0.path().join(&to[1..]))?;
            Ok(None)
        }

        fn tree(&mut self) -> Outcome<Tree> {
            self.0.tree()
        }

        fn write(&mut self, path: &str, bytes: &[u8]) -> Outcome {
            self.0.write(path, bytes)
        }
    }

    #[test]
    fn a_copier_that_links_files_is_detected() {
        let check = Check::new(Profile::PLAIN).cases(16).only(&["the_source_stays", "a_copy_is_independent"]);
        let report = check.find(|| Linked(files()));
        let [failure] = &report.broken[..] else { panic!("{report}") };
        assert_eq!(failure.what, "/to/a does not change when /a does");
        assert_eq!(failure.start.to_string(), "a\nto/\n");
    }
}
