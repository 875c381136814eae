//! Tests of the ways in which clients name drives and items in URLs.

use drivesim_server::{ServerOptions, Strictness};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::graph::support::{TestServer, business, personal};

const TREE: &str = "ms/\n  a.txt = \"hi\"\n  children/\n.x.txt\n100% #1 & more/\n  é.txt\n";

/// Reads an item on a drive of each kind and asserts that it is the one at the path.
fn check(url: &str, path: &str) {
    for wire in [business(TREE), personal(TREE)] {
        let item = wire.get_json(url);
        assert_eq!(item["id"], wire.expand(&format!("[id:{path}]")), "{url}");
    }
}

#[test]
fn items_can_be_named_in_all_ways_that_clients_use() {
    let cases = [
        ("/v1.0/me/drive/root:/ms/a.txt", "/ms/a.txt"),
        ("/v1.0/me/drive/root:/ms/a.txt:", "/ms/a.txt"),
        ("/v1.0/me/drive/root:/ms/a.txt:/", "/ms/a.txt"),
        ("/v1.0/me/drive/root:/MS/A.TXT", "/ms/a.txt"),
        ("/v1.0/me/drive/root:%2Fms%2Fa.txt", "/ms/a.txt"),
        ("/v1.0/me/drive/root%3A/ms/a.txt%3A", "/ms/a.txt"),
        ("/v1.0/me/drive/root:/.%2F.x.txt", "/.x.txt"),
        ("/v1.0/me/drive/root:/.x.txt", "/.x.txt"),
        ("/v1.0/me/drive/root:/100%25%20%231%20%26%20more/%C3%A9.txt", "/100% #1 & more/é.txt"),
        ("/v1.0/me/drive/root", "/"),
        ("/v1.0/me/drive/root/", "/"),
        ("/v1.0/me/drive/root:", "/"),
        ("/v1.0/me/drive/root:/", "/"),
        ("/v1.0/me/drive/root:/:/", "/"),
        ("/v1.0/me/drive/items/root", "/"),
        ("/v1.0/me/drive/items/root:/ms:", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]/", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]/?$select=id", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]:/", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]:/a.txt:", "/ms/a.txt"),
        ("/v1.0/me/drive/items/[id:/ms]:/a.txt:/", "/ms/a.txt"),
        ("/v1.0/me/drive/items/[id:/ms]:/a.txt", "/ms/a.txt"),
        ("/v1.0/me/drive/items/[id:/ms]%3A%2Fa.txt%3A", "/ms/a.txt"),
        ("/v1.0/drives/[drive]/root:/ms", "/ms"),
        ("/v1.0//me/drive//root:/ms", "/ms"),
        ("/v1.0/me/drives/[drive]/root:/ms", "/ms"),
        ("/beta/drives/[drive]/items/[id:/ms]", "/ms"),
        ("/drive/root:/ms", "/ms"),
        ("/drive/items/[id:/ms]", "/ms"),
        ("/v1.0/drive/root:/ms", "/ms"),
        ("/drives/[drive]/root:/ms", "/ms"),
        ("/_api/v2.0/drives/[drive]/root:/ms", "/ms"),
        ("/personal/me/_api/v2.1/drive/items/[id:/ms]", "/ms"),
        ("/v2.0/drives/[drive]/items/[id:/ms]", "/ms"),
        ("/a/prefix/v1.0/me/drive/root:/ms", "/ms"),
        ("http://other.test/v1.0/me/drive/root:/ms", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]?%24select=id", "/ms"),
        ("/v1.0/me/drive/items/[id:/ms]?select=id", "/ms"),
    ];
    for (url, path) in cases {
        check(url, path);
    }
}

#[test]
fn every_character_of_an_id_may_be_encoded() {
    let wire = personal(TREE);
    let id = wire.expand("[id:/ms]").replace('!', "%21");
    assert_eq!(wire.get_json(&format!("/v1.0/drives/[drive]/items/{id}"))["name"], "ms");
    assert_eq!(wire.get_json(&format!("/v1.0/me/drive/items/{id}%3A%2Fa.txt%3A"))["name"], "a.txt");
}

#[test]
fn ids_of_personal_drives_ignore_case_and_leading_zeros() {
    let wire = personal(TREE);
    let drive = wire.expand("[drive]");
    for id in [drive.to_uppercase(), drive.to_lowercase(), drive.trim_start_matches('0').to_owned()] {
        assert_eq!(wire.get_json(&format!("/v1.0/drives/{id}/root:/ms"))["name"], "ms", "{id}");
    }
}

