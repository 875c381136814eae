//! Tests which members items and drives have, and the forms of ids and tags.

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD};
use serde_json::{Value, json};

use crate::graph::support::{TestServer, business, personal};

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n";

/// Members that every item has (the table of members in the facts).
const EVERY: [&str; 9] = [
    "id",
    "name",
    "size",
    "webUrl",
    "createdDateTime",
    "lastModifiedDateTime",
    "parentReference",
    "fileSystemInfo",
    "createdBy",
];

fn check(wire: &TestServer, path: &str, has: &[&str], has_not: &[&str]) -> Value {
    let item = wire.get_json(&format!("/v1.0/me/drive/root{path}"));
    for member in EVERY.iter().chain(has) {
        assert!(item.get(*member).is_some(), "{path} has no {member}: {item:#}");
    }
    for member in
        has_not.iter().chain(&["@microsoft.graph.conflictBehavior", "deleted", "content", "package"])
    {
        assert!(item.get(*member).is_none(), "{path} has {member}: {item:#}");
    }
    item
}

#[test]
fn items_of_a_business_drive_have_the_members_of_their_kind() {
    let wire = business(TREE);
    let file = check(&wire, ":/Docs/a.txt", &["file", "eTag", "cTag", "lastModifiedBy"], &["folder", "root"]);
    assert_eq!((&file["size"], &file["file"]["mimeType"]), (&2.into(), &"text/plain".into()));
    let folder = check(&wire, ":/Docs", &["folder", "eTag", "lastModifiedBy"], &["file", "root", "cTag"]);
    assert_eq!((&folder["size"], &folder["folder"]["childCount"]), (&2.into(), &1.into()));
    let root = check(&wire, "", &["folder", "root"], &["file", "eTag", "cTag"]);
    assert_eq!((&root["name"], &root["size"]), (&"root".into(), &2.into()));
    let keys: Vec<&String> = root["parentReference"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["driveId", "driveType"]);
}

#[test]
fn items_of_a_personal_drive_have_the_members_of_their_kind() {
    let wire = personal(TREE);
    check(&wire, ":/Docs/a.txt", &["file", "eTag", "cTag", "lastModifiedBy"], &["folder", "root"]);
    check(&wire, ":/Docs", &["folder", "eTag", "cTag", "lastModifiedBy"], &["file", "root"]);
    let root = check(&wire, "", &["folder", "root", "eTag", "cTag"], &["file"]);
    assert_eq!(root["parentReference"]["driveType"], "personal");
}

#[test]
fn a_parent_reference_has_the_id_name_and_path_of_the_parent() {
    let cases = [
        (business(TREE), "/drives/[drive]/root:", "business"),
        (personal(TREE), "/drive/root:", "personal"),
        (
            TestServer::new(&format!("drive team profile=business owner=site:s\n{TREE}")),
            "/drives/[drive]/root:",
            "documentLibrary",
        ),
    ];
    for (wire, root, kind) in cases {
        wire.run_transcript(&format!(
            r#"
            > GET /v1.0/drives/[drive]/root:/Docs/a.txt?$select=parentReference
            < 200
            < {{"parentReference": {{"...": "", "driveId": "[drive]", "driveType": "{kind}", "id": "[id:/Docs]",
            <   "name": "Docs", "path": "{root}/Docs"}}}}

            > GET /v1.0/drives/[drive]/root:/Docs?$select=parentReference
            < 200
            < {{"parentReference": {{"...": "", "driveId": "[drive]", "driveType": "{kind}", "id": "[id:/]",
            <   "name": "root", "path": "{root}"}}}}
            "#
        ));
    }
}

/// Returns the bytes before the GUID in the id of an item of a business drive, and the GUID.
fn parts(id: &str) -> (Vec<u8>, String) {
    assert_eq!(id.len(), 34, "{id}");
    let bytes = BASE32_NOPAD.decode(id.strip_prefix("01").unwrap().as_bytes()).unwrap();
    let guid = uuid::Uuid::from_bytes_le(bytes[4..].try_into().unwrap());
    (bytes[..4].to_vec(), guid.to_string())
}

