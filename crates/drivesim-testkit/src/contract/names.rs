//! The only place for the promises of which names each profile takes, refuses and mends.

use drivesim::{CopyOptions, Profile};

use super::{Subject, TREE, Trial, on_all, on_each};

const BAD: &str = "invalidRequest";
const ONEDRIVE: [Profile; 2] = [Profile::BUSINESS, Profile::PERSONAL];

/// Asserts that each name is refused for a folder in `/to`, made, renamed or copied.
#[track_caller]
fn refuses_folders<S: Subject>(on: &mut Trial<S>, names: &[&str]) {
    for name in names {
        on.refuses(BAD, |drive| drive.create_folder("/to", name));
        on.refuses(BAD, |drive| drive.rename("/Docs", name));
        on.copies_not(BAD, "/Docs", "/to", CopyOptions::named(*name));
    }
}

/// Asserts that each name is taken for a folder in `/to`.
#[track_caller]
fn takes_folders<S: Subject>(on: &mut Trial<S>, names: &[&str]) {
    for name in names {
        on.does(|drive| drive.create_folder("/to", name));
        assert_eq!(on.names("/to"), Ok(vec![(*name).to_owned()]));
        on.does(|drive| drive.delete(&format!("/to/{name}")));
    }
}

/// No profile takes an empty name, one or two periods, or a slash in a folder's name.
pub fn what_would_make_a_path_ambiguous_is_no_name<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        refuses_folders(&mut on, &["", ".", "..", "a/b", "/", "a\0"]);
    }
}

/// Plain drives take any other name.
pub fn plain_takes_any_other_name<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::PLAIN, TREE);
    takes_folders(
        &mut on,
        &["a:b", "a\\b", " a ", "a.", "CON", "~a", "a\u{1}b", "🎉", "...", &"x".repeat(1000)],
    );
}

/// OneDrive refuses the characters, edges and words that its restrictions name, in any case.
pub fn onedrive_refuses_its_reserved_characters_and_words<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        refuses_folders(&mut on, &["a\"b", "a*b", "a:b", "a<b", "a>b", "a?b", "a\\b", "a|b", "a\u{1}b"]);
        refuses_folders(&mut on, &[" a", "a ", "a.", "~a", "~$a", "&#169;"]);
        refuses_folders(
            &mut on,
            &["CON", "con", "Prn", "aux.txt", "NUL.a.b", "COM0", "lpt9", ".lock", "DESKTOP.ini"],
        );
    }
}

/// OneDrive takes names that only look like reserved ones.
pub fn onedrive_takes_what_only_looks_reserved<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        takes_folders(
            &mut on,
            &["CONtext", "COM", "COM10", "a.con", ".locked", "a~", "#", "%", "&#x;", "🎉", "forms.d", "vti_"],
        );
    }
}

/// SharePoint keeps `_vti_` anywhere in a name and folders called `Forms` for itself, and personal drives do not.
pub fn only_business_keeps_names_of_sharepoint_for_itself<S: Subject>() {
    let of_any_item = ["x_vti_y", "x_VTI_y", "_vti_"];
    let of_folders = ["Forms", "forms", "FORMS"];
    let mut business = Trial::<S>::on(&Profile::BUSINESS, TREE);
    refuses_folders(&mut business, &of_any_item);
    refuses_folders(&mut business, &of_folders);
    for name in of_any_item {
        business.refuses(BAD, |drive| drive.create_file("/to", name, ""));
    }
    business.refuses(BAD, |drive| drive.create_folder("/", "Forms"));
    business.does(|drive| drive.create_file("/", "Forms", ""));
    business.does(|drive| drive.create_file("/to", "forms", ""));
    let mut personal = Trial::<S>::on(&Profile::PERSONAL, TREE);
    takes_folders(&mut personal, &of_any_item);
    takes_folders(&mut personal, &of_folders);
    personal.does(|drive| drive.create_file("/to", "a_vti_b.bin", ""));
    personal.does(|drive| drive.create_folder("/", "Forms"));
}

/// On OneDrive a file may begin with `~`, a folder may not.
pub fn onedrive_takes_a_tilde_before_files_only<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        on.does(|drive| drive.create_file("/to", "~a", ""));
        on.refuses(BAD, |drive| drive.create_folder("/to", "~b"));
    }
}

/// Box refuses slashes of both kinds, control characters, a space at the end and what is beyond U+FFFF.
pub fn box_refuses_what_its_reference_names<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BOX, TREE);
    refuses_folders(&mut on, &["a\\b", "a\u{1}b", "a\u{7f}", "a ", "🎉"]);
}

/// Box takes names that OneDrive refuses.
pub fn box_takes_what_onedrive_refuses<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BOX, TREE);
    takes_folders(&mut on, &["a:b", "a*b", " a", "a.", "CON", "~a", "~$a", "x_vti_y", "&#169;", "é"]);
}

/// Box takes out of a copied file's name what it does not allow.
pub fn box_mends_the_name_of_a_copied_file<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BOX, "a.txt = \"hi\"\nto/\n");
    assert_eq!(on.copies("/a.txt", "/to", CopyOptions::named("a/b\\c\u{1}.txt  ")), "/to/abc.txt");
    on.holds("a.txt = \"hi\"\nto/\n  abc.txt = \"hi\"\n");
    on.copies_not(BAD, "/a.txt", "/to", CopyOptions::named("//"));
}

/// A name that is mended to one that is taken is taken.
pub fn box_mends_no_way_around_a_taken_name<S: Subject>() {
    let mut on = Trial::<S>::on(&Profile::BOX, "a.txt\nto/\n  B.txt\n");
    on.copies_not("nameAlreadyExists", "/a.txt", "/to", CopyOptions::named("b/.txt"));
}

/// Nobody else mends names: a copied file's name is checked.
pub fn only_box_mends_names<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL], TREE) {
        on.copies_not(BAD, "/a.txt", "/to", CopyOptions::named("a/b"));
    }
}

/// OneDrive and Box take names of 255 UTF-16 units and no longer ones.
pub fn a_name_has_at_most_255_units<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        takes_folders(&mut on, &[&"x".repeat(255), &"é".repeat(255)]);
        refuses_folders(&mut on, &[&"x".repeat(256)]);
    }
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        refuses_folders(&mut on, &[&"🎉".repeat(128)]);
    }
}

/// OneDrive takes paths of 400 UTF-16 units and no longer ones, also below what is copied or moved.
pub fn a_path_has_at_most_400_units_on_onedrive<S: Subject>() {
    let (long, code) = ("x".repeat(200), "pathIsTooLong");
    for mut on in on_each::<S>(&ONEDRIVE, &format!("{long}/\nlonger name/\n  {}\n", "y".repeat(199))) {
        on.does(|drive| drive.create_folder(&format!("/{long}"), &"z".repeat(199)));
        on.refuses(code, |drive| drive.create_file(&format!("/{long}"), &"z".repeat(200), ""));
        let target = format!("/{long}");
        on.copies_not(code, "/longer name", &target, CopyOptions::default());
        on.refuses(code, |drive| drive.move_to("/longer name", &target, None));
        on.copies_not(code, &format!("/{long}"), "/longer name", CopyOptions::default());
    }
}

/// A name stays as it was given, whatever the profile takes for the same.
pub fn a_name_stays_as_it_was_given<S: Subject>() {
    for mut on in on_all::<S>("to/\n") {
        on.does(|drive| drive.create_folder("/to", "MiXed Case"));
        assert_eq!(on.names("/to"), Ok(vec!["MiXed Case".to_owned()]));
    }
}
