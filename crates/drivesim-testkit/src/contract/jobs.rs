//! Promises about running copies, and about copies to another drive.

use std::time::Duration;

use drivesim::profile::Case;
use drivesim::{Conflict, CopyOptions, Profile};

use super::{Ended, Fixture, Subject, TREE, on_all};

const SOURCE: &str = "d/\n  a = \"1\"\n  b = \"2\"\n";

/// The items of a copy become visible one after the other, folders before their children.
pub fn a_running_copy_becomes_visible_item_by_item<S: Subject>() {
    for mut on in on_all::<S>(&format!("{SOURCE}to/\n")) {
        let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
        let visible = ["to/\n", "to/\n  d/\n", "to/\n  d/\n    a = \"1\"\n"];
        for (n_items, visible) in visible.into_iter().enumerate() {
            on.does(|drive| drive.step_copy(&job, n_items.min(1)));
            on.holds(&format!("{SOURCE}{visible}"));
        }
        assert_eq!(on.end_copy(&job), Ended::Completed("/to/d".to_owned()));
        on.holds(&format!("{SOURCE}to/\n  d/\n    a = \"1\"\n    b = \"2\"\n"));
    }
}

/// A copy that is deleted while it runs fails. The bin has the items that were visible, and no more are added.
pub fn a_copy_deleted_while_it_runs_fails<S: Subject>() {
    for mut on in on_all::<S>(&format!("{SOURCE}to/\n")) {
        let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
        on.does(|drive| drive.step_copy(&job, 2));
        let copy = on.does(|drive| drive.id("/to/d"));
        on.does(|drive| drive.delete("/to/d"));
        assert_eq!(on.end_copy(&job), Ended::Failed("itemNotFound".to_owned()));
        on.does(|drive| drive.restore(&copy, None, None, Conflict::Fail));
        on.holds(&format!("{SOURCE}to/\n  d/\n    a = \"1\"\n"));
    }
}

/// A copy fails if its target is deleted before it starts or while it runs.
pub fn a_copy_whose_target_is_deleted_fails<S: Subject>() {
    for n_items in [0, 1, 2] {
        for mut on in on_all::<S>(&format!("{SOURCE}to/\n")) {
            let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
            on.does(|drive| drive.step_copy(&job, n_items));
            on.does(|drive| drive.delete("/to"));
            assert_eq!(on.end_copy(&job), Ended::Failed("itemNotFound".to_owned()));
            on.holds(SOURCE);
        }
    }
}

/// A running copy has the state that its source had when it started.
pub fn a_running_copy_has_the_source_of_its_start<S: Subject>() {
    for mut on in on_all::<S>(&format!("{SOURCE}to/\n")) {
        let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
        on.does(|drive| drive.step_copy(&job, 1));
        on.does(|drive| drive.write("/d/a", "new"));
        on.does(|drive| drive.delete_permanently("/d"));
        assert_eq!(on.end_copy(&job), Ended::Completed("/to/d".to_owned()));
        on.holds("to/\n  d/\n    a = \"1\"\n    b = \"2\"\n");
    }
}

/// All items of a copy have the time of its start and its caller as creator, regardless of when they become visible.
pub fn a_copy_has_the_time_of_its_start<S: Subject>() {
    for mut on in on_all::<S>(&format!("{SOURCE}to/\n")) {
        on.act_as("ann");
        let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
        on.does(|drive| drive.step_copy(&job, 1));
        let start = on.now();
        on.act_as("bob");
        on.pass(Duration::from_secs(5));
        on.end_copy(&job);
        for path in ["/to/d", "/to/d/a", "/to/d/b"] {
            let facts = on.knows(path);
            assert_eq!((facts.created_at, &*facts.created_by), (start, "ann"));
            assert_eq!((facts.modified_at, &*facts.modified_by), (start, "ann"));
        }
    }
}

/// A copy to another drive reads like its source and follows the rules of that drive.
pub fn a_copy_can_go_to_another_drive<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        // The other drive is of another service, unless the subject offers only one.
        let other = if S::offers(&Profile::BOX) { Profile::BOX } else { on.profile().clone() };
        on.does(|drive| drive.add_drive("other", &other));
        assert_eq!(on.copies("/Docs", "other:/", CopyOptions::default()), "other:/Docs");
        assert_eq!(on.read("other:/Docs/deep/c.txt"), Ok(b"deep bytes".to_vec()));
        let same = if other.names.case == Case::Folded { "docs" } else { "Docs" };
        on.copies_not("nameAlreadyExists", "/Docs", "other:/", CopyOptions::named(same));
        assert_eq!(on.copies("other:/Docs/b.txt", "/to", CopyOptions::default()), "/to/b.txt");
    }
}

/// An item cannot be moved or restored to another drive.
pub fn moving_to_another_drive_fails<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, TREE);
    on.does(|drive| drive.add_drive("other", &Profile::PLAIN));
    on.refuses("notSupported", |drive| drive.move_to("/a.txt", "other:/", None));
    let id = on.does(|drive| drive.id("/a.txt"));
    on.does(|drive| drive.delete("/a.txt"));
    on.refuses("notSupported", |drive| drive.restore(&id, Some("other:/"), None, Conflict::Fail));
}
