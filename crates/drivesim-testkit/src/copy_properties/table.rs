//! Lists the properties: definition, source, scenes and check of each.

use drivesim::{Conflict, Profile};

use super::preconditions;
use super::rules;
use super::scenes;
use super::setting::{Scene, Scenes, Setting};
use super::stage::{CaseResult, CaseRun};

/// A property of code that copies.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Property {
    /// Its name, which is also that of its test.
    pub name: &'static str,
    /// What holds for a copier that has the property, in one sentence.
    pub says: &'static str,
    /// The page or definition that it comes from.
    pub source: &'static str,
    /// Why a profile does not have the property; `None` if it does.
    pub(super) missing: fn(&Profile) -> Option<&'static str>,
    pub(super) scenes: fn(&Setting) -> Scenes,
    /// Whether a scene meets the precondition of the property; a smaller scene that does not is not a counterexample.
    pub(super) precondition: fn(&Setting, &Scene) -> bool,
    pub(super) check: fn(&mut CaseRun<'_>, &Scene) -> CaseResult,
}

const MEANING: &str = "the meaning of a copy";
const COPY: &str = "[driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy), \
    [Box: copy folder](https://developer.box.com/reference/post-folders-id-copy)";
const CONFLICTS: &str = "[driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy)";

fn always(_: &Profile) -> Option<&'static str> {
    None
}

fn if_replaces(profile: &Profile) -> Option<&'static str> {
    (!profile.copy_conflicts.offers(Conflict::Replace)).then_some("the profile does not offer replace")
}

fn if_renames(profile: &Profile) -> Option<&'static str> {
    (!profile.copy_conflicts.offers(Conflict::Rename)).then_some("the profile does not offer rename")
}

fn if_not_all(profile: &Profile) -> Option<&'static str> {
    let offers_all = if_replaces(profile).or(if_renames(profile)).is_none();
    offers_all.then_some("the profile offers all behaviors")
}

/// Creates the rows of the table.
macro_rules! table {
    ($($name:ident: $says:literal, $source:expr, $missing:ident, $scenes:ident, $precondition:ident, $check:ident;)+) => {
        const TABLE: &[Property] = &[$(Property {
            name: stringify!($name),
            says: $says,
            source: $source,
            missing: $missing,
            scenes: scenes::$scenes,
            precondition: preconditions::$precondition,
            check: rules::$check,
        }),+];
    };
}

