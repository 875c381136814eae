//! Tests of members of items: errors, moves, copies.

use crate::copy::CopySpec;
use crate::outline::parse;
use crate::{
    Access, Conflict, Content, Detail, Drive, Error, ItemId, Json, Profile, Timestamp, Update, Versions,
};

const AT: Timestamp = Timestamp::UNIX_EPOCH;
const ALL: &str = concat!(
    r#"classification={"name":"Top Secret"} comment_count=10 is_package=true lock={"created_by":{"id":"7"},"id":"1"} "#,
    r#"metadata={"enterprise_1":{"a":{"$version":1},"b":{}}} tags=["approved"]"#,
);

fn drive(profile: Profile, outline: &str) -> Drive {
    Drive::from_lines(profile, &parse(outline).unwrap().drives[0].lines, AT).unwrap()
}

fn find(drive: &Drive, path: &str) -> ItemId {
    drive.find(path).unwrap()
}

fn printed(drive: &Drive, path: &str) -> String {
    format!("{:?}", drive.item(find(drive, path)).unwrap().members)
}

fn change(name: &str, value: &str) -> (String, Option<Json>) {
    (name.to_owned(), Some(value.parse().unwrap()))
}

#[test]
fn an_outline_sets_members_and_prints_them() {
    let outline = format!("a.txt # {ALL}\nd/ # sync_state=\"synced\"\n");
    let drive = drive(Profile::BOX, &outline);
    let printed = drive.whole_outline(Detail::Attributes).unwrap();
    assert!(printed.contains(&format!(" {ALL}\n")), "{printed}");
    let again = super::tests::drive(Profile::BOX, &printed);
    assert_eq!(again.whole_outline(Detail::Attributes).unwrap(), printed);
    assert_eq!(drive.whole_outline(Detail::Names).unwrap(), "a.txt\nd/\n");
}

#[test]
fn an_outline_sets_descriptions_users_and_times_of_contents_and_prints_them() {
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX] {
        let outline = "a.txt # created=2024-05-01T09:30:00Z modified=2024-05-02T09:30:00Z \
            content_created=2024-01-01T00:00:00Z content_modified=2024-01-02T00:00:00Z owner=ann modified_by=ben \
            description=\"Contract for Q1 renewal\"\nd/ # created=2024-05-01T09:30:00Z \
            modified=2024-05-01T09:30:00Z description=short\n";
        let drive = drive(profile, outline);
        let file = drive.item(find(&drive, "/a.txt")).unwrap();
        assert_eq!((&*file.created_by, &*file.modified_by), ("ann", "ben"));
        assert_eq!(file.description.as_deref(), Some("Contract for Q1 renewal"));
        let times = [file.fs_created_at, file.fs_modified_at].map(|time| time.to_string());
        assert_eq!(times, ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"]);
        assert_eq!(drive.whole_outline(Detail::Attributes).unwrap(), outline);
    }
    let long = format!("a.txt # description={}\n", "x".repeat(1100));
    let lines = &parse(&long).unwrap().drives[0].lines;
    let error = Drive::from_lines(Profile::BOX, lines, AT).unwrap_err().to_string();
    assert!(error.starts_with("line 1, column 1: "), "{error}");
}

