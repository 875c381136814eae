//! Runs every operation on the routes of every service and on every kind of drive, without a selection of members, so
//! that the check of all responses covers schemas and members.

use crate::graph::support::TestServer;

const TREE: &str = "Docs/\n  a.txt = \"hi\"\n  in/\n    b.txt\n";
const GRAPH: &str = "@microsoft.graph.downloadUrl";
const DIRECT: &str = "@content.downloadUrl";
/// For each kind of route: how its URLs begin, and the member with the URL of the content.
const ROUTES: [(&str, &str); 8] = [
    ("/v1.0/drives/[drive]", GRAPH),
    ("/beta/drives/[drive]", GRAPH),
    ("/drive", DIRECT),
    ("/v1.0/drive", DIRECT),
    ("/drives/[drive]", DIRECT),
    ("/_api/v2.0/drive", DIRECT),
    ("/_api/v2.1/drives/[drive]", DIRECT),
    ("/sites/s/_api/v2.0/drives/[drive]", DIRECT),
];

/// Runs a transcript with each kind of drive and each kind of route. In the transcript, `BASE` is replaced by the
/// beginning of the URLs and `LINK` by the member with the URL of the content.
fn check(transcript: &str) {
    for kind in ["business owner=me", "business owner=site:s", "business owner=group:g", "personal owner=me"]
    {
        for (base, link) in ROUTES {
            let wire = TestServer::new(&format!("drive mine profile={kind}\n{TREE}"));
            wire.set_variable("a", wire.expand("[id:/Docs/a.txt]"));
            wire.run_transcript(&transcript.replace("BASE", base).replace("LINK", link));
        }
    }
}

#[test]
fn items_can_be_read() {
    check(
        r#"
        > GET BASE/root
        < 200
        < {"...": "", "root": {}, "folder": {"childCount": 1}}

        > GET BASE/root:/Docs
        < 200
        < {"...": "", "name": "Docs", "folder": {"childCount": 2}}

        > GET BASE/items/[a]
        < 200
        < {"...": "", "name": "a.txt", "LINK": "http://drive.test[*]/_download/[*]"}

        > GET BASE/items/[a]?$select=id,LINK
        < 200
        < {"id": "[a]", "LINK": "http://drive.test[*]/_download/[*]"}

        > GET BASE/items/[a]/content
        < 302
        < Location: http://drive.test[*]/_download/[*]

        > GET BASE
        < 200
        < {"...": "", "id": "[drive]", "quota": {"...": ""}}

        > GET BASE/items/[a]:/gone
        < 404
        < ...
        "#,
    );
}

#[test]
fn listings_contain_whole_items() {
    check(
        r#"
        > GET BASE/root:/Docs:/children?$orderby=name
        < 200
        < {"@odata.count": 2, "value": [{"...": "", "id": "[a]", "LINK": "[*]"}, {"...": "", "name": "in"}]}

        > GET BASE/root:/Docs:/children?$top=1&$orderby=name
        < 200
        < {"@odata.count": 2, "@odata.nextLink": "[=next]", "value": [{"...": "", "id": "[a]", "LINK": "[*]"}]}

        > GET [next]
        < 200
        < {"@odata.count": 2, "value": [{"...": "", "name": "in"}]}

        > GET BASE/root:/Docs?$expand=children($orderby=name)
        < 200
        < {"...": "", "name": "Docs", "children": [{"...": "", "id": "[a]", "LINK": "[*]"}, {"...": "", "name": "in"}]}

        > GET BASE/root:/Docs:/children?$orderby=name&$expand=children
        < 200
        < {"@odata.count": 2, "value": [{"...": "", "id": "[a]"},
        <  {"...": "", "name": "in", "children": [{"...": "", "name": "b.txt", "LINK": "[*]"}]}]}
        "#,
    );
}

#[test]
fn new_and_changed_items_are_returned_whole() {
    check(
        r#"
        > POST BASE/root:/Docs:/children
        > Content-Type: application/json
        > {"name": "new", "folder": {}}
        < 201
        < {"...": "", "name": "new", "folder": {"childCount": 0}}

        > PATCH BASE/items/[a]
        > Content-Type: application/json
        > {"name": "b.txt", "parentReference": {"id": "[id:/Docs/new]"}}
        < 200
        < {"...": "", "id": "[a]", "name": "b.txt", "LINK": "[*]"}

        > PATCH BASE/root:/Docs/new
        > Content-Type: application/json
        > {"name": "newer"}
        < 200
        < {"...": "", "name": "newer", "folder": {"childCount": 1}}

        > DELETE BASE/items/[a]
        < 204

        > POST BASE/items/[a]/restore
        < 200
        < {"...": "", "id": "[a]", "name": "b.txt", "LINK": "[*]"}

        > POST BASE/items/[a]/permanentDelete
        < 204
        "#,
    );
}

#[test]
fn uploaded_files_are_returned_whole() {
    check(
        r#"
        > PUT BASE/root:/Docs/new.txt:/content
        > Content-Type: text/plain
        > "one"
        < 201
        < {"...": "", "name": "new.txt", "size": 5, "LINK": "[*]"}

        > PUT BASE/root:/Docs/new.txt:/content
        > "twos"
        < 200
        < {"...": "", "name": "new.txt", "size": 6, "LINK": "[*]"}

        > POST BASE/root:/Docs/big.bin:/createUploadSession
        > Content-Type: application/json
        > {"item": {"fileSize": 6}, "deferCommit": false}
        < 200
        < {"uploadUrl": "[=upload]", "expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}

        > GET [upload]
        < 200
        < {"expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}

        > PUT [upload]
        > Content-Range: bytes 0-3/6
        > "ab"
        < 202
        < {"expirationDateTime": "[*]", "nextExpectedRanges": ["4-5"]}

        > PUT [upload]
        > Content-Range: bytes 4-5/6
        > ""
        < 201
        < {"...": "", "name": "big.bin", "size": 6, "LINK": "http://drive.test[*]/_download/[*]"}

        > GET [upload]
        < 404
        < ...
        "#,
    );
}

#[test]
fn a_deferred_upload_is_returned_whole_on_commit() {
    check(
        r#"
        > POST BASE/items/[a]/createUploadSession
        > Content-Type: application/json
        > {"deferCommit": true}
        < 200
        < {"uploadUrl": "[=upload]", "expirationDateTime": "[*]", "nextExpectedRanges": ["0-"]}

        > PUT [upload]
        > Content-Range: bytes 0-3/4
        > "ab"
        < 202
        < {"expirationDateTime": "[*]", "nextExpectedRanges": []}

        > POST [upload]
        > Content-Length: 0
        < 200
        < {"...": "", "id": "[a]", "size": 4, "LINK": "[*]"}
        "#,
    );
}
