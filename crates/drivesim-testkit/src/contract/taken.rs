//! The only place for the promises of what happens when the name of a copy is taken.

use drivesim::{Conflict, CopyOptions, Profile};

use super::{Ended, Subject, TREE, Trial, on_all, on_each};

const TAKEN: &str = "nameAlreadyExists";
/// The profiles that offer all behaviours, with what stands before a number.
const OFFERING: [(Profile, &str); 2] = [(Profile::PLAIN, " "), (Profile::BUSINESS, "")];

fn renamed() -> CopyOptions {
    CopyOptions::default().on_conflict(Conflict::Rename)
}

fn replacing() -> CopyOptions {
    CopyOptions::default().on_conflict(Conflict::Replace)
}

/// Copies to `/` with [`Conflict::Rename`] and says under which name.
#[track_caller]
fn number<S: Subject>(on: &mut Trial<S>, source: &str) -> String {
    on.copies(source, "/", renamed()).trim_start_matches('/').to_owned()
}

/// A taken name is refused by every profile unless it is told otherwise, whatever holds it.
pub fn a_taken_name_is_refused<S: Subject>() {
    for mut on in on_all::<S>("a\nb/\n  c\nto/\n  a/\n  b\n") {
        on.copies_not(TAKEN, "/a", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/b", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/b/c", "/to", CopyOptions::named("a"));
    }
}

/// A copy into the folder of its source meets the source.
pub fn a_copy_beside_its_source_needs_another_name<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        on.copies_not(TAKEN, "/a.txt", "/", CopyOptions::default());
    }
}

/// All but business refuse a taken name when the copy is asked for.
pub fn plain_personal_and_box_refuse_a_taken_name_at_once<S: Subject>() {
    let profiles = [Profile::PLAIN, Profile::PERSONAL, Profile::BOX];
    for mut on in on_each::<S>(&profiles, TREE) {
        assert_eq!(on.copy("/a.txt", "/", CopyOptions::default()), Ended::Refused(TAKEN.into()));
    }
}

/// On business the job fails over a taken name, unless the copy names it and wants to fail.
pub fn business_fails_the_job_over_a_taken_name_it_was_not_given<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BUSINESS, TREE);
    assert_eq!(on.copy("/a.txt", "/", CopyOptions::default()), Ended::Failed(TAKEN.into()));
    assert_eq!(on.copy("/a.txt", "/", CopyOptions::named("A.TXT")), Ended::Refused(TAKEN.into()));
    on.holds(TREE);
}

/// Personal and Box drives offer no behaviour but to fail, whether or not the name is taken.
pub fn personal_and_box_copies_only_fail<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PERSONAL, Profile::BOX], TREE) {
        on.copies_not("notSupported", "/a.txt", "/to", renamed());
        on.copies_not("notSupported", "/a.txt", "/to", replacing());
    }
}

/// A name that differs in case only is taken everywhere but on plain drives.
pub fn a_name_in_another_case_is_taken<S: Subject>() {
    let profiles = [Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];
    for mut on in on_each::<S>(&profiles, "a.txt\nÉ\nto/\n  A.TXT\n  é/\n") {
        on.copies_not(TAKEN, "/a.txt", "/to", CopyOptions::default());
        on.copies_not(TAKEN, "/É", "/to", CopyOptions::default());
    }
}

/// On plain drives names that differ in case are two names.
pub fn plain_keeps_names_apart_by_case<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::PLAIN, "a.txt = \"1\"\nto/\n  A.TXT = \"2\"\n");
    on.copies("/a.txt", "/to", CopyOptions::default());
    on.holds("a.txt = \"1\"\nto/\n  A.TXT = \"2\"\n  a.txt = \"1\"\n");
}

/// A file takes the place of a file, with its own spelling of the name.
pub fn replace_puts_a_file_in_place_of_a_file<S: Subject>() {
    for (profile, _) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "a.txt = \"new\"\nto/\n  a.txt = \"old\"\n");
        assert_eq!(on.copies("/a.txt", "/to", replacing()), "/to/a.txt");
        on.holds("a.txt = \"new\"\nto/\n  a.txt = \"new\"\n");
    }
    let mut on = Trial::<S>::on(&Profile::BUSINESS, "a.txt = \"new\"\nto/\n  A.TXT = \"old\"\n");
    on.copies("/a.txt", "/to", replacing());
    on.holds("a.txt = \"new\"\nto/\n  a.txt = \"new\"\n");
}

/// A file that replaces itself is what it was.
pub fn a_file_may_replace_itself<S: Subject>() {
    for (profile, _) in OFFERING {
        let mut on = Trial::<S>::on(&profile, TREE);
        on.copies("/a.txt", "/", replacing());
        on.holds(TREE);
    }
}

