//! Tests what a drive promises, one named function for each promise, on any [`Subject`].
//!
//! drivesim keeps the promises, and so must each layer above it: a router, a client, another store. Write a [`Subject`]
//! for that layer, and each promise becomes a test:
//!
//! ```
//! drivesim_testkit::contract_tests!(engine, drivesim_testkit::contract::EngineSubject);
//! ```
//!
//! A broken promise prints its name, the profile and the outlines before and after. A promise is skipped, with a
//! message, if the subject does not support what it needs.
//!
//! To add a promise, write its function in the file of its topic, with a doc comment that states it, and add its name
//! to `each_promise`.

pub mod access;
mod adapters;
pub mod bin;
pub mod changing;
pub mod copying;
pub mod facts;
pub mod feed;
mod fixture;
pub mod jobs;
pub mod locks;
pub mod looking;
mod model;
pub mod names;
pub mod room;
pub mod search;
mod sim;
mod subject;
pub mod tags;
pub mod taken;
pub mod versions;
mod views;

pub use adapters::{EngineSubject, SteppedSubject};
pub use fixture::{Asked, Fixture, on_all, on_each, run};
pub use model::ModelSubject;
pub use sim::SimSubject;
pub(crate) use subject::unsupported_feature;
pub use subject::{Code, Ended, Subject, unsupported};
pub use views::{Binned, Changed, Facts, Feed, Id, Seen, SeenVersion, Tag};

/// The tree that many promises start from.
pub const TREE: &str = "a.txt = \"hi\"\n\
    Docs/\n  b.txt = \"bytes\"\n  deep/\n    c.txt = \"deep bytes\"\n    empty/\n\
    to/\n";

/// Tests all promises on a subject, each as a `#[test]` in the named module.
#[macro_export]
macro_rules! contract_tests {
    ($module:ident, $subject:ty) => {
        mod $module {
            #[allow(unused_imports, reason = "the subject may come from anywhere")]
            use super::*;

            type TheSubject = $subject;

            use $crate::contract_test;
            $crate::each_promise!(contract_test);
        }
    };
}

/// Creates a `#[test]` for each promise of a file.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_test {
    ($($file:ident: $($promise:ident)+;)+) => {
        $($(
            #[test]
            fn $promise() {
                $crate::contract::run(stringify!($promise), $crate::contract::$file::$promise::<TheSubject>);
            }
        )+)+
    };
}

/// Tests all promises on a subject, one after the other, and returns which were run and which were skipped.
///
/// # Panics
/// Panics if a promise is broken.
pub fn ask_all<S: Subject>() -> Asked {
    macro_rules! ask {
        ($($file:ident: $($promise:ident)+;)+) => {
            Asked::run_all(&[$($((stringify!($promise), $file::$promise::<S> as fn())),+),+])
        };
    }
    crate::each_promise!(ask)
}

