//! Tests of access levels of single items at Box.

use drivesim::access::Access;
use serde_json::{Value, json};

use crate::box_api::support::TestServer;

const LEVELS: &str = "\
Closed/ # access=none
  in.txt = \"in\"
Fixed/ # access=read
  in.txt = \"in\"
  Drop/ # access=write
Mixed/
  free.txt = \"free\"
  hidden.txt = \"hidden\" # access=none
To/
a.txt = \"a\"
secret.txt = \"secret\" # access=none
";

const DENIED: &str = "access_denied_insufficient_permissions";

/// Returns a server with the levels, and a function from paths to ids that also knows unreadable items.
fn wire() -> (TestServer, impl Fn(&str) -> String) {
    let wire = TestServer::new(LEVELS);
    let paths =
        ["/Closed", "/Fixed", "/Mixed", "/To", "/a.txt", "/secret.txt", "/Fixed/in.txt", "/Fixed/Drop"];
    let mut ids: Vec<(&str, String)> = Vec::new();
    let closed = ["/Closed", "/secret.txt"];
    let set =
        |level: Option<Access>| closed.iter().for_each(|&path| wire.sim.set_access(path, level).unwrap());
    set(None);
    ids.extend(paths.map(|path| (path, wire.id(path))));
    set(Some(Access::None));
    (wire, move |path| ids.iter().find(|(known, _)| *known == path).unwrap().1.clone())
}

fn into(folder: &str) -> Value {
    json!({ "name": "new", "parent": { "id": folder } })
}

#[test]
fn unreadable_items_are_not_found() {
    let (wire, id) = wire();
    let before = wire.sim.outline().unwrap();
    let (file, folder, to) = (id("/secret.txt"), id("/Closed"), id("/To"));
    for (what, id) in [("files", &file), ("folders", &folder)] {
        let url = format!("/{what}/{id}");
        wire.get(&url).expect_error(404, "not_found");
        wire.put(&url, &json!({ "name": "x" })).expect_error(404, "not_found");
        wire.delete(&url).expect_error(404, "not_found");
        wire.post(&format!("{url}/copy"), &into(&to)).expect_error(404, "not_found");
    }
    wire.get(&format!("/files/{file}/content")).expect_error(404, "not_found");
    wire.get(&format!("/files/{file}/versions")).expect_error(404, "not_found");
    wire.get(&format!("/folders/{folder}/items")).expect_error(404, "not_found");
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&folder)).expect_error(404, "not_found");
    wire.post("/folders", &into(&folder)).expect_error(404, "not_found");
    let listed = wire.get("/folders/0/items").expect_status(200).json();
    let names: Vec<&str> =
        listed["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Fixed", "Mixed", "To", "a.txt"]);
    let found = wire.get("/search?query=txt").expect_status(200).json().to_string();
    assert!(
        found.contains("free.txt") && !found.contains("secret.txt") && !found.contains("hidden.txt"),
        "{found}"
    );
    assert_eq!(wire.sim.outline().unwrap(), before);
}

#[test]
fn read_only_items_can_be_copied_but_not_changed() {
    let (wire, id) = wire();
    let before = wire.sim.outline().unwrap();
    let (fixed, inner, to) = (id("/Fixed"), id("/Fixed/in.txt"), id("/To"));
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&fixed)).expect_error(403, DENIED);
    wire.post(&format!("/folders/{}/copy", id("/Fixed/Drop")), &into(&fixed)).expect_error(403, DENIED);
    wire.post("/folders", &into(&fixed)).expect_error(403, DENIED);
    wire.put(&format!("/files/{}", id("/a.txt")), &json!({ "parent": { "id": fixed } }))
        .expect_error(403, DENIED);
    wire.put(&format!("/files/{inner}"), &json!({ "name": "x" })).expect_error(403, DENIED);
    wire.delete(&format!("/files/{inner}")).expect_error(403, DENIED);
    wire.delete(&format!("/folders/{fixed}?recursive=true")).expect_error(403, DENIED);
    wire.upload("/files/content", &into(&fixed), "x").expect_error(403, DENIED);
    // A folder with an unreadable file is not copied in part.
    wire.post(&format!("/folders/{}/copy", id("/Mixed")), &into(&to)).expect_error(403, DENIED);
    assert_eq!(wire.sim.outline().unwrap(), before, "denied requests change nothing");
    wire.get(&format!("/files/{inner}")).expect_status(200);
    wire.post(&format!("/files/{inner}/copy"), &into(&to)).expect_status(201);
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&id("/Fixed/Drop"))).expect_status(201);
    let copy = json!({ "name": "fixed", "parent": { "id": to } });
    let copied = wire.post(&format!("/folders/{fixed}/copy"), &copy).expect_status(201).json();
    // Levels are not copied.
    wire.delete(&format!("/folders/{}?recursive=true", copied["id"].as_str().unwrap())).expect_status(204);
}

