//! Transcripts of the examples on the pages about copying: Graph v1.0 and beta, the OneDrive API of 2017, and that of
//! 2015.

use drivesim::Pace;

use crate::graph::support::{TestServer, business, personal};

const TREE: &str = "Documents/\nplan.txt = \"to do\"\n";

#[test]
fn the_example_of_graph_v1_copies_into_a_folder_of_a_drive_under_a_new_name() {
    business(TREE).run_transcript(
        r#"
        > POST /v1.0/me/drive/items/[id:/plan.txt]/copy
        > Content-Type: application/json
        > {"parentReference": {"driveId": "[drive]", "id": "[id:/Documents]"}, "name": "contoso plan (copy).txt"}
        < 202
        < Location: http://drive.test/_api/v2.0/monitor/[=job]
        < !Content-Type

        > GET /_api/v2.0/monitor/[job]
        < 200
        < Content-Type: application/json
        < {"@odata.context": "http://drive.test/_api/v2.1/$metadata#drives('[drive]')/operations/$entity",
        <  "id": "[job]", "createdDateTime": "0001-01-01T00:00:00Z", "lastActionDateTime": "0001-01-01T00:00:00Z",
        <  "percentageComplete": 100, "percentComplete": 100, "resourceId": "[=new]",
        <  "resourceLocation": "http://drive.test/_api/v2.0/drives/[drive]/items/[new]", "status": "completed"}

        > GET /v1.0/me/drive/items/[new]
        < 200
        < {"...": "", "id": "[id:/Documents/contoso plan (copy).txt]", "name": "contoso plan (copy).txt", "size": 5}
        "#,
    );
}

#[test]
fn the_example_of_graph_beta_copies_on_every_route_of_its_list() {
    let tree = |owner: &str| format!("drive work profile=business owner={owner}\n{TREE}");
    let cases = [
        ("me", "/beta/me/drive"),
        ("me", "/beta/drives/[drive]"),
        ("user:ann@contoso.test", "/beta/users/ann@contoso.test/drive"),
        ("group:g-1", "/beta/groups/g-1/drive"),
        ("site:contoso.test,1,2", "/beta/sites/contoso.test,1,2/drive"),
        ("site:contoso.test,1,2", "/v1.0/sites/contoso.test,1,2/drives/[drive]"),
    ];
    for (owner, drive) in cases {
        let wire = TestServer::new(&tree(owner));
        wire.run_transcript(&format!(
            r#"
            > POST {drive}/items/[id:/plan.txt]/copy
            > Content-Type: application/json
            > {{"parentReference": {{"driveId": "[drive]", "id": "[id:/Documents]"}}, "name": "copy.txt"}}
            < 202
            < Location: http://drive.test/_api/v2.0/monitor/[*]
            "#
        ));
        wire.sim.assert_outline_of("/Documents", "copy.txt = \"to do\"\n");
    }
}

#[test]
fn the_graph_overview_of_long_jobs_copies_to_a_path() {
    personal(TREE).run_transcript(
        r#"
        > POST /v1.0/me/drive/items/[id:/plan.txt]/copy
        > Content-Type: application/json
        > Prefer: respond-async
        > {"parentReference": {"path": "/drive/root:/Documents"}, "name": "foobar.txt"}
        < 202
        < Location: http://drive.test/v1.0/monitor/[=job]

        > GET /v1.0/monitor/[job]
        < 200
        < {"operation": "itemCopy", "percentageComplete": 100.0, "status": "completed", "resourceId": "[=new]"}

        > GET /v1.0/drives/[drive]/items/[new]?$select=id,name
        < 200
        < {"id": "[id:/Documents/foobar.txt]", "name": "foobar.txt"}
        "#,
    );
}

#[test]
fn the_example_of_the_onedrive_api_copies_to_a_path_and_ends_with_the_new_item() {
    personal(TREE).run_transcript(
        r#"
        > POST /drive/items/[id:/plan.txt]/copy
        > Content-Type: application/json
        > Prefer: respond-async
        > {"parentReference": {"path": "/drive/root:/Documents"}, "name": "foobar.txt"}
        < 202
        < Location: http://drive.test/monitor/[=job]
        < !Content-Type

        > GET /monitor/[job]
        < 303
        < Location: http://drive.test/drives/[drive]/items/[*]
        < {"operation": "ItemCopy", "percentageComplete": 100, "status": "completed", "resourceId": "[=new]"}

        > GET /drives/[drive]/items/[new]
        < 200
        < {"...": "", "id": "[id:/Documents/foobar.txt]", "name": "foobar.txt"}
        "#,
    );
}

#[test]
fn the_onedrive_api_names_the_source_by_path_as_well() {
    let wire = personal(TREE);
    wire.run_transcript(
        r#"
        > POST /drive/root:/plan.txt:/copy
        > Content-Type: application/json
        > Prefer: respond-async
        > {"parentReference": {"path": "/drive/root:/Documents"}}
        < 202
        < Location: http://drive.test/monitor/[*]
        "#,
    );
    wire.sim.assert_outline_of("/Documents", "plan.txt = \"to do\"\n");
}

#[test]
fn the_example_of_2015_sends_the_id_and_the_path_of_one_folder() {
    let wire = personal(TREE);
    for action in ["action.copy", "oneDrive.copy", "copy"] {
        wire.run_transcript(&format!(
            r#"
            > POST /drive/items/[id:/plan.txt]/{action}
            > Content-Type: application/json
            > Prefer: respond-async
            > {{"parentReference": {{"id": "[id:/Documents]", "path": "/drive/root:/Documents"}}, "name": "{action}"}}
            < 202
            < Location: http://drive.test/monitor/[*]

            > POST /drive/root:/plan.txt:/{action}
            > Content-Type: application/json
            > Prefer: respond-async
            > {{"parentReference": {{"id": "[id:/Documents]"}}, "name": "by path {action}"}}
            < 202
            < Location: http://drive.test/monitor/[*]
            "#
        ));
    }
    assert_eq!(wire.sim.children("/Documents").unwrap().len(), 6);
}