/// Passes the names of all promises, by file, to a macro of this crate.
#[doc(hidden)]
#[macro_export]
macro_rules! each_promise {
    ($then:ident) => {
        $then! {
            copying:
                a_copied_file_has_the_name_and_bytes_of_its_source
                a_copy_reads_as_its_source
                a_copied_folder_holds_all_that_its_source_holds
                a_copied_folder_has_the_size_of_its_source
                a_copied_file_has_the_size_of_its_source
                a_copy_tells_where_it_is
                a_copy_bears_the_name_it_was_given
                a_copy_may_stand_beside_its_source
                a_copy_of_a_copy_is_the_same
                a_copy_and_its_source_are_written_apart
                a_copy_stays_when_its_source_is_deleted
                children_only_leaves_the_folder_out
                children_only_of_an_empty_folder_is_nothing
                children_only_of_a_file_is_refused
                children_only_takes_no_name
                the_root_is_not_copied
                a_folder_is_not_copied_into_itself
                a_missing_source_is_not_found
                a_missing_target_is_not_found
                a_file_is_no_target;
            taken:
                a_taken_name_is_refused
                a_copy_beside_its_source_needs_another_name
                plain_personal_and_box_refuse_a_taken_name_at_once
                business_fails_the_job_over_a_taken_name_it_was_not_given
                personal_and_box_copies_only_fail
                a_name_in_another_case_is_taken
                plain_keeps_names_apart_by_case
                replace_puts_a_file_in_place_of_a_file
                a_file_may_replace_itself
                replace_takes_no_folders
                a_free_name_is_neither_numbered_nor_replaced
                a_number_stands_before_the_extension
                a_number_stands_at_the_end_of_a_folder
                a_number_is_the_lowest_that_is_free
                a_number_that_is_freed_is_used_again
                a_number_makes_no_reserved_name
                a_long_name_is_cut_for_its_number
                children_are_settled_one_by_one;
            names:
                what_would_make_a_path_ambiguous_is_no_name
                plain_takes_any_other_name
                onedrive_refuses_its_reserved_characters_and_words
                onedrive_takes_what_only_looks_reserved
                only_business_keeps_names_of_sharepoint_for_itself
                onedrive_takes_a_tilde_before_files_only
                box_refuses_what_its_reference_names
                box_takes_what_onedrive_refuses
                box_mends_the_name_of_a_copied_file
                box_mends_no_way_around_a_taken_name
                only_box_mends_names
                a_name_has_at_most_255_units
                a_path_has_at_most_400_units_on_onedrive
                a_name_stays_as_it_was_given;
            changing:
                what_is_made_is_there
                nothing_is_made_where_it_has_no_place
                a_written_file_reads_as_it_was_written
                a_folder_is_not_written
                a_renamed_item_keeps_what_it_holds
                an_item_may_change_the_case_of_its_name
                an_item_is_not_renamed_to_a_taken_name
                a_moved_folder_takes_all_along
                a_moved_item_may_be_renamed
                nothing_is_moved_where_it_has_no_place
                a_deleted_folder_takes_all_along
                what_is_deleted_is_not_found
                the_name_of_what_is_deleted_is_free
                the_root_stays
                sizes_follow_every_change;
            looking:
                a_folder_is_listed_by_name_whatever_the_case
                an_empty_folder_lists_nothing
                only_a_folder_is_listed
                only_a_file_is_read
                a_folder_has_the_size_of_all_below_it
                what_is_not_there_is_not_found
                a_path_is_found_in_any_case_where_case_is_ignored;
            versions:
                a_new_file_has_one_version
                a_write_keeps_the_versions_before_it
                a_version_tells_who_wrote_it_and_when
                only_content_makes_a_version
                only_business_makes_a_version_of_times
                the_oldest_version_over_the_limit_goes
                plain_keeps_all_versions
                a_restored_version_is_a_new_one
                the_current_version_stays
                a_missing_version_is_not_found
                a_deleted_version_leaves_the_others
                only_box_lists_deleted_versions
                box_restores_the_name_of_a_version
                box_restores_no_version_to_a_taken_name
                a_folder_has_no_versions
                versions_come_back_from_the_bin
                a_copy_takes_the_current_version_along
                a_copy_may_be_of_an_earlier_version
                a_copy_needs_the_version_it_names
                a_copy_may_take_all_versions
                copied_versions_are_changed_apart
                a_copy_of_all_versions_has_what_its_drive_keeps;
            facts:
                what_is_made_tells_who_made_it_and_when
                a_write_tells_who_wrote_and_when
                a_renamed_file_keeps_the_times_of_its_content
                only_business_dates_moved_content_anew
                only_box_dates_folders_by_their_changes
                a_change_below_is_none_of_the_folder
                a_change_of_a_folder_is_none_of_what_is_below
                a_restored_item_tells_who_restored_it
                a_copy_tells_who_asked_for_it
                only_box_copies_keep_the_times_of_content
                only_box_copies_keep_descriptions
                times_of_content_are_set
                only_business_dates_an_item_by_its_content
                times_of_items_are_set_on_plain_drives_only
                several_facts_change_in_one_step_or_none
                a_description_is_kept_until_it_is_taken_away
                a_box_description_has_at_most_255_units;
            tags:
                every_change_of_an_item_moves_its_etag
                what_changes_nothing_moves_no_tag
                the_ctag_of_a_file_moves_with_its_content_only
                a_deleted_version_moves_no_tag
                personal_folders_have_a_ctag_of_all_below
                a_move_on_personal_moves_the_ctags_at_both_ends
                a_copy_on_personal_moves_the_ctags_above_it
                folders_elsewhere_have_a_ctag_that_stays
                a_purge_moves_no_tag
                a_tag_that_matches_lets_a_change_through
                a_ctag_matches_while_the_content_is_the_same
                what_has_moved_on_is_not_changed
                nothing_is_made_in_or_copied_from_what_has_moved_on
                a_stale_tag_is_told_before_all_else
                nothing_is_made_where_something_was_to_match;
            bin:
                what_is_deleted_is_in_the_bin
                only_what_was_deleted_itself_is_in_the_bin
                what_is_in_the_bin_is_not_found
                a_restored_item_is_what_it_was
                only_what_is_in_the_bin_is_restored
                a_restored_item_may_be_renamed
                a_restored_item_may_go_elsewhere
                an_item_is_restored_to_a_folder_that_is_there
                an_item_finds_its_folder_again
                an_item_is_not_restored_to_a_taken_name
                a_restored_item_may_be_numbered
                a_restored_file_may_replace_a_file
                what_is_purged_is_gone
                what_is_deleted_for_good_is_in_no_bin
                what_is_replaced_is_in_no_bin
                what_was_in_the_bin_too_long_is_purged
                the_bin_of_a_plain_drive_keeps_what_is_in_it;
            feed:
                nothing_has_changed_since_now
                all_items_are_told_at_first
                every_change_of_an_item_is_told
                what_changes_no_item_is_not_told
                each_item_is_told_once_in_the_order_of_last_changes
                a_deleted_item_is_told_without_what_was_below
                a_purge_is_not_told
                a_restored_item_is_told_with_all_below
                a_moved_folder_is_told_alone
                a_copy_is_told_item_by_item
                what_is_replaced_is_told_as_gone
                changes_come_by_pages
                what_changes_during_the_first_telling_is_not_missed
                what_may_not_be_read_is_not_told
                a_token_from_before_the_drive_was_put_back_is_refused;
            search:
                a_search_finds_parts_of_names_in_any_case
                a_search_goes_all_the_way_down
                a_search_stays_below_its_folder
                a_search_finds_what_is_there_now
                a_search_finds_what_may_be_read
                a_search_needs_a_folder;
            access:
                what_may_not_be_read_is_not_there
                what_may_only_be_read_is_not_changed
                what_may_be_changed_is_changed
                a_level_is_inherited_until_it_is_taken_away
                an_item_below_an_unreadable_folder_is_reached
                a_folder_does_not_go_with_what_may_not_be_changed
                a_copy_reads_its_source_and_changes_its_target
                access_is_told_after_what_is_missing_and_before_bad_names
                what_is_in_the_bin_has_the_level_of_its_folder;
            room:
                all_files_count
                nothing_grows_beyond_the_quota
                what_makes_nothing_fuller_is_allowed
                past_versions_count_but_on_plain_drives
                a_write_needs_room_for_the_version_before_it
                the_bin_counts_but_on_plain_drives
                what_is_purged_in_time_leaves_its_room
                a_restored_file_has_the_room_of_what_it_replaces
                a_running_copy_has_its_room
                a_copy_that_starts_too_late_finds_no_room
                each_drive_has_its_own_room;
            locks:
                what_is_locked_is_read
                a_locked_file_stays_where_it_is
                a_locked_file_is_written_on_box_only
                a_locked_box_file_gets_no_name_back
                a_locked_file_is_copied_but_on_box
                a_locked_file_is_not_replaced
                nothing_is_moved_into_a_locked_folder
                a_locked_plain_folder_takes_nothing
                a_locked_onedrive_folder_takes_what_is_new
                a_locked_box_folder_takes_what_is_made_in_it
                a_lock_on_a_tree_reaches_all_of_it
                a_folder_does_not_go_with_what_is_locked
                a_lock_holds_until_it_is_given_back
                a_lock_stays_on_its_item
                a_lock_is_told_after_bad_names_and_before_taken_ones
                a_large_box_copy_locks_both_ends;
            jobs:
                a_running_copy_shows_item_by_item
                a_copy_deleted_while_it_runs_fails
                a_copy_whose_target_is_deleted_fails
                a_copy_that_has_started_keeps_to_its_source
                a_copy_is_of_the_time_it_started
                a_copy_may_go_to_another_drive
                nothing_is_moved_to_another_drive;
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A subject that only implements what is required: an outline and a copy.
    struct Little(EngineSubject);

    impl Subject for Little {
        fn new(profile: &drivesim::Profile, outline: &str) -> Self {
            Little(EngineSubject::new(profile, outline))
        }

        fn outline(&self) -> String {
            self.0.outline()
        }

        fn copy(&mut self, source: &str, target: &str, options: drivesim::CopyOptions) -> Ended {
            self.0.copy(source, target, options)
        }
    }

    macro_rules! list {
        ($($file:ident: $($promise:ident)+;)+) => {
            [$((include_str!(concat!("contract/", stringify!($file), ".rs")), vec![$(stringify!($promise)),+])),+]
        };
    }

    #[test]
    fn each_promise_is_listed() {
        for (source, listed) in crate::each_promise!(list) {
            let written: Vec<&str> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub fn ")?.split_once("<S: Subject>()"))
                .map(|(name, _)| name)
                .collect();
            assert_eq!(written, listed);
        }
    }

    #[test]
    fn promises_are_skipped_if_the_subject_does_not_support_them() {
        assert!(run("kept", copying::a_copy_bears_the_name_it_was_given::<Little>));
        assert!(!run("skipped", copying::a_copy_reads_as_its_source::<Little>));
        let report = ask_all::<Little>();
        assert!(report.asked.contains(&"a_copy_bears_the_name_it_was_given"), "{report}");
        assert!(report.skipped.contains(&"a_copy_may_take_all_versions"), "{report}");
    }

    #[test]
    #[should_panic(expected = "the content of the drive")]
    fn a_broken_promise_fails() {
        run("broken", || Fixture::<Little>::on(&drivesim::Profile::BOX, TREE).holds("a\n"));
    }
}