/// Folders are never merged nor replaced, by folders or by files, and replace no files.
pub fn replace_takes_no_folders<S: Subject>() {
    for (profile, _) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "a/\n  new\nb\nc/\n  new\nto/\n  a/\n    old\n  b/\n  c\n");
        for source in ["/a", "/b", "/c"] {
            on.copies_not(TAKEN, source, "/to", replacing());
        }
    }
}

/// A name that is free is kept, whatever would happen if it were not.
pub fn a_free_name_is_neither_numbered_nor_replaced<S: Subject>() {
    for (profile, _) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "a.txt\nto/\nin/\n");
        assert_eq!(on.copies("/a.txt", "/to", renamed()), "/to/a.txt");
        assert_eq!(on.copies("/a.txt", "/in", replacing()), "/in/a.txt");
    }
}

/// A file is numbered before its last period, with a space on plain drives and without one on business.
pub fn a_number_stands_before_the_extension<S: Subject>() {
    for (profile, before) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "a.txt\nb.tar.gz\nc\n.hidden\n");
        assert_eq!(number(&mut on, "/a.txt"), format!("a{before}1.txt"));
        assert_eq!(number(&mut on, "/b.tar.gz"), format!("b.tar{before}1.gz"));
        assert_eq!(number(&mut on, "/c"), format!("c{before}1"));
        assert_eq!(number(&mut on, "/.hidden"), format!(".hidden{before}1"));
    }
}

/// A folder is numbered at its end, periods or not.
pub fn a_number_stands_at_the_end_of_a_folder<S: Subject>() {
    for (profile, before) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "v1.2/\n");
        assert_eq!(number(&mut on, "/v1.2"), format!("v1.2{before}1"));
    }
}

/// The number is the lowest that is free, in any case of the name.
pub fn a_number_is_the_lowest_that_is_free<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::PLAIN, "a.txt\na 2.txt\n");
    assert_eq!([(); 2].map(|()| number(&mut on, "/a.txt")), ["a 1.txt", "a 3.txt"]);
    let mut on = Trial::<S>::on(&Profile::BUSINESS, "a.txt\nA1.TXT/\na3.txt\n");
    assert_eq!([(); 2].map(|()| number(&mut on, "/a.txt")), ["a2.txt", "a4.txt"]);
}

/// A number that comes free is used again.
pub fn a_number_that_is_freed_is_used_again<S: Subject>() {
    for (profile, before) in OFFERING {
        let mut on = Trial::<S>::on(&profile, "a\n");
        for _ in 0..4 {
            number(&mut on, "/a");
        }
        on.does(|drive| drive.delete(&format!("/a{before}2")));
        on.does(|drive| drive.rename(&format!("/a{before}3"), "b"));
        assert_eq!([(); 3].map(|()| number(&mut on, "/a")), [2, 3, 5].map(|n| format!("a{before}{n}")));
    }
}

/// A number never makes a name that the service refuses.
pub fn a_number_makes_no_reserved_name<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BUSINESS, "COM.txt\nLPT/\n");
    assert_eq!(number(&mut on, "/COM.txt"), "COM10.txt");
    assert_eq!(number(&mut on, "/LPT"), "LPT10");
}

/// A name that is too long for a number is cut before it.
pub fn a_long_name_is_cut_for_its_number<S: Subject>() {
    let long = "x".repeat(251) + ".txt";
    let mut on = Trial::<S>::on(&Profile::BUSINESS, &long);
    assert_eq!(number(&mut on, &format!("/{long}")), "x".repeat(250) + "1.txt");
}

/// A copy of children only settles each child by itself, copies what it can and fails over the others.
pub fn children_are_settled_one_by_one<S: Subject>() {
    let from = "from/\n  a = \"new\"\n  b/\n    c\n  d\n";
    for (profile, _) in OFFERING {
        let mut on = Trial::<S>::on(&profile, &format!("{from}to/\n  a = \"old\"\n  b/\n"));
        let children = CopyOptions::children_only().on_conflict(Conflict::Rename);
        on.copies("/from", "/to", children);
        assert_eq!(on.names("/to").map(|names| names.len()), Ok(5));
    }
    let mut on = Trial::<S>::on(&Profile::BUSINESS, &format!("{from}to/\n  a = \"old\"\n  b/\n"));
    let children = CopyOptions::children_only().on_conflict(Conflict::Replace);
    assert_eq!(on.copy("/from", "/to", children), Ended::Failed("someItemsFailed".into()));
    on.holds(&format!("{from}to/\n  a = \"new\"\n  b/\n  d\n"));
}
