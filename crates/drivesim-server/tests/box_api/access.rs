//! Holds what levels of access of single items refuse at Box.

use drivesim::Access;
use serde_json::{Value, json};

use crate::support::Wire;

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

/// Returns a server with the levels, and the ids of items by path, also of those that cannot be found with them.
fn wire() -> (Wire, impl Fn(&str) -> String) {
    let wire = Wire::new(LEVELS);
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
fn what_may_not_be_read_is_absent() {
    let (wire, id) = wire();
    let before = wire.sim.outline().unwrap();
    let (file, folder, to) = (id("/secret.txt"), id("/Closed"), id("/To"));
    for (what, id) in [("files", &file), ("folders", &folder)] {
        let url = format!("/{what}/{id}");
        wire.get(&url).refused(404, "not_found");
        wire.put(&url, &json!({ "name": "x" })).refused(404, "not_found");
        wire.delete(&url).refused(404, "not_found");
        wire.post(&format!("{url}/copy"), &into(&to)).refused(404, "not_found");
    }
    wire.get(&format!("/files/{file}/content")).refused(404, "not_found");
    wire.get(&format!("/files/{file}/versions")).refused(404, "not_found");
    wire.get(&format!("/folders/{folder}/items")).refused(404, "not_found");
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&folder)).refused(404, "not_found");
    wire.post("/folders", &into(&folder)).refused(404, "not_found");
    let listed = wire.get("/folders/0/items").expect(200).json();
    let names: Vec<&str> =
        listed["entries"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Fixed", "Mixed", "To", "a.txt"]);
    let found = wire.get("/search?query=txt").expect(200).json().to_string();
    assert!(
        found.contains("free.txt") && !found.contains("secret.txt") && !found.contains("hidden.txt"),
        "{found}"
    );
    assert_eq!(wire.sim.outline().unwrap(), before);
}

#[test]
fn what_may_not_be_changed_is_denied_and_can_be_copied() {
    let (wire, id) = wire();
    let before = wire.sim.outline().unwrap();
    let (fixed, inner, to) = (id("/Fixed"), id("/Fixed/in.txt"), id("/To"));
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&fixed)).refused(403, DENIED);
    wire.post(&format!("/folders/{}/copy", id("/Fixed/Drop")), &into(&fixed)).refused(403, DENIED);
    wire.post("/folders", &into(&fixed)).refused(403, DENIED);
    wire.put(&format!("/files/{}", id("/a.txt")), &json!({ "parent": { "id": fixed } })).refused(403, DENIED);
    wire.put(&format!("/files/{inner}"), &json!({ "name": "x" })).refused(403, DENIED);
    wire.delete(&format!("/files/{inner}")).refused(403, DENIED);
    wire.delete(&format!("/folders/{fixed}?recursive=true")).refused(403, DENIED);
    wire.upload("/files/content", &into(&fixed), "x").refused(403, DENIED);
    // A folder goes along whole or not at all.
    wire.post(&format!("/folders/{}/copy", id("/Mixed")), &into(&to)).refused(403, DENIED);
    assert_eq!(wire.sim.outline().unwrap(), before, "what is refused has changed nothing");
    wire.get(&format!("/files/{inner}")).expect(200);
    wire.post(&format!("/files/{inner}/copy"), &into(&to)).expect(201);
    wire.post(&format!("/files/{}/copy", id("/a.txt")), &into(&id("/Fixed/Drop"))).expect(201);
    let copy = json!({ "name": "fixed", "parent": { "id": to } });
    let made = wire.post(&format!("/folders/{fixed}/copy"), &copy).expect(201).json();
    // Levels are not copied.
    wire.delete(&format!("/folders/{}?recursive=true", made["id"].as_str().unwrap())).expect(204);
}
