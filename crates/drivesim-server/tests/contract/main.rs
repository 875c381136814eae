//! Runs the contract of drives against the server through clients of Microsoft Graph and of Box, over the router and
//! over a socket.

#[path = "../support/answers/mod.rs"]
mod answers;
#[path = "../support/box_answers.rs"]
mod box_answers;
mod box_client;
mod box_drive;
mod box_subject;
mod graph_subject;
mod transport;

use drivesim::Profile;
use drivesim_testkit::contract::ask_all;
use drivesim_testkit::copy_properties::{Check, SubjectCopier};

use crate::box_drive::BoxSubject;
use crate::graph_subject::GraphSubject;
use crate::transport::{RouterTransport, SocketTransport};

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
            "all_items_are_told_at_first",
            "every_change_of_an_item_is_told",
            "what_changes_no_item_is_not_told",
            "each_item_is_told_once_in_the_order_of_last_changes",
            "a_deleted_item_is_told_without_what_was_below",
            "a_purge_is_not_told",
            "a_restored_item_is_told_with_all_below",
            "a_moved_folder_is_told_alone",
            "a_copy_is_told_item_by_item",
            "changes_come_by_pages",
            "what_changes_during_the_first_telling_is_not_missed",
            "what_may_not_be_read_is_not_told",
            "a_token_from_before_the_drive_was_put_back_is_refused",
        ],
    ),
    ("add_drive", &["a_copy_may_go_to_another_drive"]),
    ("preconditions on missing files", &["nothing_is_made_where_something_was_to_match"]),
    ("prepreconditions on promoted versions", &["what_has_moved_on_is_not_changed"]),
    (
        "preconditions on the content only",
        &["a_tag_that_matches_lets_a_change_through", "a_ctag_matches_while_the_content_is_the_same"],
    ),
    ("preconditions on the parent of a new file", &["nothing_is_made_in_or_copied_from_what_has_moved_on"]),
    ("conflict behaviors", &["personal_and_box_copies_only_fail", "a_restored_item_may_be_numbered"]),
    (
        "copies of all versions",
        &[
            "a_copy_may_take_all_versions",
            "copied_versions_are_changed_apart",
            "past_versions_count_but_on_plain_drives",
        ],
    ),
    (
        "copies of children only",
        &[
            "children_only_leaves_the_folder_out",
            "children_only_of_an_empty_folder_is_nothing",
            "children_only_of_a_file_is_refused",
            "children_only_takes_no_name",
            "a_folder_is_not_copied_into_itself",
        ],
    ),
    (
        "held copies of few items",
        &[
            "a_running_copy_has_its_room",
            "a_running_copy_shows_item_by_item",
            "a_copy_deleted_while_it_runs_fails",
            "a_copy_whose_target_is_deleted_fails",
            "a_copy_that_has_started_keeps_to_its_source",
            "a_copy_is_of_the_time_it_started",
        ],
    ),
    ("held copies of files", &["a_copy_that_starts_too_late_finds_no_room"]),
    ("copies of versions of folders", &["a_copy_needs_the_version_it_names"]),
    ("descriptions of the root", &["a_stale_tag_is_told_before_all_else"]),
    (
        "paths below unreadable folders",
        &["a_search_finds_what_may_be_read", "an_item_below_an_unreadable_folder_is_reached"],
    ),
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