#[test]
fn an_unknown_member_fails_with_its_line() {
    let error = |profile: Profile, outline: &str| {
        let outline = parse(outline).unwrap();
        Drive::from_lines(profile, &outline.drives[0].lines, AT).err().unwrap().to_string()
    };
    let actual = error(Profile::BOX, "x\na # tag=[]\n");
    assert!(
        actual.starts_with("line 2, column 1: a file of a box drive has no member \"tag\"; it has allowed_"),
        "{actual}"
    );
    let actual = error(Profile::BOX, "a/ # lock={}\n");
    assert!(
        actual.starts_with("line 1, column 1: a folder of a box drive has no member \"lock\"; it has "),
        "{actual}"
    );
    let invalid = [
        ("tags=[1]", "tags[0] must be a non-empty string, not 1"),
        (r#"tags=["a",""]"#, "tags[1] must be a non-empty string, not \"\""),
        ("lock={}", "lock must have the member created_by"),
        (r#"lock={"id":"3"}"#, "lock must have the member created_by"),
        (r#"lock={"created_by":{}}"#, "lock.created_by must have the member id"),
        (r#"lock={"created_by":{"id":""}}"#, "lock.created_by.id must be a non-empty string, not \"\""),
    ];
    for (member, why) in invalid {
        assert_eq!(error(Profile::BOX, &format!("a # {member}\n")), format!("line 1, column 1: {why}"));
    }
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL] {
        let expected = format!(
            "line 1, column 1: a file of a {} drive has no member \"tags\"; only box drives have members",
            profile.name()
        );
        assert_eq!(error(profile, "a # tags=[]\n"), expected);
    }
}

#[test]
fn the_service_sets_members_without_a_change_whatever_the_access() {
    let mut drive = drive(Profile::BOX, "a.txt\nb.txt\n");
    let (item, before, token) = (find(&drive, "/a.txt"), drive.clone(), drive.change_token());
    drive.set_access(item, Some(Access::None)).unwrap();
    drive.set_members(item, &[change("tags", r#"["x"]"#), change("comment_count", "1")]).unwrap();
    assert_eq!(format!("{:?}", drive.members(item).unwrap()), r#"{"comment_count": 1, "tags": ["x"]}"#);
    let error = drive.set_members(item, &[change("comment_count", "2"), change("tags", "7")]);
    assert!(matches!(error, Err(Error::BadMember { .. })), "{error:?}");
    drive.set_access(item, None).unwrap();
    assert_eq!(printed(&drive, "/a.txt"), r#"{"comment_count": 1, "tags": ["x"]}"#);
    assert_eq!(printed(&drive, "/b.txt"), "{}");
    assert_eq!(drive.item(item).unwrap().etag, 0);
    assert!(drive.changes(Some(token), 9).unwrap().changes.is_empty());
    let diff = before.diff_outline(&drive).unwrap();
    assert_eq!(diff, "~ a.txt # comment_count was not set, tags was not set\n");
    drive.set_members(item, &[("tags".to_owned(), None), ("comment_count".to_owned(), None)]).unwrap();
    assert_eq!(before.diff_outline(&drive).unwrap(), "");
    assert_eq!(before.item(item).unwrap(), drive.item(item).unwrap());
    drive.check_invariants();
}

#[test]
fn an_update_sets_members_in_one_step_with_the_rest() {
    let mut drive = drive(Profile::BOX, "a.txt # tags=[\"x\"]\n");
    let (item, later) = (find(&drive, "/a.txt"), Timestamp::from_second(9).unwrap());
    let members = [change("comment_count", "1"), ("tags".to_owned(), None)];
    let update = Update { name: Some("b.txt"), members: &members, ..Update::default() };
    drive.update(item, update, later).unwrap();
    let seen = drive.item(item).unwrap();
    assert_eq!((seen.etag, seen.modified_at, &*seen.name), (1, later, "b.txt"));
    assert_eq!(printed(&drive, "/b.txt"), r#"{"comment_count": 1}"#);
    drive.update(item, Update { members: &members, ..Update::default() }, later).unwrap();
    assert_eq!(drive.item(item).unwrap().etag, 1, "nothing is different");
    let invalid = [change("comment_count", "[]")];
    let update = Update { name: Some("c.txt"), members: &invalid, ..Update::default() };
    assert!(matches!(drive.update(item, update, later), Err(Error::BadMember { .. })));
    assert_eq!(&*drive.item(item).unwrap().name, "b.txt");
    drive.set_access(item, Some(Access::Read)).unwrap();
    let update = Update { members: &invalid, ..Update::default() };
    assert!(matches!(drive.update(item, update, later), Err(Error::AccessDenied { .. })));
}

#[test]
fn members_stay_with_their_item() {
    let mut drive = drive(Profile::BOX, "to/\nd/ # tags=[\"d\"]\n  a.txt = \"1\" # tags=[\"a\"]\n");
    let (a, d, to) = (find(&drive, "/d/a.txt"), find(&drive, "/d"), find(&drive, "/to"));
    drive.rename(a, "b.txt", AT).unwrap();
    drive.write(a, Content::from("2"), AT).unwrap();
    drive.restore_version(a, 1, AT).unwrap();
    drive.move_to(d, to, None, Conflict::Fail, AT).unwrap();
    drive.delete(d, AT).unwrap();
    assert_eq!(format!("{:?}", drive.bin_item(d, AT).unwrap().item.members), r#"{"tags": ["d"]}"#);
    drive.set_members(d, &[change("sync_state", "\"synced\"")]).unwrap();
    drive.restore(d, None, None, Conflict::Fail, AT).unwrap();
    assert_eq!(printed(&drive, "/to/d"), r#"{"sync_state": "synced", "tags": ["d"]}"#);
    assert_eq!(format!("{:?}", drive.members(a).unwrap()), r#"{"tags": ["a"]}"#);
    drive.delete_permanently(d).unwrap();
    assert!(matches!(drive.members(a), Err(Error::NotFound { .. })));
    drive.check_invariants();
}

#[test]
fn a_copy_keeps_the_members_that_the_profile_lists() {
    let mut profile = Profile::BOX;
    let outline = format!("to/\nd/ # tags=[\"d\"] sync_state=synced\n  a.txt # {ALL}\n  b.txt\n");
    let kept = |profile: &Profile| {
        let mut drive = drive(profile.clone(), &outline);
        let spec = CopySpec::new(find(&drive, "/d"), find(&drive, "/to"));
        drive.copy(&spec, AT, usize::MAX).unwrap();
        drive.check_invariants();
        assert_eq!(printed(&drive, "/to/d/b.txt"), "{}");
        (printed(&drive, "/to/d"), printed(&drive, "/to/d/a.txt"))
    };
    let tags = r#"{"tags": ["d"]}"#.to_owned();
    let own = r#"{"classification": {"name":"Top Secret"}, "is_package": true, "tags": ["approved"]}"#;
    assert_eq!(kept(&profile), (tags.clone(), own.to_owned()));
    profile.set_option("copy_keeps_members", "tags+metadata.enterprise_1.a").unwrap();
    let own = r#"{"metadata": {"enterprise_1":{"a":{"$version":1}}}, "tags": ["approved"]}"#;
    assert_eq!(kept(&profile), (tags, own.to_owned()));
    profile.set_option("copy_keeps_members", "none").unwrap();
    (profile.copy_keeps.content_times, profile.copy_keeps.description) = (false, false);
    assert_eq!(kept(&profile), ("{}".to_owned(), "{}".to_owned()));
    profile.set_option("copy_keeps_members", "sync_state").unwrap();
    assert_eq!(kept(&profile), (r#"{"sync_state": "synced"}"#.to_owned(), "{}".to_owned()));
    for invalid in [
        "tags+tags",
        "tags+is_package+tags",
        "",
        "tag",
        "tags+",
        "metadata.",
        "tags.x",
        &format!("metadata.{}", "x".repeat(2000)),
    ] {
        assert!(profile.set_option("copy_keeps_members", invalid).is_err(), "{invalid}");
    }
}

#[test]
fn a_copy_across_drives_keeps_members_if_both_are_of_box() {
    let source = drive(Profile::BOX, "a.txt = \"1\" # tags=[\"a\"] comment_count=1\n");
    let kept = |profile: Profile| {
        let mut target = Drive::new(profile, AT);
        let spec = CopySpec::new(find(&source, "/a.txt"), target.root()).versions(Versions::Number(1));
        target.copy_from(&source, &spec, AT, usize::MAX).unwrap();
        printed(&target, "/a.txt")
    };
    assert_eq!(kept(Profile::BOX), r#"{"tags": ["a"]}"#);
    assert_eq!(kept(Profile::BUSINESS), "{}");
}