/// Polls a copy to its end as the pages of 2015 and 2017 describe: 202 with an AsyncJobStatus, then 303 to the item.
fn check_polled(source: &str, reference: &str) {
    TestServer::with_pace(Pace::polls(2), &format!("drive home profile=personal owner=me\n{TREE}")).run_transcript(&format!(
        r#"
        > POST {source}
        > Content-Type: application/json
        > Prefer: respond-async
        > {{"parentReference": {{{reference}}}, "name": "foobar"}}
        < 202
        < Location: http://drive.test/monitor/[=job]
        < !Content-Type

        > GET /monitor/[job]
        < 202
        < Content-Type: application/json
        < !Location
        < {{"operation": "ItemCopy", "percentageComplete": 50.0, "status": "inProgress",
        <  "statusDescription": "Completed 0/1 files; 0/5 bytes"}}

        > GET /monitor/[job]
        < 303
        < Content-Type: application/json
        < Location: http://drive.test/drives/[drive]/items/[=new]
        < {{"operation": "ItemCopy", "percentageComplete": 100.0, "status": "completed", "resourceId": "[=told]"}}

        > GET http://drive.test/drives/[drive]/items/[new]
        < 200
        < {{"...": "", "id": "[told]", "name": "foobar", "size": 5, "file": {{"...": ""}},
        <  "parentReference": {{"...": "", "id": "[id:/Documents]", "path": "/drive/root:/Documents"}}}}
        "#
    ));
}

#[test]
fn a_copy_is_polled_as_on_the_page_of_2015() {
    let reference = r#""id": "[id:/Documents]", "path": "/drive/root:/Documents""#;
    check_polled("/drive/items/[id:/plan.txt]/action.copy", reference);
    check_polled("/drive/root:/plan.txt:/action.copy", reference);
}

#[test]
fn a_copy_is_polled_as_on_the_page_of_2017() {
    let reference = r#""path": "/drive/root:/Documents""#;
    check_polled("/drive/items/[id:/plan.txt]/copy", reference);
    check_polled("/drive/root:/plan.txt:/copy", reference);
}

#[test]
fn an_id_and_a_path_of_different_folders_are_an_error() {
    let wire = personal("Documents/\nOther/\nplan.txt\n");
    wire.run_transcript(
        r#"
        > POST /drive/items/[id:/plan.txt]/action.copy
        > Content-Type: application/json
        > Prefer: respond-async
        > {"parentReference": {"id": "[id:/Other]", "path": "/drive/root:/Documents"}}
        < 400
        < {"error": {"code": "invalidRequest", "message": "[*]", "innererror": {"...": ""}}}
        "#,
    );
}

#[test]
fn only_the_onedrive_api_requires_respond_async() {
    let body = r#"{"parentReference": {"path": "/drive/root:/Documents"}, "name": "copy.txt"}"#;
    for wire in [personal(TREE), business(TREE)] {
        let id = "items/[id:/plan.txt]/copy";
        for drive in ["/drive", "/v1.0/drive", "/drives/[drive]"] {
            wire.expect("POST", &format!("{drive}/{id}"), body, 400, "invalidRequest");
        }
        let others =
            ["/v1.0/me/drive", "/beta/me/drive", "/_api/v2.0/drive", "/sites/x/_api/v2.1/drives/[drive]"];
        for (number, other) in others.iter().enumerate() {
            wire.expect("POST", &format!("{other}/{id}"), &format!(r#"{{"name": "{number}"}}"#), 202, "");
        }
    }
}

#[test]
fn respond_async_may_be_one_of_several_preferences() {
    for prefer in ["respond-async", "Respond-Async", "return=minimal, respond-async", "respond-async;wait=5"]
    {
        personal(TREE).run_transcript(&format!(
            r#"
            > POST /drive/items/[id:/plan.txt]/copy
            > Content-Type: application/json
            > Prefer: {prefer}
            > {{"parentReference": {{"path": "/drive/root:/Documents"}}, "name": "copy.txt"}}
            < 202
            < Location: http://drive.test/monitor/[*]
            "#
        ));
    }
}

#[test]
fn a_copy_can_target_another_drive_by_id() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\nplan.txt = \"to do\"\n\
         drive team profile=business owner=site:s\nIn/\n",
    );
    wire.run_transcript(
        r#"
        > POST /v1.0/me/drive/items/[id:/plan.txt]/copy
        > Content-Type: application/json
        > {"parentReference": {"driveId": "[drive:team]", "id": "[id:team:/In]"}}
        < 202
        < Location: http://drive.test/_api/v2.0/monitor/[=job]

        > GET /_api/v2.0/monitor/[job]
        < 200
        < {"...": "", "status": "completed", "resourceId": "[id:team:/In/plan.txt]",
        <  "@odata.context": "http://drive.test/_api/v2.1/$metadata#drives('[drive:work]')/operations/$entity",
        <  "resourceLocation": "http://drive.test/_api/v2.0/drives/[drive:team]/items/[id:team:/In/plan.txt]"}

        > GET /v1.0/me/drive/items/[id:team:/In/plan.txt]
        < 404
        < {"error": {"code": "itemNotFound", "message": "[*]", "innerError": {"...": ""}}}
        "#,
    );
}