#[test]
fn ids_and_tags_of_a_business_drive_have_their_form() {
    let wire = business(TREE);
    let drive = wire.expand("[drive]");
    let guids = drive.strip_prefix("b!").unwrap();
    assert_eq!((guids.len(), BASE64URL_NOPAD.decode(guids.as_bytes()).unwrap().len()), (64, 48));
    let (head, root) = parts(&wire.expand("[id:/]"));
    assert_eq!(root, "ea8cc6be-ffdb-43d7-976f-bc7da445c639");
    assert!(wire.expand("[id:/]").ends_with("6Y2GOVW7725BZO354PWSELRRZ"));
    for path in ["/Docs", "/Docs/a.txt"] {
        let item = wire.get_json(&format!("/v1.0/me/drive/root:{path}"));
        let (same_head, guid) = parts(item["id"].as_str().unwrap());
        assert_eq!(same_head, head, "the ids of a drive have the same beginning");
        let guid = guid.to_uppercase();
        let tag = item["eTag"].as_str().unwrap();
        let count =
            tag.strip_prefix(&format!("\"{{{guid}}},")).and_then(|tag| tag.strip_suffix('"')).unwrap();
        assert!(count.parse::<u32>().is_ok(), "{tag}");
        if let Some(tag) = item["cTag"].as_str() {
            assert!(tag.starts_with(&format!("\"c:{{{guid}}},")) && tag.ends_with('"'), "{tag}");
        }
    }
}

#[test]
fn ids_and_tags_of_a_personal_drive_have_their_form() {
    let wire = personal(TREE);
    let drive = wire.expand("[drive]");
    assert!(drive.len() == 16 && drive.bytes().all(|byte| byte.is_ascii_hexdigit()), "{drive}");
    for path in ["/", "/Docs", "/Docs/a.txt"] {
        let id = wire.expand(&format!("[id:{path}]"));
        let (cid, number) = id.split_once('!').unwrap();
        assert!(cid.eq_ignore_ascii_case(&drive) && number.parse::<u128>().is_ok(), "{id}");
        let item = wire.get_json(&format!("/v1.0/me/drive/items/{id}"));
        for (member, kind) in [("eTag", ""), ("cTag", "c:")] {
            let tag = item[member].as_str().unwrap().strip_prefix('a').unwrap();
            let decoded = String::from_utf8(BASE64_NOPAD.decode(tag.as_bytes()).unwrap()).unwrap();
            let count = decoded.strip_prefix(&format!("{kind}{id}.")).unwrap();
            assert!(count.parse::<u32>().is_ok(), "{decoded}");
        }
    }
}

#[test]
fn a_drive_has_its_owner_and_its_quota() {
    let wire = personal(TREE);
    wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(1000)).unwrap();
    wire.run_transcript(
        r#"
        > GET /v1.0/me/drive
        < 200
        < {"...": "", "id": "[drive]", "driveType": "personal", "owner": {"user": {"...": ""}},
        <  "quota": {"total": 1000, "used": 2, "remaining": 998, "deleted": 0, "state": "normal"}}

        > GET /v1.0/drives/[drive]/?select=quota
        < 200
        < {"quota": {"total": 1000, "used": 2, "remaining": 998, "deleted": 0, "state": "normal"}}

        > GET /v1.0/me/drives
        < 200
        < {"value": [{"...": "", "id": "[drive]"}]}
        "#,
    );
}

