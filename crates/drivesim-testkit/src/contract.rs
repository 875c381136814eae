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
pub mod change_feed;
pub mod conflicts;
pub mod copies;
pub mod edits;
pub mod jobs;
pub mod locks;
pub mod metadata;
pub mod names;
pub mod queries;
pub mod quota;
pub mod search;
mod sim;
mod subject;
pub mod tags;
mod test_drive;
pub mod versions;
mod views;

pub use adapters::{EngineSubject, SteppedSubject};
pub use sim::SimSubject;
pub(crate) use subject::unsupported_feature;
pub use subject::{Ended, Subject, unsupported};
pub use test_drive::{Asked, Fixture, on_all, on_each, run};
pub use views::{Binned, Changed, Code, Facts, Feed, Id, Seen, SeenVersion, Tag};

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
            copies:
                a_copied_file_has_the_name_and_bytes_of_its_source
                a_copy_reads_as_its_source
                a_copied_folder_has_everything_below_its_source
                a_copied_folder_has_the_size_of_its_source
                a_copied_file_has_the_size_of_its_source
                a_completed_job_reports_the_path_of_the_copy
                a_copy_has_the_given_name
                a_copy_can_go_into_the_folder_of_its_source
                a_copy_of_a_copy_is_the_same
                writes_to_a_copy_and_its_source_are_independent
                a_copy_stays_when_its_source_is_deleted
                children_only_leaves_the_folder_out
                children_only_of_an_empty_folder_copies_nothing
                children_only_of_a_file_is_refused
                children_only_with_a_name_fails
                the_root_is_not_copied
                a_folder_is_not_copied_into_itself
                a_missing_source_is_not_found
                a_missing_target_is_not_found
                a_file_cannot_be_the_target;
            conflicts:
                a_taken_name_fails_by_default
                a_copy_into_the_folder_of_its_source_needs_another_name
                plain_personal_and_box_report_a_taken_name_in_the_call
                business_reports_a_taken_name_in_the_job_unless_it_was_given
                personal_and_box_copies_only_support_fail
                a_name_in_another_case_is_taken
                plain_names_in_other_case_do_not_conflict
                replace_replaces_a_file_by_a_file
                a_file_may_replace_itself
                replace_fails_with_folders
                a_free_name_is_neither_numbered_nor_replaced
                a_number_goes_before_the_extension
                a_number_goes_at_the_end_of_a_folder_name
                a_number_is_the_lowest_that_is_free
                a_number_that_is_freed_is_used_again
                a_number_makes_no_reserved_name
                a_long_name_is_cut_for_its_number
                conflicts_of_children_are_resolved_one_by_one;
            names:
                names_that_make_paths_ambiguous_are_rejected
                plain_accepts_any_other_name
                onedrive_rejects_its_reserved_characters_and_words
                onedrive_accepts_names_that_only_look_reserved
                only_business_reserves_names_of_sharepoint
                onedrive_accepts_a_leading_tilde_for_files_only
                box_rejects_the_names_of_its_reference
                box_accepts_names_that_onedrive_rejects
                box_corrects_the_name_of_a_copied_file
                box_corrected_names_can_conflict
                only_box_corrects_names
                a_name_has_at_most_255_units
                a_path_has_at_most_400_units_on_onedrive
                a_name_is_stored_as_given;
            edits:
                created_items_exist
                creating_fails_without_a_valid_place
                a_written_file_reads_as_it_was_written
                writing_a_folder_fails
                a_renamed_item_keeps_its_content
                an_item_may_change_the_case_of_its_name
                renaming_to_a_taken_name_fails
                a_folder_moves_with_everything_below_it
                a_move_can_rename
                moving_fails_without_a_valid_place
                a_folder_is_deleted_with_everything_below_it
                deleted_items_are_not_found
                the_name_of_a_deleted_item_is_free
                the_root_cannot_be_changed
                sizes_follow_every_change;
            queries:
                a_folder_is_listed_by_name_regardless_of_case
                an_empty_folder_lists_nothing
                only_a_folder_is_listed
                only_a_file_is_read
                a_folder_has_the_size_of_everything_below_it
                missing_items_are_not_found
                a_path_is_found_in_any_case_where_case_is_ignored;
            versions:
                a_new_file_has_one_version
                a_write_keeps_the_versions_before_it
                a_version_has_the_time_and_user_of_its_write
                only_content_adds_a_version
                only_business_adds_a_version_for_times
                the_oldest_version_over_the_limit_is_dropped
                plain_keeps_all_versions
                restoring_a_version_adds_a_version
                the_current_version_cannot_be_restored_or_deleted
                a_missing_version_is_not_found
                deleting_a_version_keeps_the_others
                only_box_lists_deleted_versions
                box_restores_the_name_of_a_version
                box_cannot_restore_a_version_to_a_taken_name
                a_folder_has_no_versions
                versions_are_restored_from_the_bin
                a_copy_has_the_current_version
                a_copy_can_be_of_an_earlier_version
                a_copy_of_a_missing_version_fails
                a_copy_can_have_all_versions
                copied_versions_are_independent
                a_copy_of_all_versions_is_limited_by_its_drive;
            metadata:
                a_new_item_has_the_time_and_user_of_its_creation
                a_write_sets_the_time_and_user
                a_renamed_file_keeps_the_times_of_its_content
                only_business_updates_content_times_on_a_move
                only_box_updates_content_times_of_renamed_folders
                a_change_in_a_folder_does_not_change_the_folder
                a_change_of_a_folder_does_not_change_items_below
                a_restore_sets_the_time_and_user
                a_copy_has_the_time_and_user_of_the_request
                only_box_copies_keep_the_times_of_content
                only_box_copies_keep_descriptions
                times_of_content_are_set
                only_business_dates_items_by_their_content
                times_of_items_are_set_on_plain_drives_only
                an_update_changes_all_properties_or_none
                a_description_stays_until_it_is_removed
                a_box_description_has_at_most_255_units;
            tags:
                every_change_of_an_item_changes_its_etag
                calls_without_effect_keep_all_tags
                the_ctag_of_a_file_changes_with_its_content_only
                deleting_a_version_keeps_all_tags
                personal_folders_have_a_ctag_of_all_below
                personal_moves_change_the_ctags_at_both_ends
                personal_copies_change_the_ctags_above_them
                folders_elsewhere_have_a_constant_ctag
                a_purge_keeps_all_tags
                a_change_succeeds_if_the_tag_matches
                a_ctag_matches_while_the_content_is_the_same
                a_change_fails_if_the_tag_does_not_match
                creating_and_copying_fail_if_the_tag_does_not_match
                a_stale_tag_is_reported_before_other_errors
                no_file_is_created_if_a_tag_is_expected;
            bin:
                deleted_items_are_in_the_bin
                items_below_a_deleted_folder_are_not_listed_in_the_bin
                items_in_the_bin_are_not_found
                a_restored_item_is_what_it_was
                only_items_in_the_bin_can_be_restored
                a_restore_can_rename
                a_restore_can_choose_another_folder
                a_restore_needs_an_existing_folder
                an_item_is_restored_to_its_moved_folder
                restoring_to_a_taken_name_fails
                a_restored_item_can_be_numbered
                a_restored_file_may_replace_a_file
                purged_items_cannot_be_restored
                permanently_deleted_items_are_not_in_the_bin
                replaced_items_are_not_in_the_bin
                items_are_purged_after_their_time_in_the_bin
                the_bin_of_a_plain_drive_has_no_time_limit;
            change_feed:
                nothing_has_changed_since_now
                the_feed_begins_with_all_items
                every_change_of_an_item_is_in_the_feed
                calls_that_change_no_item_are_not_in_the_feed
                each_item_is_listed_once_in_the_order_of_last_changes
                a_deleted_item_is_listed_without_the_items_below
                a_purge_is_not_in_the_feed
                a_restored_item_is_listed_with_everything_below
                a_moved_folder_is_listed_alone
                a_copy_is_listed_item_by_item
                a_replaced_item_is_listed_as_deleted
                changes_are_sent_in_pages
                changes_during_the_first_listing_are_not_missed
                unreadable_items_are_not_in_the_feed
                tokens_from_before_a_state_restore_are_rejected;
            search:
                a_search_finds_parts_of_names_in_any_case
                a_search_includes_all_levels
                a_search_stays_below_its_folder
                a_search_finds_current_items
                a_search_finds_readable_items
                a_search_needs_a_folder;
            access:
                unreadable_items_are_hidden
                readable_items_cannot_be_changed
                writable_items_can_be_changed
                a_level_is_inherited_until_it_is_removed
                an_item_below_an_unreadable_folder_is_found
                a_folder_with_read_only_items_cannot_be_moved_or_deleted
                a_copy_needs_read_access_to_its_source_and_write_access_to_its_target
                denied_access_is_reported_after_missing_items_and_before_invalid_names
                items_in_the_bin_have_the_level_of_their_folder;
            quota:
                all_files_count
                nothing_grows_beyond_the_quota
                calls_that_use_no_more_bytes_are_allowed
                past_versions_count_except_on_plain_drives
                a_write_needs_quota_for_the_version_before_it
                the_bin_counts_except_on_plain_drives
                items_purged_by_time_free_their_bytes
                a_restored_file_can_use_the_bytes_of_the_replaced_file
                a_running_copy_reserves_its_bytes
                a_copy_fails_if_the_quota_is_exceeded_when_it_starts
                each_drive_has_its_own_quota;
            locks:
                locked_items_can_be_read
                a_locked_file_cannot_be_moved_or_deleted
                a_locked_file_can_be_written_on_box_only
                a_locked_box_file_keeps_its_name_when_a_version_is_restored
                a_locked_file_can_be_copied_except_on_box
                a_locked_file_cannot_be_replaced
                moving_into_a_locked_folder_fails
                a_locked_plain_folder_accepts_no_items
                a_locked_onedrive_folder_accepts_new_items
                a_locked_box_folder_accepts_created_items_only
                a_tree_lock_covers_everything_below_its_item
                a_folder_with_locked_items_cannot_be_moved_or_deleted
                a_lock_holds_until_it_is_released
                a_lock_stays_on_its_item
                a_lock_is_reported_after_invalid_names_and_before_taken_ones
                a_large_box_copy_locks_both_ends;
            jobs:
                a_running_copy_becomes_visible_item_by_item
                a_copy_deleted_while_it_runs_fails
                a_copy_whose_target_is_deleted_fails
                a_running_copy_has_the_source_of_its_start
                a_copy_has_the_time_of_its_start
                a_copy_can_go_to_another_drive
                moving_to_another_drive_fails;
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
        assert!(run("kept", copies::a_copy_has_the_given_name::<Little>));
        assert!(!run("skipped", copies::a_copy_reads_as_its_source::<Little>));
        let report = ask_all::<Little>();
        assert!(report.asked.contains(&"a_copy_has_the_given_name"), "{report}");
        assert!(report.skipped.contains(&"a_copy_can_have_all_versions"), "{report}");
    }

    #[test]
    #[should_panic(expected = "the content of the drive")]
    fn a_broken_promise_fails() {
        run("broken", || Fixture::<Little>::on(&drivesim::Profile::BOX, TREE).holds("a\n"));
    }
}
