//! Promises about copies whose name is taken.

use drivesim::{Conflict, CopyOptions, Profile};

use super::{Ended, Fixture, Subject, TREE, on_all, on_each};

const TAKEN: &str = "nameAlreadyExists";
/// The profiles that support all conflict behaviors, with the text before a number.
const WITH_ALL_BEHAVIORS: [(Profile, &str); 2] = [(Profile::PLAIN, " "), (Profile::BUSINESS, "")];

fn renamed() -> CopyOptions {
    CopyOptions::default().on_conflict(Conflict::Rename)
}

fn replacing() -> CopyOptions {
    CopyOptions::default().on_conflict(Conflict::Replace)
}

/// Copies to `/` with [`Conflict::Rename`] and returns the new name.
#[track_caller]
fn copy_numbered<S: Subject>(on: &mut Fixture<S>, source: &str) -> String {
    on.copies(source, "/", renamed()).trim_start_matches('/').to_owned()
}

/// By default a copy fails if its name is taken, on every profile, by a file or a folder.
pub fn a_taken_name_fails_by_default<S: Subject>() {
    for mut on in on_all::<S>("a\nb/\n  c\nto/\n  a/\n  b\n") {
        on.copies_not(TAKEN, "/a", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/b", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/b/c", "/to", CopyOptions::named("a"));
    }
}

/// A copy into the folder of its source conflicts with the source.
pub fn a_copy_into_the_folder_of_its_source_needs_another_name<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not(TAKEN, "/a.txt", "/", CopyOptions::default());
    }
}

/// All services but business report a taken name in the call.
pub fn plain_personal_and_box_report_a_taken_name_in_the_call<S: Subject>() {
    let profiles = [Profile::PLAIN, Profile::PERSONAL, Profile::BOX];
    for mut on in on_each::<S>(&profiles, TREE) {
        assert_eq!(on.copy("/a.txt", "/", CopyOptions::default()), Ended::Refused(TAKEN.into()));
    }
}

/// On business the job fails if the name is taken; the call fails only if it gives the name and the behavior is to
/// fail.
pub fn business_reports_a_taken_name_in_the_job_unless_it_was_given<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, TREE);
    assert_eq!(on.copy("/a.txt", "/", CopyOptions::default()), Ended::Failed(TAKEN.into()));
    assert_eq!(on.copy("/a.txt", "/", CopyOptions::named("A.TXT")), Ended::Refused(TAKEN.into()));
    on.holds(TREE);
}

/// Personal and Box drives support no behavior other than to fail, whether or not the name is taken.
pub fn personal_and_box_copies_only_support_fail<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PERSONAL, Profile::BOX], TREE) {
        on.copies_not("notSupported", "/a.txt", "/to", renamed());
        on.copies_not("notSupported", "/a.txt", "/to", replacing());
    }
}

/// Names that differ only in case conflict, except on plain drives.
pub fn a_name_in_another_case_is_taken<S: Subject>() {
    let profiles = [Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];
    for mut on in on_each::<S>(&profiles, "a.txt\nÉ\nto/\n  A.TXT\n  é/\n") {
        on.copies_not(TAKEN, "/a.txt", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/É", "/to", CopyOptions::default());
    }
}

/// On plain drives, names that differ only in case are different.
pub fn plain_names_in_other_case_do_not_conflict<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a.txt = \"1\"\nto/\n  A.TXT = \"2\"\n");
    on.copies("/a.txt", "/to", CopyOptions::default());
    on.holds("a.txt = \"1\"\nto/\n  A.TXT = \"2\"\n  a.txt = \"1\"\n");
}

/// A file replaces a file, and the name has the case of the new one.
pub fn replace_replaces_a_file_by_a_file<S: Subject>() {
    for (profile, _) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "a.txt = \"new\"\nto/\n  a.txt = \"old\"\n");
        assert_eq!(on.copies("/a.txt", "/to", replacing()), "/to/a.txt");
        on.holds("a.txt = \"new\"\nto/\n  a.txt = \"new\"\n");
    }
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, "a.txt = \"new\"\nto/\n  A.TXT = \"old\"\n");
    on.copies("/a.txt", "/to", replacing());
    on.holds("a.txt = \"new\"\nto/\n  a.txt = \"new\"\n");
}

/// A file that replaces itself stays the same.
pub fn a_file_may_replace_itself<S: Subject>() {
    for (profile, _) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, TREE);
        on.copies("/a.txt", "/", replacing());
        on.holds(TREE);
    }
}