/// Returns the permissions of an item: those that are granted, and those that are not.
fn permissions(item: &Value) -> [Vec<&str>; 2] {
    let all = item["permissions"].as_object().unwrap();
    [true, false].map(|is_granted| {
        all.iter().filter(|(_, value)| **value == is_granted).map(|(key, _)| key.as_str()).collect()
    })
}

/// Permissions of a read-only file: granted and not granted.
const FILE_READ_ONLY: [&[&str]; 2] = [
    &["can_download", "can_preview", "can_view_annotations_all", "can_view_annotations_self"],
    &[
        "can_annotate",
        "can_comment",
        "can_delete",
        "can_invite_collaborator",
        "can_rename",
        "can_set_share_access",
        "can_share",
        "can_upload",
    ],
];
/// Permissions of a read-only folder: granted and not granted.
const FOLDER_READ_ONLY: [&[&str]; 2] = [
    &["can_download"],
    &[
        "can_delete",
        "can_invite_collaborator",
        "can_rename",
        "can_set_share_access",
        "can_share",
        "can_upload",
    ],
];

/// Compares the granted and the other permissions of an item, in any order.
#[track_caller]
fn assert_read_only(item: &Value, expected: [&[&str]; 2]) {
    let actual = permissions(item).map(|mut keys| {
        keys.sort_unstable();
        keys
    });
    assert_eq!(actual, expected.map(<[&str]>::to_vec), "{item}");
}

#[test]
fn permissions_follow_from_access_levels() {
    let (wire, id) = wire();
    let get = |kind: &str, path: &str| {
        wire.get(&format!("/{kind}/{}?fields=permissions", id(path))).expect_status(200).json()
    };
    assert_read_only(&get("files", "/Fixed/in.txt"), FILE_READ_ONLY);
    assert_read_only(&get("folders", "/Fixed"), FOLDER_READ_ONLY);
    for (kind, path, n_granted) in
        [("files", "/a.txt", 12), ("folders", "/Fixed/Drop", 7), ("folders", "/To", 7)]
    {
        assert_eq!(permissions(&get(kind, path)).map(|keys| keys.len()), [n_granted, 0], "{path}");
    }
    // Lists show them too. A value that was set takes precedence.
    let list = format!("/folders/{}/items?fields=permissions", id("/Fixed"));
    let listed = wire.get(&list).expect_status(200).json();
    let file = listed["entries"].as_array().unwrap().iter().find(|entry| entry["type"] == "file").unwrap();
    assert_read_only(file, FILE_READ_ONLY);
    let mut set = get("files", "/Fixed/in.txt")["permissions"].clone();
    set["can_delete"] = json!(true);
    wire.sim.set_member("/Fixed/in.txt", "permissions", &set.to_string()).unwrap();
    assert_eq!(get("files", "/Fixed/in.txt")["permissions"], set);
    // An item in the trash has the access level of its former folder.
    let file = id("/a.txt");
    wire.delete(&format!("/files/{file}")).expect_status(204);
    let trashed = format!("/files/{file}/trash?fields=permissions");
    assert_eq!(permissions(&wire.get(&trashed).expect_status(200).json()).map(|keys| keys.len()), [12, 0]);
    wire.sim.set_access("/", Some(Access::Read)).unwrap();
    assert_read_only(&wire.get(&trashed).expect_status(200).json(), FILE_READ_ONLY);
}

#[test]
fn permissions_follow_from_the_scopes_of_a_token() {
    let sim = drivesim::Sim::builder().outline("drive box profile=box\na.txt = \"a\"\n").build().unwrap();
    let options = drivesim_server::ServerOptions::default()
        .token("reader", &["root_readonly"])
        .token("writer", &["root_readwrite"]);
    let wire = TestServer::with_options(sim, options);
    let get = |token: &str| {
        let authorization = format!("Bearer {token}");
        let list = "/folders/0/items?fields=permissions";
        wire.get_with(list, ("authorization", &authorization)).expect_status(200).json()["entries"][0].clone()
    };
    assert_read_only(&get("reader"), FILE_READ_ONLY);
    assert_eq!(permissions(&get("writer")).map(|keys| keys.len()), [12, 0]);
}
