//! Promises about which names each profile accepts, rejects and corrects.

use drivesim::{CopyOptions, Profile};

use super::{Fixture, Subject, TREE, on_all, on_each};

const BAD: &str = "invalidRequest";
const ONEDRIVE: [Profile; 2] = [Profile::BUSINESS, Profile::PERSONAL];

/// Asserts that `/to` accepts none of these names for a folder that is created, renamed or copied.
#[track_caller]
fn assert_rejects_folders<S: Subject>(on: &mut Fixture<S>, names: &[&str]) {
    for name in names {
        on.refuses(BAD, |drive| drive.create_folder("/to", name));
        on.refuses(BAD, |drive| drive.rename("/Docs", name));
        on.copies_not(BAD, "/Docs", "/to", CopyOptions::named(*name));
    }
}

/// Asserts that `/to` accepts each of these names for a folder.
#[track_caller]
fn assert_accepts_folders<S: Subject>(on: &mut Fixture<S>, names: &[&str]) {
    for name in names {
        on.does(|drive| drive.create_folder("/to", name));
        assert_eq!(on.names("/to"), Ok(vec![(*name).to_owned()]));
        on.does(|drive| drive.delete(&format!("/to/{name}")));
    }
}

/// No profile accepts an empty name, one or two periods, or a slash in the name of a folder.
pub fn names_that_make_paths_ambiguous_are_rejected<S: Subject>() {
    for mut on in on_all::<S>(TREE) {
        assert_rejects_folders(&mut on, &["", ".", "..", "a/b", "/", "a\0"]);
    }
}

/// Plain drives accept any other name.
pub fn plain_accepts_any_other_name<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, TREE);
    assert_accepts_folders(
        &mut on,
        &["a:b", "a\\b", " a ", "a.", "CON", "~a", "a\u{1}b", "🎉", "...", &"x".repeat(1000)],
    );
}

/// OneDrive rejects the characters, edges and words that its restrictions name, in any case.
pub fn onedrive_rejects_its_reserved_characters_and_words<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        assert_rejects_folders(
            &mut on,
            &["a\"b", "a*b", "a:b", "a<b", "a>b", "a?b", "a\\b", "a|b", "a\u{1}b"],
        );
        assert_rejects_folders(&mut on, &[" a", "a ", "a.", "~a", "~$a", "&#169;"]);
        assert_rejects_folders(
            &mut on,
            &["CON", "con", "Prn", "aux.txt", "NUL.a.b", "COM0", "lpt9", ".lock", "DESKTOP.ini"],
        );
    }
}

/// OneDrive accepts names that only look like reserved ones.
pub fn onedrive_accepts_names_that_only_look_reserved<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        assert_accepts_folders(
            &mut on,
            &["CONtext", "COM", "COM10", "a.con", ".locked", "a~", "#", "%", "&#x;", "🎉", "forms.d", "vti_"],
        );
    }
}

/// SharePoint reserves `_vti_` anywhere in a name and folders named `Forms`; personal drives do not.
pub fn only_business_reserves_names_of_sharepoint<S: Subject>() {
    let for_any_item = ["x_vti_y", "x_VTI_y", "_vti_"];
    let for_folders = ["Forms", "forms", "FORMS"];
    let mut business = Fixture::<S>::on(&Profile::BUSINESS, TREE);
    assert_rejects_folders(&mut business, &for_any_item);
    assert_rejects_folders(&mut business, &for_folders);
    for name in for_any_item {
        business.refuses(BAD, |drive| drive.create_file("/to", name, ""));
    }
    business.refuses(BAD, |drive| drive.create_folder("/", "Forms"));
    business.does(|drive| drive.create_file("/", "Forms", ""));
    business.does(|drive| drive.create_file("/to", "forms", ""));
    let mut personal = Fixture::<S>::on(&Profile::PERSONAL, TREE);
    assert_accepts_folders(&mut personal, &for_any_item);
    assert_accepts_folders(&mut personal, &for_folders);
    personal.does(|drive| drive.create_file("/to", "a_vti_b.bin", ""));
    personal.does(|drive| drive.create_folder("/", "Forms"));
}

/// On OneDrive the name of a file may begin with `~`, that of a folder may not.
pub fn onedrive_accepts_a_leading_tilde_for_files_only<S: Subject>() {
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        on.does(|drive| drive.create_file("/to", "~a", ""));
        on.refuses(BAD, |drive| drive.create_folder("/to", "~b"));
    }
}

/// Box rejects slashes of both kinds, control characters, a space at the end and characters beyond U+FFFF.
pub fn box_rejects_the_names_of_its_reference<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, TREE);
    assert_rejects_folders(&mut on, &["a\\b", "a\u{1}b", "a\u{7f}", "a ", "🎉"]);
}

/// Box accepts names that OneDrive rejects.
pub fn box_accepts_names_that_onedrive_rejects<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, TREE);
    assert_accepts_folders(
        &mut on,
        &["a:b", "a*b", " a", "a.", "CON", "~a", "~$a", "x_vti_y", "&#169;", "é"],
    );
}

/// Box removes what it does not allow from the name of a copied file.
pub fn box_corrects_the_name_of_a_copied_file<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, "a.txt = \"hi\"\nto/\n");
    assert_eq!(on.copies("/a.txt", "/to", CopyOptions::named("a/b\\c\u{1}.txt  ")), "/to/abc.txt");
    on.holds("a.txt = \"hi\"\nto/\n  abc.txt = \"hi\"\n");
    on.copies_not(BAD, "/a.txt", "/to", CopyOptions::named("//"));
}

/// A corrected name conflicts if it is taken.
pub fn box_corrected_names_can_conflict<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::BOX, "a.txt\nto/\n  B.txt\n");
    on.copies_not("nameAlreadyExists", "/a.txt", "/to", CopyOptions::named("b/.txt"));
}

/// Other services reject an invalid name of a copied file instead of correcting it.
pub fn only_box_corrects_names<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL], TREE) {
        on.copies_not(BAD, "/a.txt", "/to", CopyOptions::named("a/b"));
    }
}

/// OneDrive and Box accept names of up to 255 UTF-16 units.
pub fn a_name_has_at_most_255_units<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::BUSINESS, Profile::PERSONAL, Profile::BOX], TREE) {
        assert_accepts_folders(&mut on, &[&"x".repeat(255), &"é".repeat(255)]);
        assert_rejects_folders(&mut on, &[&"x".repeat(256)]);
    }
    for mut on in on_each::<S>(&ONEDRIVE, TREE) {
        assert_rejects_folders(&mut on, &[&"🎉".repeat(128)]);
    }
}

/// OneDrive accepts paths of up to 400 UTF-16 units, also for items below a copied or moved folder.
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

/// A name is stored as given, even if the profile ignores case.
pub fn a_name_is_stored_as_given<S: Subject>() {
    for mut on in on_all::<S>("to/\n") {
        on.does(|drive| drive.create_folder("/to", "MiXed Case"));
        assert_eq!(on.names("/to"), Ok(vec!["MiXed Case".to_owned()]));
    }
}