#[test]
fn the_state_of_a_quota_depends_on_what_remains() {
    for wire in [business("a.bin = 900 B\n"), personal("a.bin = 900 B\n")] {
        // Below a tenth remaining the state is nearing, below a hundredth critical.
        let cases = [
            (9000, "normal"),
            (1000, "normal"),
            (999, "nearing"),
            (910, "nearing"),
            (909, "critical"),
            (901, "critical"),
            (900, "exceeded"),
            (899, "exceeded"),
        ];
        for (total, state) in cases {
            wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(total)).unwrap();
            for drive in ["/v1.0/me/drive", "/drive", "/_api/v2.0/drive"] {
                let quota = wire.get_json(drive)["quota"].clone();
                let remaining = total.saturating_sub(900);
                let expected = json!({ "total": total, "used": 900, "remaining": remaining, "deleted": 0, "state": state });
                assert_eq!(quota, expected, "{drive}");
            }
        }
    }
}

#[test]
fn without_a_quota_the_total_is_what_is_used_and_what_remains() {
    for wire in [business("a.bin = 900 B\n"), personal("a.bin = 900 B\n"), business("")] {
        let quota = wire.get_json("/v1.0/me/drive")["quota"].clone();
        let number = |member: &str| quota[member].as_i64().unwrap();
        assert_eq!(number("total"), number("used") + number("remaining"), "{quota}");
        assert_eq!((number("deleted"), &quota["state"]), (0, &json!("normal")));
        assert!(number("remaining") > 1 << 60, "{quota}");
    }
}

#[test]
fn ids_survive_renames_and_moves_but_not_deletion_and_creation() {
    for wire in [business(TREE), personal(TREE)] {
        let id = wire.expand("[id:/Docs/a.txt]");
        wire.sim.rename("/Docs/a.txt", "b.txt").unwrap();
        wire.sim.move_to("/Docs/b.txt", "/").unwrap();
        assert_eq!(wire.expand("[id:/b.txt]"), id);
        wire.sim.delete("/b.txt").unwrap();
        wire.sim.create_sized("/", "b.txt", 2).unwrap();
        assert_ne!(wire.expand("[id:/b.txt]"), id);
        wire.expect("GET", &format!("/v1.0/me/drive/items/{id}"), "", 404, "itemNotFound");
    }
}

#[test]
fn a_listed_item_is_the_same_as_the_item_itself() {
    for profile in ["plain", "business", "personal"] {
        let wire = TestServer::new(&format!("drive mine profile={profile} owner=me\n"));
        let name = if profile == "plain" { "a \"100%\" {b}" } else { "a 100% {b}" };
        let (ann, bob) = (wire.sim.acting_as("ann \"the\" first"), wire.sim.acting_as("bob"));
        let folder = ann.create_folder("/", name).unwrap();
        let address = |below: &str| format!("/{name}/{below}");
        for (number, sim) in [&ann, &bob, &wire.sim, &ann, &bob].into_iter().enumerate() {
            sim.write(&*address(&format!("f{number}.txt")), format!("content {number}").into_bytes())
                .unwrap();
            sim.create_folder(&*address(""), &format!("d{number}")).unwrap();
        }
        bob.rename(&*address("f0.txt"), "by both.txt").unwrap();
        wire.sim.write(&*address("f3.txt"), b"changed".to_vec()).unwrap();
        let id = wire.get_json("/v1.0/me/drive/root/children")["value"][0]["id"].as_str().unwrap().to_owned();
        let listed = wire.get_json(&format!("/v1.0/me/drive/items/{id}/children"));
        let listed = listed["value"].as_array().unwrap();
        assert_eq!(listed.len(), 10, "{folder}");
        for item in listed {
            let mut single = wire.get_json(&format!("/v1.0/me/drive/items/{}", item["id"].as_str().unwrap()));
            single.as_object_mut().unwrap().remove("@odata.context");
            assert_eq!(*item, single, "{profile}");
            assert_eq!(item["parentReference"]["name"], name);
        }
        let users: Vec<&Value> =
            listed.iter().map(|item| &item["createdBy"]["user"]["displayName"]).collect();
        assert!(users.contains(&&json!("ann \"the\" first")) && users.contains(&&json!("bob")), "{users:?}");
    }
}