/// Replace never merges or replaces folders, and a folder does not replace a file.
pub fn replace_fails_with_folders<S: Subject>() {
    for (profile, _) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "a/\n  new\nb\nc/\n  new\nto/\n  a/\n    old\n  b/\n  c\n");
        for source in ["/a", "/b", "/c"] {
            on.copies_not(TAKEN, source, "/to", replacing());
        }
    }
}

/// A free name is used unchanged with every conflict behavior.
pub fn a_free_name_is_neither_numbered_nor_replaced<S: Subject>() {
    for (profile, _) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "a.txt\nto/\nin/\n");
        assert_eq!(on.copies("/a.txt", "/to", renamed()), "/to/a.txt");
        assert_eq!(on.copies("/a.txt", "/in", replacing()), "/in/a.txt");
    }
}

/// The number of a file goes before the last period, after a space on plain drives and without one on business.
pub fn a_number_goes_before_the_extension<S: Subject>() {
    for (profile, before) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "a.txt\nb.tar.gz\nc\n.hidden\n");
        assert_eq!(copy_numbered(&mut on, "/a.txt"), format!("a{before}1.txt"));
        assert_eq!(copy_numbered(&mut on, "/b.tar.gz"), format!("b.tar{before}1.gz"));
        assert_eq!(copy_numbered(&mut on, "/c"), format!("c{before}1"));
        assert_eq!(copy_numbered(&mut on, "/.hidden"), format!(".hidden{before}1"));
    }
}

/// The number of a folder goes at the end, also if the name has periods.
pub fn a_number_goes_at_the_end_of_a_folder_name<S: Subject>() {
    for (profile, before) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "v1.2/\n");
        assert_eq!(copy_numbered(&mut on, "/v1.2"), format!("v1.2{before}1"));
    }
}

/// The number is the lowest free one, regardless of case.
pub fn a_number_is_the_lowest_that_is_free<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a.txt\na 2.txt\n");
    assert_eq!([(); 2].map(|()| copy_numbered(&mut on, "/a.txt")), ["a 1.txt", "a 3.txt"]);
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, "a.txt\nA1.TXT/\na3.txt\n");
    assert_eq!([(); 2].map(|()| copy_numbered(&mut on, "/a.txt")), ["a2.txt", "a4.txt"]);
}

/// A number that becomes free is used again.
pub fn a_number_that_is_freed_is_used_again<S: Subject>() {
    for (profile, before) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, "a\n");
        for _ in 0..4 {
            copy_numbered(&mut on, "/a");
        }
        on.does(|drive| drive.delete(&format!("/a{before}2")));
        on.does(|drive| drive.rename(&format!("/a{before}3"), "b"));
        assert_eq!(
            [(); 3].map(|()| copy_numbered(&mut on, "/a")),
            [2, 3, 5].map(|n| format!("a{before}{n}"))
        );
    }
}

/// A number never makes a name that the service rejects.
pub fn a_number_makes_no_reserved_name<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, "COM.txt\nLPT/\n");
    assert_eq!(copy_numbered(&mut on, "/COM.txt"), "COM10.txt");
    assert_eq!(copy_numbered(&mut on, "/LPT"), "LPT10");
}

/// A name is cut if it is too long with its number.
pub fn a_long_name_is_cut_for_its_number<S: Subject>() {
    let long = "x".repeat(251) + ".txt";
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, &long);
    assert_eq!(copy_numbered(&mut on, &format!("/{long}")), "x".repeat(250) + "1.txt");
}

/// A copy of children only resolves conflicts for each child, copies those that it can, and fails because of the
/// others.
pub fn conflicts_of_children_are_resolved_one_by_one<S: Subject>() {
    let from = "from/\n  a = \"new\"\n  b/\n    c\n  d\n";
    for (profile, _) in WITH_ALL_BEHAVIORS {
        let mut on = Fixture::<S>::on(&profile, &format!("{from}to/\n  a = \"old\"\n  b/\n"));
        let children = CopyOptions::children_only().on_conflict(Conflict::Rename);
        on.copies("/from", "/to", children);
        assert_eq!(on.names("/to").map(|names| names.len()), Ok(5));
    }
    let mut on = Fixture::<S>::on(&Profile::BUSINESS, &format!("{from}to/\n  a = \"old\"\n  b/\n"));
    let children = CopyOptions::children_only().on_conflict(Conflict::Replace);
    assert_eq!(on.copy("/from", "/to", children), Ended::Failed("someItemsFailed".into()));
    on.holds(&format!("{from}to/\n  a = \"new\"\n  b/\n  d\n"));
}
