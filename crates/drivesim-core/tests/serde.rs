//! Tests that the JSON forms of the values of this crate are stable and are read back.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::fmt::Debug;

use drivesim_core::outline::{self, Outline};
use drivesim_core::{
    Access, BinItem, Case, ChangeToken, Changes, Conflict, ContentTimes, CyclicCopy, Detail, Difference,
    Drive, EmptyAfterSanitise, Item, ItemId, ItemKind, Json, LateConflict, ListingOrder, LockId, LockScope,
    LockedOp, NameRules, Page, PartialChildren, Precondition, Profile, Quota, QuotaState,
    RejectSupplementary, ReplaceOntoItself, ReplacedItem, ReplacedUntil, Replaces, RootCopy,
    SanitiseFileNames, Service, Suffix, Times, Timestamp, Tombstone, Totals, Unreadable, Version, Versions,
};
use expect_test::expect;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes a value and checks that it is read back.
#[track_caller]
fn form<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> String {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

/// Writes words in one line and checks that they are read back.
#[track_caller]
fn words<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = values.into_iter().map(|value| form(&value).trim_end().to_owned()).collect();
    words.join(" ") + "\n"
}

/// Returns the error of reading a text.
#[track_caller]
fn error<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).unwrap_err().to_string() + "\n"
}

/// Creates a drive with folders, files, versions and metadata.
fn drive() -> Drive {
    let text =
        "Docs/ # created=2024-02-01T00:00:00Z\n  a.txt = \"hi\" # owner=ann versions=2\nold.txt = 7 B\n";
    let outline = outline::parse(text).unwrap();
    let at = "2024-01-01T00:00:00Z".parse().unwrap();
    Drive::from_lines(Profile::BUSINESS, &outline.drives[0].lines, at).unwrap()
}

