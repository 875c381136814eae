//! Tests of items and drives with a given id: responses show it and requests accept it wherever ids are used.

use crate::graph::support::{TestRequest, TestServer};

const GUID: &str = "DCD0D3AD-8989-4F23-A5A2-2C086050513F";
const FILE: &str = "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K";

fn wire() -> TestServer {
    let drive = "drive work profile=business owner=me id=6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B";
    TestServer::new(&format!("{drive}\nDocs/ # id={GUID}\n  a.txt = \"hi\" # id={FILE}\n"))
}

#[test]
fn items_references_listings_and_links_have_the_given_id() {
    wire().run_transcript(
        r#"
        > GET /v1.0/me/drive/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K
        < 200
        < ETag: "{60F36ED0-85CE-4771-B349-E671C691EFCA},1"
        < {"...": "", "id": "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K", "name": "a.txt",
        <  "eTag": "\"{60F36ED0-85CE-4771-B349-E671C691EFCA},1\"",
        <  "parentReference": {"...": "", "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B",
        <   "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
        <   "path": "/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/root:/Docs"}}

        > GET /v1.0/drives/6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F:/a.txt?$select=id
        < 200
        < {"id": "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"}

        > GET /v1.0/me/drive/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F/children?$select=id
        < 200
        < {"@odata.context": "http://drive.test/v1.0/$metadata#drives('6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B')/items('DCD0D3AD-8989-4F23-A5A2-2C086050513F')/children",
        <  "@odata.count": 1, "value": [{"id": "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"}]}

        > GET /v1.0/me/drive?$select=id
        < 200
        < {"id": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B"}
        "#,
    );
}

#[test]
fn a_given_id_replaces_the_generated_id() {
    let wire = TestServer::new("drive work profile=business owner=me\nDocs/\na.txt\n");
    let (generated, drive) = (wire.expand("[id:/Docs]"), wire.expand("[drive]"));
    wire.sim.set_wire_id("/Docs", Some(GUID)).unwrap();
    wire.sim.set_wire_id("/a.txt", Some(FILE)).unwrap();
    // Base32 is case-sensitive, a GUID is not.
    let cases = [(generated.as_str(), 404), (GUID, 200), (FILE, 200), (&FILE.to_lowercase(), 400)];
    for (id, status) in cases {
        let url = format!("/v1.0/drives/{drive}/items/{id}");
        assert_eq!(
            wire.send(&TestRequest { method: "GET", url: &url, headers: &[], body: b"" }).status,
            status,
            "{id}"
        );
    }
    wire.sim.set_wire_id("/Docs", None).unwrap();
    assert_eq!(wire.expand("[id:/Docs]"), generated);
}

#[test]
fn a_guid_is_accepted_in_any_letter_case_and_returned_as_given() {
    let wire = wire();
    wire.run_transcript(
        r#"
        > GET /v1.0/drives/6f7d00bf-fc4d-4e62-9769-6aea81f3a21b/items/dcd0d3ad-8989-4f23-a5a2-2c086050513f?$select=id,parentReference
        < 200
        < {"...": "", "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F",
        <  "parentReference": {"...": "", "driveId": "6F7D00BF-FC4D-4E62-9769-6AEA81F3A21B"}}

        > PATCH /v1.0/me/drive/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K
        > Content-Type: application/json
        > {"name": "b.txt", "parentReference": {"driveId": "6f7d00bf-Fc4d-4e62-9769-6aea81f3a21b", "id": "dcd0d3ad-8989-4f23-A5a2-2c086050513f"}}
        < 200
        < {"...": "", "name": "b.txt", "parentReference": {"...": "", "id": "DCD0D3AD-8989-4F23-A5A2-2C086050513F"}}
        "#,
    );
    let body = r#"{"name": "c.txt", "parentReference":
        {"path": "/drives/6f7d00bf-fc4d-4e62-9769-6aea81f3a21b/items/dcd0d3ad-8989-4f23-a5a2-2c086050513f"}}"#;
    let monitor = wire.copy(&format!("/v1.0/me/drive/items/{FILE}/copy"), body);
    let (head, job) = monitor.rsplit_once('/').unwrap();
    let actual = wire.get_json(&format!("{head}/{}", job.to_uppercase()));
    assert_eq!((&actual["id"], &actual["status"]), (&job.into(), &"completed".into()), "{actual}");
    assert!(wire.sim.exists("/Docs/c.txt"));
}