#[test]
fn without_a_closing_colon_the_rest_of_a_url_is_path() {
    let wire = business(TREE);
    assert!(wire.get_json("/v1.0/me/drive/root:/ms/children")["folder"].is_object());
    assert!(wire.get_json("/v1.0/me/drive/root:/ms:/children")["value"].is_array());
}

#[test]
fn the_children_of_the_root_can_be_listed_with_a_colon_behind_it() {
    let wire = business(TREE);
    assert_eq!(wire.get_json("/v1.0/me/drive/root:/children")["value"].as_array().unwrap().len(), 3);
    wire.expect("POST", "/v1.0/me/drive/root:/children", r#"{"name":"new","folder":{}}"#, 201, "");
    wire.sim.create_folder("/", "children").unwrap();
    assert_eq!(
        wire.get_json("/v1.0/me/drive/root:/children")["name"],
        "children",
        "an item of that name has priority"
    );
}

#[test]
fn query_options_have_an_effect_at_the_children_of_the_root_with_a_colon_behind_it() {
    let options = ServerOptions::default().strict(Strictness::All);
    let wire = TestServer::with_options(options, "drive mine profile=business owner=me\na.txt\nb.txt\n");
    let list = wire.get_json("/v1.0/me/drive/root:/children?$top=1&$orderby=name");
    assert_eq!(list["value"].as_array().map(Vec::len), Some(1));
    let url = "/v1.0/me/drive/root:/children?$select=name&@microsoft.graph.conflictBehavior=rename";
    wire.expect("POST", url, r#"{"name":"a.txt","folder":{}}"#, 201, "");
    assert_eq!(wire.sim.children_at("/", 0, 9).unwrap().len(), 3);
}

#[test]
fn drives_are_named_by_their_owners() {
    let wire = TestServer::new(
        "drive w profile=business owner=user:ann\nw/\ndrive g profile=business owner=group:g\ng/\n\
         drive s profile=business owner=site:s\ns/\ndrive p profile=personal owner=me\np/\n\
         drive b profile=box\nb/\n",
    );
    let cases = [
        ("/v1.0/users/ann/drive", "w"),
        ("/v1.0/groups/g/drive", "g"),
        ("/v1.0/sites/s/drive", "s"),
        ("/v1.0/me/drive", "p"),
        ("/drive", "p"),
        ("/_api/v2.0/drive", "p"),
        ("/v1.0/sites/s/drives/[drive:s]", "s"),
        ("/v1.0/users/ann/drives/[drive:w]", "w"),
        ("/v1.0/drives/w", "w"),
    ];
    for (url, name) in cases {
        assert_eq!(wire.get_json(&format!("{url}/root/children"))["value"][0]["name"], name, "{url}");
    }
    assert_eq!(
        wire.get_json("/v1.0/drives")["value"].as_array().unwrap().len(),
        4,
        "drives of Box are not listed here"
    );
    let cases = [
        ("/v1.0/users/bob/drive/root", 404, "itemNotFound"),
        ("/v1.0/groups/x/drive", 404, "itemNotFound"),
        ("/v1.0/sites/x/drive/root", 404, "itemNotFound"),
        ("/v1.0/drives/b!AAAA/root", 400, "invalidRequest"),
        ("/v1.0/drives/b", 400, "invalidRequest"),
    ];
    for (url, status, code) in cases {
        wire.expect("GET", url, "", status, code);
    }
}

#[test]
fn the_error_for_a_missing_drive_names_its_owner() {
    let wire = TestServer::new("drive team profile=business owner=site:s\na\n");
    for (url, owner) in [
        ("/v1.0/me/drive", "me"),
        ("/v1.0/me/drive/root", "me"),
        ("/beta/me/drive/root:/a:/content", "me"),
        ("/_api/v2.0/me/drive", "me"),
        ("/v1.0/users/ann/drive", "user:ann"),
        ("/v1.0/groups/g/drive/root/children", "group:g"),
    ] {
        let response = wire.get(url);
        let error = response.json()["error"].clone();
        assert_eq!((response.status, &error["code"]), (404, &"itemNotFound".into()), "{url}");
        let message = error["message"].as_str().unwrap();
        let expected =
            format!("The resource could not be found. No drive has the owner {owner}: `owner={owner}`");
        assert!(message.starts_with(&expected), "{message}");
    }
    let gone = wire.get("/v1.0/sites/s/drive/root:/gone").json()["error"]["message"].clone();
    assert_eq!(gone, "The resource could not be found.");
}

#[test]
fn the_path_of_a_parent_reference_can_be_used_as_a_target() {
    for name in ["a b", "a%20b", "100%FF", "50%", "ä#+&"] {
        let wire = business(&format!("\"{name}\"/\n  x.txt\na.txt\n"));
        let url = format!("/v1.0/me/drive/root:/{}/x.txt", utf8_percent_encode(name, NON_ALPHANUMERIC));
        let parent = wire.get_json(&url)["parentReference"].clone();
        for body in [
            json!({ "parentReference": { "path": parent["path"] }, "name": "by path" }),
            json!({ "parentReference": { "path": parent["path"], "id": parent["id"] }, "name": "by both" }),
        ] {
            wire.copy("/v1.0/me/drive/root:/a.txt:/copy", &body.to_string());
        }
        let folder = wire.sim.children(format!("/{name}").as_str()).unwrap();
        assert_eq!(folder.len(), 3, "{name}: {parent}");
    }
}

#[test]
fn the_path_of_a_reference_may_be_unencoded() {
    let wire = business("\"a%zz\"/\na.txt\n");
    let body = r#"{"parentReference":{"path":"/drive/root:/a%zz"}}"#;
    wire.copy("/v1.0/me/drive/root:/a.txt:/copy", body);
    assert_eq!(wire.sim.children("/a%zz").unwrap().len(), 1);
}

#[test]
fn a_url_of_an_owner_finds_only_drives_of_that_owner() {
    let wire = TestServer::new(
        "drive mine profile=business owner=me\n\ndrive team profile=business owner=site:s\n\n\
         drive home profile=personal owner=user:ann\n",
    );
    for url in ["sites/s/drives/team", "users/ann/drives/home/root", "me/drives/mine", "me/drives/team"] {
        wire.get_json(&format!("/v1.0/{url}"));
    }
    for url in [
        "sites/other/drives/team",
        "groups/s/drives/team/root",
        "users/bob/drives/home",
        "sites/s/drives/home",
    ] {
        wire.expect("GET", &format!("/v1.0/{url}"), "", 404, "itemNotFound");
    }
    let listed = |url: &str| -> Vec<String> {
        let page = wire.get_json(url);
        let drives = page["value"].as_array().unwrap();
        drives.iter().map(|drive| drive["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed("/v1.0/drives"), ["mine", "team", "home"]);
    assert_eq!(listed("/v1.0/me/drives"), ["mine"]);
    assert_eq!(listed("/v1.0/sites/s/drives"), ["team"]);
    assert!(listed("/v1.0/users/nobody/drives").is_empty());
    let first = wire.get_json("/v1.0/drives?$top=2&$select=name");
    assert_eq!(first["value"], json!([{ "name": "mine" }, { "name": "team" }]));
    assert_eq!(listed(first["@odata.nextLink"].as_str().unwrap()), ["home"]);
}

/// URLs of one drive: through its owner, as the default drive, and by name.
const CLOSED: [&str; 6] = [
    "/v1.0/me/drive",
    "/v1.0/me/drive/root:/a",
    "/v1.0/me/drive/root/children",
    "/v1.0/drive",
    "/v1.0/drives/hid",
    "/v1.0/drives/hid/root",
];

#[test]
fn a_drive_whose_root_cannot_be_read_is_not_found() {
    for profile in ["business", "personal"] {
        let wire = TestServer::new(&format!("drive hid profile={profile} owner=me\na\n"));
        let by_id = format!("/v1.0/drives/{}", wire.get_json("/v1.0/me/drive")["id"].as_str().unwrap());
        wire.sim.set_access("/", Some(drivesim::access::Access::None)).unwrap();
        for url in CLOSED.iter().chain([&by_id.as_str()]) {
            let response = wire.get(url);
            let error = response.json()["error"].clone();
            let expected = (404, "itemNotFound", "The resource could not be found.");
            let [code, message] = ["code", "message"].map(|key| error[key].as_str().unwrap());
            assert_eq!((response.status, code, message), expected, "{url}");
        }
        assert_eq!(wire.get("/v1.0/drives/hid2").status, 400, "a name that no drive has");
    }
}

#[test]
fn a_drive_whose_root_cannot_be_read_fails_with_403_by_option() {
    for profile in ["business", "personal"] {
        let wire = TestServer::new(&format!("drive hid profile={profile} owner=me unreadable=refused\na\n"));
        let by_id = format!("/v1.0/drives/{}", wire.get_json("/v1.0/me/drive")["id"].as_str().unwrap());
        wire.sim.set_access("/", Some(drivesim::access::Access::None)).unwrap();
        for url in CLOSED.iter().chain([&by_id.as_str()]) {
            let response = wire.get(url);
            let error = response.json()["error"].clone();
            assert_eq!((response.status, &error["code"]), (403, &"accessDenied".into()), "{url}");
            assert_eq!(error["message"], "No read access to \"/\".", "{url}");
        }
        assert_eq!(wire.get_json("/v1.0/drives")["value"], serde_json::json!([]), "lists omit it");
    }
}