fn now() -> Timestamp {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

#[test]
fn variants_have_stable_names() {
    let mut actual = words([ItemKind::File, ItemKind::Folder]);
    actual += &words([Conflict::Fail, Conflict::Replace, Conflict::Rename]);
    actual += &words([Access::None, Access::Read, Access::Write]);
    actual += &words([Case::Sensitive, Case::Folded]);
    actual += &words([Suffix::Spaced, Suffix::Joined]);
    actual += &words([SanitiseFileNames::Never, SanitiseFileNames::CopyOnly, SanitiseFileNames::Everywhere]);
    actual += &words([ListingOrder::Name, ListingOrder::Natural, ListingOrder::FoldersFirst]);
    actual += &words([LateConflict::Never, LateConflict::Unnamed, LateConflict::Always]);
    actual += &words([Replaces::Files, Replaces::SameKind, Replaces::Anything]);
    actual += &words([RootCopy::ChildrenOnly, RootCopy::Never]);
    actual += &words([EmptyAfterSanitise::Refuse, EmptyAfterSanitise::KeepSourceName]);
    actual +=
        &words([RejectSupplementary::Never, RejectSupplementary::Always, RejectSupplementary::NotOnFileCopy]);
    actual += &words([ReplacedItem::Gone, ReplacedItem::Bin]);
    actual += &words([ReplaceOntoItself::NewItem, ReplaceOntoItself::Refuse]);
    actual += &words([ReplacedUntil::Done, ReplacedUntil::Start]);
    actual += &words([PartialChildren::Kept, PartialChildren::None]);
    actual += &words([CyclicCopy::Refuse, CyclicCopy::Fail]);
    actual += &words([Unreadable::Hidden, Unreadable::Refused]);
    actual += &words([LockScope::Item, LockScope::Tree]);
    actual += &words([
        LockedOp::Write,
        LockedOp::Move,
        LockedOp::Delete,
        LockedOp::CopyFrom,
        LockedOp::CopyTo,
        LockedOp::Restore,
        LockedOp::Create,
    ]);
    actual += &words([QuotaState::Normal, QuotaState::Nearing, QuotaState::Critical, QuotaState::Exceeded]);
    actual += &words([Detail::Names, Detail::Attributes]);
    expect![[r#"
        "file" "folder"
        "fail" "replace" "rename"
        "none" "read" "write"
        "sensitive" "folded"
        "spaced" "joined"
        "never" "copyOnly" "everywhere"
        "name" "natural" "foldersFirst"
        "never" "unnamed" "always"
        "files" "sameKind" "anything"
        "childrenOnly" "never"
        "refuse" "keepSourceName"
        "never" "always" "notOnFileCopy"
        "gone" "bin"
        "newItem" "refuse"
        "done" "start"
        "kept" "none"
        "refuse" "fail"
        "hidden" "refused"
        "item" "tree"
        "write" "move" "delete" "copyFrom" "copyTo" "restore" "create"
        "normal" "nearing" "critical" "exceeded"
        "names" "attributes"
    "#]]
    .assert_eq(&actual);
}

#[test]
fn ids_are_texts_and_other_texts_fail() {
    let ids = [ItemId::from_bits(0), ItemId::from_bits(0x1234_5678_9ABC_DEF0), ItemId::from_bits(u64::MAX)];
    expect![[r#"
        "0000000000000000" "123456789ABCDEF0" "FFFFFFFFFFFFFFFF"
    "#]]
    .assert_eq(&words(ids));
    let actual = ["\"12\"", "\"+234567890123456\"", "\"\"", "7", "\"Ω\""].map(error::<ItemId>).concat();
    expect![[r#"
        "12": an item id is 16 hexadecimal digits
        "+234567890123456": an item id is 16 hexadecimal digits
        "": an item id is 16 hexadecimal digits
        invalid type: integer `7`, expected a string at line 1 column 1
        "Ω": an item id is 16 hexadecimal digits
    "#]]
    .assert_eq(&actual);
    let token = drive().change_token();
    assert_eq!(form(&token).trim_end(), format!("{:?}", token.to_string()));
    expect![[r#"
        "x-y": a change token is two or three hexadecimal numbers separated by hyphens
    "#]]
    .assert_eq(&error::<ChangeToken>("\"x-y\""));
    let mut drive = drive();
    let lock: LockId = drive.lock(drive.find("/old.txt").unwrap(), LockScope::Item).unwrap();
    form(&lock);
}

#[test]
fn items_versions_and_bin_items_have_stable_forms() {
    let mut drive = drive();
    let item: Item = drive.item(drive.find("/Docs/a.txt").unwrap()).unwrap();
    let versions: Vec<Version> = drive.versions(item.id).unwrap();
    let mut actual = form(&item) + &form(&versions);
    drive.delete(drive.find("/old.txt").unwrap(), now()).unwrap();
    let binned: Vec<BinItem> = drive.bin(now());
    actual += &form(&binned);
    expect![[r#"
        {
          "id": "0000000100000002",
          "parent": "0000000100000001",
          "name": "a.txt",
          "kind": "file",
          "size": 2,
          "childCount": 0,
          "createdAt": "2024-01-01T00:00:00Z",
          "modifiedAt": "2024-01-01T00:00:00Z",
          "fsCreatedAt": "2024-01-01T00:00:00Z",
          "fsModifiedAt": "2024-01-01T00:00:00Z",
          "createdBy": "ann",
          "modifiedBy": "ann",
          "description": null,
          "members": {},
          "etag": 0,
          "ctag": 0,
          "version": 2
        }
        [
          {
            "number": 2,
            "name": "a.txt",
            "size": 2,
            "modifiedAt": "2024-01-01T00:00:00Z",
            "modifiedBy": "ann",
            "deletedAt": null,
            "isCurrent": true
          },
          {
            "number": 1,
            "name": null,
            "size": 2,
            "modifiedAt": "2024-01-01T00:00:00Z",
            "modifiedBy": "ann",
            "deletedAt": null,
            "isCurrent": false
          }
        ]
        [
          {
            "item": {
              "id": "0000000100000003",
              "parent": "0000000100000000",
              "name": "old.txt",
              "kind": "file",
              "size": 7,
              "childCount": 0,
              "createdAt": "2024-01-01T00:00:00Z",
              "modifiedAt": "2024-01-01T00:00:00Z",
              "fsCreatedAt": "2024-01-01T00:00:00Z",
              "fsModifiedAt": "2024-01-01T00:00:00Z",
              "createdBy": "me",
              "modifiedBy": "me",
              "description": null,
              "members": {},
              "etag": 0,
              "ctag": 0,
              "version": 1
            },
            "deletedAt": "2024-05-01T12:00:00Z",
            "deletedBy": "me",
            "purgeAt": "2024-08-02T12:00:00Z"
          }
        ]
    "#]]
    .assert_eq(&actual);
    form(&drive.item(drive.root()).unwrap());
    let whole = serde_json::to_value(&item).unwrap();
    for key in ["id", "name", "kind", "createdAt", "etag"] {
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(key);
        assert!(error::<Item>(&part.to_string()).contains(&format!("missing field `{key}`")));
    }
}

#[test]
fn an_impossible_item_fails_with_the_rule() {
    let drive = drive();
    let item = serde_json::to_value(drive.item(drive.find("/Docs/a.txt").unwrap()).unwrap()).unwrap();
    let root = serde_json::to_value(drive.item(drive.root()).unwrap()).unwrap();
    let with = |json: &serde_json::Value, key: &str, value: serde_json::Value| {
        let mut json = json.clone();
        json[key] = value;
        json.to_string()
    };
    let own = item["id"].clone();
    let invalid = [
        with(&item, "childCount", 7.into()),
        with(&item, "parent", own.clone()),
        with(&item, "parent", serde_json::Value::Null),
        with(&item, "name", "a/b".into()),
        with(&item, "name", "".into()),
        with(&root, "name", "root".into()),
        "7".to_owned(),
    ];
    expect![[r#"
        a file has no children
        an item is not in itself
        an item has a name exactly when it is in a folder; only the root has neither
        a name has no slash
        an item has a name exactly when it is in a folder; only the root has neither
        an item has a name exactly when it is in a folder; only the root has neither
        invalid type: integer `7`, expected an item of a drive at line 1 column 1
    "#]]
    .assert_eq(&invalid.map(|json| error::<Item>(&json)).concat());
    let gone = serde_json::json!({"id": own, "parent": root["id"], "name": "a", "kind": "file", "size": 1});
    assert_eq!(serde_json::from_value::<Tombstone>(gone.clone()).unwrap().name, "a");
    let invalid =
        [with(&gone, "parent", own), with(&gone, "name", "a/b".into()), with(&gone, "name", "".into())];
    expect![[r#"
        an item is not in itself
        a name has no slash
        only the root has no name, and it is never removed
    "#]]
    .assert_eq(&invalid.map(|json| error::<Tombstone>(&json)).concat());
}

#[test]
fn pages_changes_totals_and_quotas_have_stable_forms() {
    let mut drive = drive();
    let token = drive.change_token();
    drive.delete_permanently(drive.find("/old.txt").unwrap()).unwrap();
    let changes: Changes = drive.changes(Some(token), 10).unwrap();
    let quota: Quota = drive.quota(now());
    let tally: Totals = drive.totals(drive.root()).unwrap();
    let page: Page = drive.children_after(drive.root(), None, 1).unwrap();
    let actual = form(&changes) + &form(&quota) + &form(&tally) + &form(&page);
    expect![[r#"
        {
          "changes": [
            {
              "deleted": {
                "id": "0000000100000003",
                "parent": "0000000100000000",
                "name": "old.txt",
                "kind": "file",
                "size": 7
              }
            }
          ],
          "token": "0-5",
          "more": false
        }
        {
          "total": null,
          "used": 4,
          "remaining": 18446744073709551611,
          "deleted": 0
        }
        {
          "files": 1,
          "folders": 2,
          "bytes": 2
        }
        {
          "items": [
            {
              "id": "0000000100000001",
              "parent": "0000000100000000",
              "name": "Docs",
              "kind": "folder",
              "size": 2,
              "childCount": 1,
              "createdAt": "2024-02-01T00:00:00Z",
              "modifiedAt": "2024-02-01T00:00:00Z",
              "fsCreatedAt": "2024-02-01T00:00:00Z",
              "fsModifiedAt": "2024-02-01T00:00:00Z",
              "createdBy": "me",
              "modifiedBy": "me",
              "description": null,
              "members": {},
              "etag": 0,
              "ctag": 0,
              "version": 0
            }
          ],
          "nextAfter": null
        }
    "#]]
    .assert_eq(&actual);
}

#[test]
fn arguments_have_stable_forms() {
    let times = Times { modified_at: Some(now()), ..Times::default() };
    let content = ContentTimes { created_at: Some(now()), ..ContentTimes::default() };
    let actual = form(&times)
        + &form(&content)
        + &words([Versions::Current, Versions::Number(3), Versions::All])
        + &words([Precondition::ETag(1), Precondition::CTag(2)]);
    expect![[r#"
        {
          "createdAt": null,
          "modifiedAt": "2024-05-01T12:00:00Z",
          "fsCreatedAt": null,
          "fsModifiedAt": null
        }
        {
          "createdAt": "2024-05-01T12:00:00Z",
          "modifiedAt": null
        }
        "current" {
          "number": 3
        } "all"
        {
          "etag": 1
        } {
          "ctag": 2
        }
    "#]]
    .assert_eq(&actual);
    assert_eq!(serde_json::from_str::<Times>("{}").unwrap(), Times::default());
    let actual = error::<Times>("{\"createdOn\":null}") + &error::<Times>("{\"createdAt\":\"yesterday\"}");
    expect![[r#"
        unknown field `createdOn`, expected one of `createdAt`, `modifiedAt`, `fsCreatedAt`, `fsModifiedAt` at line 1 column 12
        failed to parse four digit integer as year: invalid digit, expected 0-9 but got y at line 1 column 24
    "#]].assert_eq(&actual);
}

#[test]
fn a_difference_has_a_stable_form_and_is_of_one_item() {
    let before = drive();
    let mut after = before.clone();
    after.rename(after.find("/old.txt").unwrap(), "new.txt", now()).unwrap();
    let differences: Vec<Difference> = before.diff(&after).unwrap();
    expect![[r#"
        [
          {
            "before": {
              "path": "/old.txt",
              "item": {
                "id": "0000000100000003",
                "parent": "0000000100000000",
                "name": "old.txt",
                "kind": "file",
                "size": 7,
                "childCount": 0,
                "createdAt": "2024-01-01T00:00:00Z",
                "modifiedAt": "2024-01-01T00:00:00Z",
                "fsCreatedAt": "2024-01-01T00:00:00Z",
                "fsModifiedAt": "2024-01-01T00:00:00Z",
                "createdBy": "me",
                "modifiedBy": "me",
                "description": null,
                "members": {},
                "etag": 0,
                "ctag": 0,
                "version": 1
              }
            },
            "after": {
              "path": "/new.txt",
              "item": {
                "id": "0000000100000003",
                "parent": "0000000100000000",
                "name": "new.txt",
                "kind": "file",
                "size": 7,
                "childCount": 0,
                "createdAt": "2024-01-01T00:00:00Z",
                "modifiedAt": "2024-05-01T12:00:00Z",
                "fsCreatedAt": "2024-01-01T00:00:00Z",
                "fsModifiedAt": "2024-01-01T00:00:00Z",
                "createdBy": "me",
                "modifiedBy": "me",
                "description": null,
                "members": {},
                "etag": 1,
                "ctag": 0,
                "version": 1
              }
            },
            "contentChanged": false,
            "factsChanged": false
          }
        ]
    "#]]
    .assert_eq(&form(&differences));
    let mut json = serde_json::to_value(&differences[0]).unwrap();
    json["before"]["item"]["id"] = "0000000000000007".into();
    let mut actual = error::<Difference>(&json.to_string());
    json["before"] = serde_json::Value::Null;
    json["after"] = serde_json::Value::Null;
    actual += &error::<Difference>(&json.to_string());
    expect![[r#"
        a difference belongs to one item, with the same id before and after
        a difference has an item before or after
    "#]]
    .assert_eq(&actual);
}

#[test]
fn a_value_of_another_type_fails_with_a_readable_message() {
    let actual = ["7", "[]"].map(|json| {
        error::<Item>(json) + &error::<Tombstone>(json) + &error::<Difference>(json) + &error::<Profile>(json)
    });
    expect![[r#"
        invalid type: integer `7`, expected an item of a drive at line 1 column 1
        invalid type: integer `7`, expected an item that is gone at line 1 column 1
        invalid type: integer `7`, expected a difference of an item at line 1 column 1
        invalid type: integer `7`, expected a profile such as {"name":"box"} at line 1 column 1
        invalid length 0, expected an item of a drive at line 1 column 2
        invalid length 0, expected an item that is gone at line 1 column 2
        invalid length 0, expected a difference of an item at line 1 column 2
        invalid length 0, expected a profile such as {"name":"box"} at line 1 column 2
    "#]]
    .assert_eq(&actual.concat());
}

#[test]
fn an_outline_is_written_as_its_text() {
    let text = "drive Team profile=box\nDocs/\n  a.txt = \"hi\"\n";
    let outline = outline::parse(text).unwrap();
    assert_eq!(form(&outline).trim_end(), format!("{text:?}"));
    let actual = error::<Outline>("\"Docs\\n  a.txt\\n\"") + &error::<Outline>("{}");
    expect![[r#"
        line 2, column 3: expected no spaces, as `Docs` is a file, found 2 spaces
        invalid type: map, expected a string at line 1 column 0
    "#]]
    .assert_eq(&actual);
}

#[test]
fn a_profile_is_written_as_its_name_and_its_changes() {
    let mut actual = words(Profile::ALL);
    let mut changed = Profile::BOX;
    changed.set_option("wire.copy_root_status", "400").unwrap();
    changed.set_option("max_versions", "7").unwrap();
    changed.max_path = Some(99);
    changed.bin_days = None;
    actual += &form(&changed);
    let mut unlimited = Profile::PERSONAL;
    unlimited.max_path = None;
    actual += &form(&unlimited);
    expect![[r#"
        {
          "name": "plain"
        } {
          "name": "business"
        } {
          "name": "personal"
        } {
          "name": "box"
        }
        {
          "name": "box",
          "maxPath": 99,
          "maxVersions": 7,
          "binDays": null,
          "wire": {
            "copy_root_status": "400"
          }
        }
        {
          "name": "personal",
          "maxPath": null
        }
    "#]]
    .assert_eq(&actual);
}

#[test]
fn a_profile_with_any_option_is_read_back() {
    let values = |text: &str| -> Vec<String> {
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        words.chain(["true", "false", "450", "+01:00", "none", "unlimited"]).map(str::to_owned).collect()
    };
    let mut n_set = 0;
    for option in Profile::options() {
        for service in option.services {
            for value in values(option.values) {
                let mut profile = service.profile();
                if profile.set_option(option.name, &value).is_ok() {
                    form(&profile);
                    n_set += usize::from(profile != service.profile());
                }
            }
        }
    }
    assert!(n_set > 20, "{n_set}");
}

#[test]
fn invalid_rules_fail() {
    let names = |member: &str, value: &str| {
        let mut names = serde_json::to_value(NameRules::BOX).unwrap();
        names[member] = serde_json::from_str(value).unwrap();
        format!("{{\"name\":\"box\",\"names\":{names}}}")
    };
    let actual: String = [
        "{\"name\":\"dropbox\"}".to_owned(),
        "{}".to_owned(),
        "{\"name\":\"box\",\"maxVersions\":0}".to_owned(),
        "{\"name\":\"box\",\"max_versions\":1}".to_owned(),
        "{\"name\":\"box\",\"listingOrder\":\"reverse\"}".to_owned(),
        "{\"name\":\"box\",\"boxWire\":{\"copyRootStatus\":400}}".to_owned(),
        "{\"name\":\"box\",\"microsoftWire\":{}}".to_owned(),
        "{\"name\":\"box\",\"wire\":{\"copy_root_status\":400}}".to_owned(),
        "{\"name\":\"box\",\"wire\":{\"wire.copy_root_status\":\"400\"}}".to_owned(),
        names("forbidden", "[\"x\"]"),
        names("reservedNames", "[\"x\"]"),
        "\"box\"".to_owned(),
    ]
    .map(|json| error::<Profile>(&json))
    .concat();
    expect![[r#"
        "dropbox" is not a profile; the profiles are plain, business, personal, box
        missing field `name` at line 1 column 2
        maxVersions is at least 1: the current version is one
        unknown field `max_versions`, expected one of `name`, `names`, `maxPath`, `maxCopyItems`, `copyConflicts`, `createConflicts`, `moveConflicts`, `lateConflict`, `copySuffix`, `createSuffix`, `rootCopy`, `maxVersions`, `versionsKeepNames`, `listsDeletedVersions`, `copyKeeps`, `copyKeepsMembers`, `copiedChildEtag`, `folderReplace`, `replacedItem`, `replaceOntoItself`, `replacedUntil`, `partialChildren`, `cyclicCopy`, `itemTimesSettable`, `itemTimeFollowsContent`, `timesMakeVersion`, `moveResetsFsTimes`, `folderFsTimeFollows`, `folderCtags`, `maxDescriptionUnits`, `binDays`, `restoresToOldFolder`, `quotaCounts`, `unreadable`, `lockRefuses`, `asyncItemThreshold`, `listingOrder`, `idOffset`, `wire`, `boxWire`, `microsoftWire` at line 1 column 28
        unknown variant `reverse`, expected one of `name`, `natural`, `foldersFirst` at line 1 column 38
        boxWire and microsoftWire are forms of 0.1; wire options are texts now: {"wire":{"copy_root_status":"400"}} at line 1 column 24
        boxWire and microsoftWire are forms of 0.1; wire options are texts now: {"wire":{"copy_root_status":"400"}} at line 1 column 30
        invalid type: integer `400`, expected a string at line 1 column 44
        the option wire.wire.copy_root_status is not `wire.` and a name of at most 64 letters in lower case, digits and underscores at line 1 column 53
        no profile has the forbidden characters ['x'] at line 1 column 105
        no profile has the reserved words ["x"] at line 1 column 401
        invalid type: string "box", expected a profile such as {"name":"box"} at line 1 column 5
    "#]].assert_eq(&actual);
}

#[test]
fn a_profile_that_would_be_read_as_another_is_not_written() {
    let error = |profile: &Profile| serde_json::to_string(profile).unwrap_err().to_string() + "\n";
    let changed = |change: fn(&mut Profile)| {
        let mut profile = Profile::BOX;
        change(&mut profile);
        error(&profile)
    };
    let actual = [
        changed(|profile| profile.members = &[]),
        changed(|profile| profile.wire_ids = Profile::BUSINESS.wire_ids),
        changed(|profile| profile.service = Service::Plain),
        changed(|profile| profile.names.forbidden = &['x']),
        changed(|profile| profile.names.reserved_stems = &["x"]),
        changed(|profile| profile.max_versions = Some(0)),
        changed(|profile| {
            (profile.service, profile.members) = (Service::Business, Profile::BUSINESS.members)
        }),
    ];
    expect![[r#"
        members other than those of the profile "box" cannot be serialized
        wire_ids other than those of the profile "box" cannot be serialized
        copyKeepsMembers: "classification+is_package+tags" has unknown members
        no profile has the forbidden characters ['x']
        no profile has the reserved words ["x"]
        maxVersions is at least 1: the current version is one
        copyKeepsMembers: "classification+is_package+tags" has unknown members
    "#]]
    .assert_eq(&actual.concat());
    let mut plain = Profile::PLAIN;
    plain.members = Profile::BOX.members;
    expect![[r#"
        members other than those of the profile "plain" cannot be serialized
    "#]]
    .assert_eq(&error(&plain));
    assert!(serde_json::to_string(&plain.names).is_ok());
    plain.names.forbidden = &['x'];
    assert!(serde_json::to_string(&plain.names).is_err());
}

#[test]
fn each_rule_of_a_profile_must_be_complete() {
    expect![[r#"
        missing field `case` at line 1 column 36
    "#]]
    .assert_eq(&error::<Profile>(r#"{"name":"box","names":{"maxName":10}}"#));
    let mut profile = Profile::BOX;
    profile.names.max_name = Some(10);
    form(&profile);
}

#[test]
fn members_of_an_item_are_written_as_native_values() {
    let line = "a.txt # tags=[\"approved\", \"é\"] comment_count=10 has_collaborations=true\n";
    let outline = outline::parse(line).unwrap();
    let drive = Drive::from_lines(Profile::BOX, &outline.drives[0].lines, now()).unwrap();
    let item = drive.item(drive.find("/a.txt").unwrap()).unwrap();
    expect![[r#"
        {
          "comment_count": 10,
          "has_collaborations": true,
          "tags": [
            "approved",
            "é"
          ]
        }
    "#]]
    .assert_eq(&form(&item.members));
    let whole = serde_json::to_string(&item).unwrap();
    assert!(whole.contains(r#""tags":["approved","é"]"#), "{whole}");
    form(&item);
    // A value of serde_json does not keep the order of members.
    let value = serde_json::to_value(&item).unwrap();
    assert_eq!(serde_json::from_value::<Item>(value).unwrap(), item);
}

#[test]
fn a_json_value_keeps_its_order_and_its_numbers() {
    let read = |text: &str| text.parse::<Json>().unwrap();
    for (value, written) in [
        (r#"{"z":1,"a":{"y":[],"b":null}}"#, r#"{"z":1,"a":{"y":[],"b":null}}"#),
        (r#"["\u202e",true,-7,18446744073709551615,-9223372036854775808]"#, ""),
        ("[0.1,1.0,-0.5]", ""),
        ("[1.50,1e2,-0]", "[1.5,100.0,-0.0]"),
        ("18446744073709551616", "1.8446744073709552e19"),
    ] {
        let json = serde_json::to_string(&read(value)).unwrap();
        let back: Json = serde_json::from_str(&json).unwrap();
        assert_eq!(back.as_str(), if written.is_empty() { value } else { written });
        assert_eq!(serde_json::from_str::<Json>(&serde_json::to_string(&back).unwrap()).unwrap(), back);
    }
    let deep = |n_lists: usize| "[".repeat(n_lists) + &"]".repeat(n_lists);
    assert_eq!(form(&read(&deep(65))).matches('[').count(), 65);
    assert!(deep(66).parse::<Json>().is_err());
    let refused = [r#"{"a":1,"a":2}"#, &deep(66), "[1,", "{7:1}"].map(error::<Json>).concat();
    expect![[r#"
        duplicate key "a" at line 1 column 10
        more than 64 levels of lists and objects at line 1 column 65
        EOF while parsing a value at line 1 column 3
        key must be a string at line 1 column 2
    "#]]
    .assert_eq(&refused);
}

#[test]
fn the_members_that_a_copy_keeps_are_those_of_the_option() {
    let mut profile = Profile::BOX;
    profile.set_option("copy_keeps_members", "tags").unwrap();
    profile.set_option("wire.shared_link_access", "open").unwrap();
    form(&profile);
    profile.set_option("copy_keeps_members", "none").unwrap();
    expect![[r#"
        {
          "name": "box",
          "copyKeepsMembers": "none",
          "wire": {
            "shared_link_access": "open"
          }
        }
    "#]]
    .assert_eq(&form(&profile));
    expect![[r#"
        copyKeepsMembers: "tags+nonsense" has unknown members
    "#]]
    .assert_eq(&error::<Profile>(r#"{"name":"box","copyKeepsMembers":"tags+nonsense"}"#));
    expect![[r#"
        copyKeepsMembers: "tags" has unknown members
    "#]]
    .assert_eq(&error::<Profile>(r#"{"name":"business","copyKeepsMembers":"tags"}"#));
}