#[test]
fn guids_that_differ_in_letter_case_are_the_same_id() {
    let (upper, lower) = (GUID, GUID.to_lowercase());
    let items = format!("drive work profile=business\na.txt # id={upper}\nb.txt # id={lower}\n");
    let drives = format!("drive work profile=business id={upper}\ndrive more profile=business id={lower}\n");
    for (outline, holder) in [(items, "/a.txt"), (drives, "work")] {
        let error = drivesim::Sim::builder().outline(outline).build().map(drop).unwrap_err();
        let actual = format!("the id \"{lower}\" is taken by \"{holder}\"");
        assert!(error.to_string().contains(&actual), "{error}");
    }
}

#[test]
fn a_folder_can_be_filled_and_deleted_by_its_given_id() {
    let wire = wire();
    wire.run_transcript(
        r#"
        > PUT /v1.0/me/drive/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F:/b.txt:/content
        > Content-Type: text/plain
        > {}
        < 201
        < ...

        > POST /v1.0/me/drive/items/DCD0D3AD-8989-4F23-A5A2-2C086050513F:/c.txt:/createUploadSession
        > Content-Type: application/json
        > {}
        < 200
        < {"...": "", "uploadUrl": "[=url]"}
        "#,
    );
    // An upload session refers to the folder by id.
    wire.sim.rename("/Docs", "Texts").unwrap();
    let url = wire.expand("[url]");
    let headers = [("content-range", "bytes 0-1/2")];
    assert_eq!(
        wire.send(&TestRequest { method: "PUT", url: &url, headers: &headers, body: b"ho" }).status,
        201
    );
    wire.sim.assert_outline_of("/Texts", "a.txt = \"hi\"\nb.txt = \"{}\"\nc.txt = \"ho\"\n");
    wire.expect("DELETE", &format!("/v1.0/me/drive/items/{GUID}"), "", 204, "");
    wire.expect("GET", &format!("/v1.0/me/drive/items/{GUID}"), "", 404, "itemNotFound");
}

#[test]
fn the_monitor_of_a_copy_of_children_has_the_given_id_of_the_target() {
    let wire =
        TestServer::new(&format!("drive work profile=business owner=me\nA/\n  a.txt\nB/ # id={GUID}\n"));
    let body = format!(r#"{{"parentReference": {{"id": "{GUID}"}}, "childrenOnly": true}}"#);
    let monitor = wire.copy("/v1.0/me/drive/items/[id:/A]/copy", &body);
    let actual = wire.get_json(&monitor);
    assert_eq!(actual["resourceId"], GUID, "{actual}");
    assert!(actual["resourceLocation"].as_str().unwrap().ends_with(&format!("/items/{GUID}")), "{actual}");
}

#[test]
fn a_given_id_of_a_personal_drive_is_part_of_its_item_ids() {
    let wire = TestServer::new(
        "drive home profile=personal owner=me id=d4648f06c91d9d3d\na.txt # id=D4648F06C91D9D3D!105\nb.txt\n",
    );
    wire.run_transcript(
        r#"
        > GET /v1.0/drives/D4648F06C91D9D3D/root/children?$select=id,name
        < 200
        < {"@odata.count": 2, "value": [{"id": "D4648F06C91D9D3D!105", "name": "a.txt"},
        <  {"id": "D4648F06C91D9D3D!1000000002", "name": "b.txt"}]}

        > GET /v1.0/me/drive/items/d4648f06c91d9d3d!105?$select=id,parentReference
        < 200
        < {"id": "D4648F06C91D9D3D!105", "parentReference": {"...": "", "driveId": "d4648f06c91d9d3d",
        <  "id": "D4648F06C91D9D3D!101"}}

        > GET /v1.0/me/drive/items/D4648F06C91D9D3D!1000000002?$select=name
        < 200
        < {"name": "b.txt"}
        "#,
    );
}
