//! Tests of explicit wire ids of drives and items: when they are kept, and when they are rejected.

use drivesim::drive::DriveSpec;
use drivesim::item::ItemKind;
use drivesim::outline::{Detail, DriveHeader, parse};
use drivesim::{CopyOptions, Error, Profile, Sim};

const DRIVE: &str = "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B";
const ITEM: &str = "DCD0D3AD-8989-4F23-A5A2-2C086050513F";

fn build(outline: &str) -> Result<Sim, Error> {
    Sim::builder().outline(outline).build()
}

fn build_error(outline: &str) -> String {
    build(outline).map(drop).unwrap_err().to_string()
}

/// Returns the explicit wire id of an item.
fn explicit_id(sim: &Sim, path: &str) -> Option<String> {
    let item = sim.item(path).unwrap();
    sim.wire_ids(&sim.drives()[0]).unwrap().of(item.id).map(str::to_owned)
}

#[test]
fn ids_of_an_outline_are_printed_and_parsed_again() {
    let text = format!("drive work profile=business owner=me id={DRIVE}\nDocs/ # id={ITEM}\na.txt\n");
    let sim = build(&text).unwrap();
    let printed = sim.outline_with(Detail::Attributes).unwrap();
    assert!(printed.starts_with(&format!("drive work profile=business owner=me id={DRIVE}\n")), "{printed}");
    assert!(printed.contains(&format!("Docs/ # id={ITEM} created=")), "{printed}");
    let again = build(&printed).unwrap();
    assert_eq!(again.outline_with(Detail::Attributes).unwrap(), printed);
    assert_eq!(explicit_id(&again, "/Docs").as_deref(), Some(ITEM));
    // A drive whose line matches keeps its id; a different line replaces the drive.
    let id = sim.drives()[0].id();
    sim.replace_drives(parse(&printed).unwrap()).unwrap();
    assert_eq!((sim.drives()[0].id(), explicit_id(&sim, "/Docs").as_deref()), (id, Some(ITEM)));
    sim.replace_drives(parse("drive work profile=business owner=me\n").unwrap()).unwrap();
    assert_ne!(sim.drives()[0].id(), id);
    assert_eq!(sim.wire_ids(&sim.drives()[0]).unwrap().drive(), None);
}

#[test]
fn forks_keep_explicit_ids_and_a_restore_brings_them_back() {
    let sim = build("drive files profile=box\na.txt # id=12345\nb.txt\n").unwrap();
    let (fork, snapshot) = (sim.fork(), sim.snapshot());
    sim.set_wire_id("/a.txt", Some("22222")).unwrap();
    sim.set_wire_id("/b.txt", Some("12345")).unwrap();
    assert_eq!(explicit_id(&fork, "/a.txt").as_deref(), Some("12345"));
    assert_eq!(explicit_id(&fork, "/b.txt"), None);
    assert_eq!(explicit_id(&sim, "/b.txt").as_deref(), Some("12345"));
    sim.restore(&snapshot);
    assert_eq!((explicit_id(&sim, "/a.txt").as_deref(), explicit_id(&sim, "/b.txt")), (Some("12345"), None));
    // The items of a new outline have only their own ids.
    sim.replace_outline(sim.drive("files").unwrap(), "c.txt # id=12345\n").unwrap();
    assert_eq!(explicit_id(&sim, "/c.txt").as_deref(), Some("12345"));
    sim.replace_outline(sim.drive("files").unwrap(), "c.txt\n").unwrap();
    assert_eq!(explicit_id(&sim, "/c.txt"), None);
}

#[test]
fn a_rejected_outline_names_the_line_and_keeps_the_ids() {
    let sim = build("drive files profile=box\na.txt # id=12345\n").unwrap();
    let error = sim
        .replace_outline(sim.drive("files").unwrap(), "b.txt # id=7\nA/\n  c.txt # id=7\n")
        .unwrap_err()
        .to_string();
    assert_eq!(error, "no drive can hold the outline: line 3, column 3: the id \"7\" is taken by \"/b.txt\"");
    assert_eq!(explicit_id(&sim, "/a.txt").as_deref(), Some("12345"));
}

#[test]
fn an_id_is_kept_by_moves_and_the_bin_but_not_copied() {
    let sim = build("drive files profile=box\nA/\n  a.txt = \"x\" # id=11\nB/ # id=12\n").unwrap();
    sim.copy("/A/a.txt", "/B", CopyOptions::default()).unwrap();
    assert_eq!(explicit_id(&sim, "/B/a.txt"), None);
    sim.copy("/B", "/A", CopyOptions::default()).unwrap();
    assert_eq!(explicit_id(&sim, "/A/B"), None);
    sim.rename("/A/a.txt", "b.txt").unwrap();
    sim.move_to("/A/b.txt", "/B").unwrap();
    assert_eq!(explicit_id(&sim, "/B/b.txt").as_deref(), Some("11"));
    let item = sim.item("/B/b.txt").unwrap().id;
    sim.delete("/B/b.txt").unwrap();
    assert!(sim.set_wire_id("/A/B/a.txt", Some("11")).is_err(), "an item in the bin keeps its id");
    sim.restore_item(item).unwrap();
    assert_eq!(explicit_id(&sim, "/B/b.txt").as_deref(), Some("11"));
    sim.delete_permanently("/B/b.txt").unwrap();
    sim.set_wire_id("/A/B/a.txt", Some("11")).unwrap();
    let ids = sim.wire_ids(&sim.drives()[0]).unwrap();
    assert_eq!(ids.find("11", ItemKind::File), Some(sim.item("/A/B/a.txt").unwrap().id));
}

#[test]
fn drive_ids_match_their_service_and_are_unique() {
    assert_eq!(
        build_error("drive files profile=box id=12345\n"),
        "line 1, column 7: the drive \"files\": \"12345\" is not an id of the service: expected none, as drives of Box have \
         no id on the wire"
    );
    let two = format!("drive a profile=business id={DRIVE}\ndrive b profile=business id={DRIVE}\n");
    assert_eq!(
        build_error(&two),
        format!("line 2, column 7: the drive \"b\": the id \"{DRIVE}\" is taken by \"a\"")
    );
    let cids = "drive a profile=personal id=D4648F06C91D9D3D\ndrive b profile=personal id=d4648f06c91d9d3d\n";
    assert!(build_error(cids).contains("is taken by \"a\""));
    let header = |name: &str| DriveHeader {
        name: name.to_owned(),
        profile: Some(Profile::BUSINESS.name().to_owned()),
        id: Some(DRIVE.to_owned()),
        ..DriveHeader::default()
    };
    let sim = build("").unwrap();
    sim.add_drive(DriveSpec::try_from(header("a")).unwrap()).unwrap();
    let error = sim.add_drive(DriveSpec::try_from(header("b")).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), format!("the drive \"b\": the id \"{DRIVE}\" is taken by \"a\""));
    assert!(sim.drive("b").is_err());
    let closed = DriveHeader { id: None, access: Some("all".to_owned()), ..header("b") };
    assert_eq!(
        DriveSpec::try_from(closed).unwrap_err().to_string(),
        "expected access to be one of write, read, none, found \"all\""
    );
    sim.remove_drive(sim.drive("a").unwrap()).unwrap();
    sim.add_drive(DriveSpec::try_from(header("b")).unwrap()).unwrap();
}
