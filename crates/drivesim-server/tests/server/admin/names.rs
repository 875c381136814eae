//! Tests of names of drives and owners that a URL cannot contain.

use drivesim::Sim;
use serde_json::json;

use crate::admin::{MINE, TestServer};

#[test]
fn names_and_owners_that_a_url_cannot_contain_fail() {
    let server = TestServer::from_builder(Sim::builder().outline(MINE));
    let add = |name: &str, owner: &str| {
        let drive = json!({ "name": name, "profile": "business", "owner": owner });
        server.post("drives", &drive.to_string())
    };
    for (name, owner) in [
        ("a/b", "user:x"),
        ("/", "user:x"),
        ("a\0b", "user:x"),
        ("..", "user:x"),
        ("a", "user:x/y"),
        ("a", "site:\0"),
    ] {
        let (status, code, message) = add(name, owner).error();
        assert_eq!((status, &*code), (400, "badRequest"), "{name:?} {owner:?}");
        assert!(message.contains("cannot be part of a URL"), "{message}");
    }
    assert_eq!(add("a b%ä", "user:x y").status, 201);
    assert_eq!(server.send_json("GET", "/v1.0/drives/a%20b%25%C3%A4", "").status, 200);
    assert_eq!(server.get("outline").text.matches("drive ").count(), 2);
}
