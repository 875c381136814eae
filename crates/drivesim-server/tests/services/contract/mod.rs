//! Runs the contract of drives against the server through clients of Microsoft Graph and of Box, over the router and
//! over a socket.

mod box_client;
mod box_drive;
mod box_subject;
mod graph_subject;

use drivesim::Profile;
use drivesim_testkit::contract::ask_all;
use drivesim_testkit::copy_properties::{Check, SubjectCopier};

use crate::contract::box_drive::BoxSubject;
use crate::contract::graph_subject::GraphSubject;
use crate::support::transport::{RouterTransport, SocketTransport};

drivesim_testkit::contract_tests!(router, GraphSubject<RouterTransport>);
drivesim_testkit::contract_tests!(socket, GraphSubject<SocketTransport>);
drivesim_testkit::contract_tests!(box_router, BoxSubject<RouterTransport>);
drivesim_testkit::contract_tests!(box_socket, BoxSubject<SocketTransport>);

// The properties of copies on random trees, with fewer cases than for drivesim itself because each case starts a
// server.
macro_rules! copies {
    ($($module:ident: $profile:expr, $subject:ty;)+) => {
        $(drivesim_testkit::copy_property_tests!($module, Check::new($profile).cases(5), || {
            SubjectCopier::<$subject>::new($profile)
        });)+
    };
}

copies! {
    copies_on_business: Profile::BUSINESS, GraphSubject<RouterTransport>;
    copies_on_personal: Profile::PERSONAL, GraphSubject<RouterTransport>;
    copies_on_box: Profile::BOX, BoxSubject<RouterTransport>;
}

#[test]
fn only_promises_without_an_api_of_graph_are_skipped() {
    let summary = ask_all::<GraphSubject<RouterTransport>>();
    println!("the wire: {summary}");
    assert!(summary.asked.len() >= 141, "{summary}: {:?}", summary.skipped);
}

/// What Box has no API for, and the promises that need it.
const NOT_OF_BOX: [(&str, &[&str]); 14] = [
    (
        "a change feed",
        &[
            "nothing_has_changed_since_now",
            "the_feed_begins_with_all_items",
            "every_change_of_an_item_is_in_the_feed",
            "calls_that_change_no_item_are_not_in_the_feed",
            "each_item_is_listed_once_in_the_order_of_last_changes",
            "a_deleted_item_is_listed_without_the_items_below",
            "a_purge_is_not_in_the_feed",
            "a_restored_item_is_listed_with_everything_below",
            "a_moved_folder_is_listed_alone",
            "a_copy_is_listed_item_by_item",
            "changes_are_sent_in_pages",
            "changes_during_the_first_listing_are_not_missed",
            "unreadable_items_are_not_in_the_feed",
            "tokens_from_before_a_state_restore_are_rejected",
        ],
    ),
    ("add_drive", &["a_copy_can_go_to_another_drive"]),
    ("conflict behaviors", &["personal_and_box_copies_only_support_fail", "a_restored_item_can_be_numbered"]),
    (
        "copies of all versions",
        &[
            "a_copy_can_have_all_versions",
            "copied_versions_are_independent",
            "past_versions_count_except_on_plain_drives",
        ],
    ),
    (
        "copies of children only",
        &[
            "children_only_leaves_the_folder_out",
            "children_only_of_an_empty_folder_copies_nothing",
            "children_only_of_a_file_is_refused",
            "children_only_with_a_name_fails",
            "a_folder_is_not_copied_into_itself",
        ],
    ),
    ("copies of versions of folders", &["a_copy_of_a_missing_version_fails"]),
    ("descriptions of the root", &["a_stale_tag_is_reported_before_other_errors"]),
    (
        "held copies of few items",
        &[
            "a_running_copy_reserves_its_bytes",
            "a_running_copy_becomes_visible_item_by_item",
            "a_copy_deleted_while_it_runs_fails",
            "a_copy_whose_target_is_deleted_fails",
            "a_running_copy_has_the_source_of_its_start",
            "a_copy_has_the_time_of_its_start",
        ],
    ),
    ("held copies of files", &["a_copy_fails_if_the_quota_is_exceeded_when_it_starts"]),
    (
        "paths below unreadable folders",
        &["a_search_finds_readable_items", "an_item_below_an_unreadable_folder_is_found"],
    ),
    ("preconditions on missing files", &["no_file_is_created_if_a_tag_is_expected"]),
    ("preconditions on promoted versions", &["a_change_fails_if_the_tag_does_not_match"]),
    (
        "preconditions on the content only",
        &["a_change_succeeds_if_the_tag_matches", "a_ctag_matches_while_the_content_is_the_same"],
    ),
    ("preconditions on the parent of a new file", &["creating_and_copying_fail_if_the_tag_does_not_match"]),
];

#[test]
fn only_promises_without_an_api_of_box_are_skipped() {
    let mut summary = ask_all::<BoxSubject<RouterTransport>>();
    println!("Box: {summary}");
    // Promises for other services only.
    let of_others = summary.for_want_of.remove("profile").unwrap_or_default();
    assert_eq!(
        summary.for_want_of.into_iter().collect::<Vec<_>>(),
        NOT_OF_BOX.map(|(what, names)| (what, names.to_vec()))
    );
    assert_eq!((summary.asked.len(), of_others.len()), (132, 36), "{of_others:?}");
}