table! {
    paths_are_kept: "A copy has the names of its source at every depth, each in the same folder.",
        COPY, always, any_copy, any_copy, paths_are_kept;
    kinds_are_kept: "Files are copied as files and folders as folders.",
        MEANING, always, folder_copy, folder_copy, kinds_are_kept;
    contents_are_kept: "Each file of a copy has the bytes of the file that it is a copy of.",
        MEANING, always, any_copy, any_copy, the_copy_is_the_source;
    empty_folders_are_copied: "A folder with nothing in it is copied.",
        COPY, always, empty_folders, empty_folders, the_copy_is_the_source;
    deep_chains_are_copied: "Folders in folders, up to 59 deep, are copied down to the last file.",
        COPY, always, chains, folder_copy, the_copy_is_the_source;
    wide_folders_are_copied: "A folder of 300 files and more is copied whole.",
        COPY, always, wide_folders, folder_copy, the_copy_is_the_source;
    odd_names_are_kept: "Names that only look reserved, that have marks in them, or are as long as may be, are kept as they are.",
        "the naming rules of the profile", always, odd_names, folder_copy, the_copy_is_the_source;
    a_copy_has_the_given_name: "A copy has the name that was given, and without one that of its source.",
        COPY, always, any_copy, any_copy, bears_its_name;
    the_source_stays: "The source is the same after the copy as before.",
        MEANING, always, any_copy, any_copy, the_source_stays;
    all_else_stays: "All but the copy is the same after it as before, in the target and elsewhere.",
        MEANING, always, any_copy, any_copy, all_else_stays;
    no_item_is_lost_or_added: "As many items are added as the source has, itself included.",
        MEANING, always, any_copy, any_copy, items_add_up;
    sizes_add_up: "As many bytes are added as the source has.",
        MEANING, always, any_copy, any_copy, sizes_add_up;
    reported_sizes_add_up: "The storage reports of each folder the size of all files below it, also after a copy.",
        "[folder size of a driveItem](https://learn.microsoft.com/graph/api/resources/driveitem), \
            [Box: folder](https://developer.box.com/reference/resources/folder)", always, any_copy, any_copy, reported_sizes_add_up;
    the_name_is_reported: "The copier reports the name that the copy has.",
        MEANING, always, any_copy, any_copy, the_name_is_reported;
    a_copy_may_be_made_again: "A second copy under another name is as the first, which stays as it was.",
        MEANING, always, any_copy, with_a_second_name, again;
    a_copy_of_a_copy_is_the_same: "A copy of a copy is what the first source is.",
        MEANING, always, any_copy, with_a_second_name, copy_of_the_copy;
    a_copy_is_independent: "A change of the source after the copy does not change the copy, nor the other way round.",
        MEANING, always, with_a_file, with_a_file, independent;
    fail_refuses_a_taken_name: "With `fail`, a copy whose name is taken is refused and changes nothing.",
        COPY, always, taken, taken, is_refused;
    replace_leaves_one_file: "With `replace`, a file takes the place of a file: one has the name, with the bytes of the source.",
        CONFLICTS, if_replaces, taken_by_files, taken_by_files, replaced;
    replace_fails_with_folders: "With `replace`, a folder is neither replaced nor merged and replaces nothing: the copy is refused.",
        "folder on folder: [driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy); file on folder and \
            folder on file: *assumed*", if_replaces, taken_with_folders, taken_with_folders, is_refused;
    rename_keeps_both: "With `rename`, what has the name stays, and one item with a new name is what the source is.",
        CONFLICTS, if_renames, numbered, numbered, both_are_kept;
    rename_takes_the_lowest_free_number: "With `rename`, the new name has the lowest number that is free, put as the profile puts it.",
        "[driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy); where the number is put: *assumed*",
        if_renames, numbered, numbered, lowest_free_number;
    a_free_name_is_kept: "A name that is free is kept, whatever would be done if it were taken.",
        CONFLICTS, always, free_with_behaviors, free_with_behaviors, the_copy_is_the_source;
    behaviors_not_offered_are_refused: "A behavior that the service does not offer for copies is refused and changes nothing.",
        "[driveItem: copy](https://learn.microsoft.com/graph/api/driveitem-copy) names no behavior for personal drives; \
            that it is refused: *assumed*", if_not_all, behaviors_not_offered, behaviors_not_offered, is_refused;
    another_case_is_as_the_profile_says: "A name that differs in letter case alone is taken where the profile ignores case, and free elsewhere.",
        "[case sensitivity](https://learn.microsoft.com/onedrive/developer/rest-api/concepts/addressing-driveitems), \
            [Box: copy file](https://developer.box.com/reference/post-files-id-copy)",
        always, taken_in_another_case, taken_in_another_case, other_case;
    a_folder_is_not_copied_into_itself: "A copy of a folder into itself, or into a folder below it, is refused and changes nothing.",
        "Box: cyclical folder structure; elsewhere *assumed*", always, into_itself, into_itself, is_refused;
    a_refused_name_changes_nothing: "A new name that the profile refuses is refused and changes nothing.",
        "the naming rules of the profile", always, refused, refused, is_refused;
    a_missing_source_is_refused: "A copy of what is not there is refused and changes nothing.",
        COPY, always, any_copy, with_a_second_name, missing_source;
    a_missing_target_is_refused: "A copy into a folder that does not exist is refused and changes nothing.",
        COPY, always, any_copy, with_a_second_name, missing_target;
    a_file_cannot_be_the_target: "A copy into a file is refused and changes nothing.",
        COPY, always, any_copy, with_a_second_name, file_as_target;
}

/// Returns all properties, in the order in which they are checked.
///
/// ```
/// use drivesim_testkit::copy_properties::properties;
///
/// let names: Vec<&str> = properties().iter().map(|property| property.name).collect();
/// assert!(names.contains(&"empty_folders_are_copied"));
/// ```
pub fn properties() -> &'static [Property] {
    TABLE
}
