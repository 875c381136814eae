//! Tests of listings in pages: their links and their order, and the query options that links keep.

use serde_json::Value;

use crate::graph::support::{TestRequest, TestServer, business, personal};

fn names(page: &Value) -> Vec<&str> {
    page["value"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// Follows the links of a listing, checks them, and returns the names on each page.
fn pages(wire: &TestServer, first: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut url = Some(first.to_owned());
    while let Some(this) = url {
        assert!(pages.len() < 50, "pages without end: {first}");
        let page = wire.get_json(&this);
        pages.push(names(&page).into_iter().map(str::to_owned).collect());
        url = page.get("@odata.nextLink").map(|link| link.as_str().unwrap().to_owned());
        if let Some(link) = &url {
            assert!(link.starts_with("http://drive.test/"), "{link} is absolute");
        }
    }
    pages
}

fn many(n: usize) -> String {
    (0..n).map(|number| format!("f{number:03} = {number} B\n")).collect()
}

#[test]
fn a_page_has_200_children_and_the_last_page_has_no_link() {
    for (n, sizes) in
        [(0, vec![0]), (199, vec![199]), (200, vec![200]), (201, vec![200, 1]), (450, vec![200, 200, 50])]
    {
        for wire in [business(&many(n)), personal(&many(n))] {
            let pages = pages(&wire, "/v1.0/me/drive/root/children");
            assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
            assert_eq!(pages.concat().len(), n);
            assert!(pages.concat().is_sorted());
        }
    }
}

#[test]
fn links_keep_the_query_options() {
    let wire = business(&many(5));
    for query in ["$top=2&$select=name", "%24top=2&%24select=name", "top=2&select=name"] {
        let first = wire.get_json(&format!("/v1.0/me/drive/root/children?{query}"));
        assert_eq!(names(&first), ["f000", "f001"]);
        let link = first["@odata.nextLink"].as_str().unwrap();
        let second = wire.get_json(link);
        assert_eq!(names(&second), ["f002", "f003"], "{link}");
        assert_eq!(second["value"][0].as_object().unwrap().len(), 1, "{link} keeps the selection");
        assert_eq!(second["@odata.count"], 5);
    }
    let descending = pages(&wire, "/v1.0/me/drive/root/children?$top=2&$orderby=name%20desc");
    assert_eq!(descending, [vec!["f004", "f003"], vec!["f002", "f001"], vec!["f000"]]);
    let with_plus = pages(&wire, "/v1.0/me/drive/root/children?$top=3&$orderby=name+desc");
    assert_eq!(with_plus, [vec!["f004", "f003", "f002"], vec!["f001", "f000"]]);
}

fn check_order(wire: &TestServer, order: &str, sorted: [&str; 3]) {
    let page = wire.get_json(&format!("/v1.0/me/drive/root/children?$orderby={order}"));
    assert_eq!(names(&page), sorted, "{order}");
}

#[test]
fn listings_of_personal_drives_can_be_ordered_by_name_size_and_time() {
    let tree = "b = 1 B # modified=2024-03-01T00:00:00Z\nA = 3 B # modified=2024-01-01T00:00:00Z\n\
                c = 2 B # modified=2024-02-01T00:00:00Z\n";
    let wire = personal(tree);
    check_order(&wire, "name", ["A", "b", "c"]);
    check_order(&wire, "name%20asc", ["A", "b", "c"]);
    check_order(&wire, "name%20desc", ["c", "b", "A"]);
    check_order(&wire, "size", ["b", "c", "A"]);
    check_order(&wire, "size%20desc", ["A", "c", "b"]);
    check_order(&wire, "lastModifiedDateTime", ["A", "c", "b"]);
    check_order(&wire, "lastModifiedDateTime%20desc", ["b", "c", "A"]);
    wire.expect("GET", "/v1.0/me/drive/root/children?$orderby=url", "", 400, "invalidRequest");
}

#[test]
fn listings_of_business_drives_can_be_ordered_by_name_and_url() {
    // An encoded character begins with a percent sign, which sorts before all letters.
    let wire = business("b = 1 B\nä = 3 B\nc = 2 B\n");
    check_order(&wire, "name", ["b", "c", "ä"]);
    check_order(&wire, "url", ["ä", "b", "c"]);
    check_order(&wire, "url%20desc", ["c", "b", "ä"]);
    for key in ["size", "lastModifiedDateTime"] {
        let url = format!("/v1.0/me/drive/root/children?$orderby={key}");
        wire.expect("GET", &url, "", 400, "invalidRequest");
    }
}

#[test]
fn unknown_values_of_query_options_fail() {
    let wire = business("d/\n  a.txt\n");
    for url in [
        "root?$expand=nothing",
        "root?$expand=childrenXYZ",
        "root?$expand=children($explode=x)",
        "root?$expand=children($top=0)",
        "root?$expand=children($select=name",
        "root/children?$expand=children,nothing",
    ] {
        wire.expect("GET", &format!("/v1.0/me/drive/{url}"), "", 400, "invalidRequest");
    }
}

#[test]
fn an_expansion_may_have_its_own_query_options() {
    let wire = business("d/\n  a.txt\n  b.txt\n  c.txt\n");
    wire.run_transcript(
        r#"
        > GET /v1.0/me/drive/root:/d?$select=name&$expand=thumbnails,children($select=name;$top=2;$orderby=name%20desc)
        < 200
        < {"name": "d", "thumbnails": [], "children": [{"name": "c.txt"}, {"name": "b.txt"}],
        <  "children@odata.nextLink": "[*]/items/[id:/d]/children?$select=name&$top=2&$orderby=name%20desc&$skiptoken=Mw"}

        > GET /v1.0/me/drive/root:/d/a.txt?$select=name&$expand=children
        < 200
        < {"name": "a.txt"}

        > GET /v1.0/me/drive/root:/d/a.txt:/children?$expand=children
        < 200
        < {"value": []}
        "#,
    );
}

#[test]
fn children_of_a_folder_can_be_expanded() {
    let wire = business("d/\n  a.txt\n  b/\n");
    wire.run_transcript(
        r#"
        > GET /v1.0/me/drive/root:/d?$select=name&$expand=children($select=name)
        < 200
        < {"name": "d", "children": [{"name": "b"}, {"name": "a.txt"}]}

        > GET /v1.0/me/drive/root:/d?$expand=children(select=id,name)&select=name
        < 200
        < {"name": "d", "children": [{"id": "[*]", "name": "b"}, {"id": "[*]", "name": "a.txt"}]}

        > GET /v1.0/me/drive/root/children?$select=name&$expand=children($select=name)
        < 200
        < {"@odata.count": 1, "value": [{"name": "d", "children": [{"name": "b"}, {"name": "a.txt"}]}]}
        "#,
    );
}

#[test]
fn an_expansion_of_many_children_has_a_link_to_the_rest() {
    let wire = business(&many(205));
    let root = wire.get_json("/v1.0/me/drive/root?$select=id&$expand=children($select=name)");
    assert_eq!(root["children"].as_array().unwrap().len(), 200);
    let rest = wire.get_json(root["children@odata.nextLink"].as_str().unwrap());
    assert_eq!(names(&rest), ["f200", "f201", "f202", "f203", "f204"]);
    assert_eq!(rest["value"][0].as_object().unwrap().len(), 1, "the link keeps the inner selection");
}

#[test]
fn a_link_stays_valid_while_the_folder_changes() {
    let wire = business(&many(4));
    let first = wire.get_json("/v1.0/me/drive/root/children?$top=3");
    wire.sim.delete("/f003").unwrap();
    let rest = wire.get_json(first["@odata.nextLink"].as_str().unwrap());
    assert!(names(&rest).is_empty() && rest.get("@odata.nextLink").is_none());
}

#[test]
fn malformed_values_of_query_options_fail() {
    let wire = business(&many(3));
    let queries = [
        "$top=0",
        "$top=-1",
        "$top=1001",
        "$top=99999999999999999999999",
        "$top=ten",
        "$top=",
        "$top=1.5",
        "$skiptoken=",
        "$skiptoken=!",
        "$skiptoken=%C3%A9",
        "$skiptoken=MA",
        "$skiptoken=LTE",
        "$orderby=colour",
        "$orderby=name%20up",
        "$orderby=name,size",
        "$orderby=name%20desc%20desc",
    ];
    for query in queries {
        let response = wire.get(&format!("/v1.0/me/drive/root/children?{query}"));
        let body = response.json();
        assert_eq!((response.status, &body["error"]["code"]), (400, &"invalidRequest".into()), "{query}");
        assert_eq!(body["error"]["innerError"]["code"], "invalidQueryOption", "{query}");
    }
    let far = data_encoding::BASE64_NOPAD.encode(usize::MAX.to_string().as_bytes());
    assert_eq!(names(&wire.get_json(&format!("/v1.0/me/drive/root/children?$skiptoken={far}"))), [""; 0]);
    assert_eq!(names(&wire.get_json("/v1.0/me/drive/root/children?$top=1000")).len(), 3);
}

#[test]
fn the_page_token_of_a_personal_drive_encodes_the_number_of_the_next_child() {
    let wire = personal(&many(201));
    let page = wire.get_json("/v1.0/me/drive/root/children");
    let link = page["@odata.nextLink"].as_str().unwrap();
    assert!(link.ends_with("skiptoken=MjAx"), "{link}");
    let headers = [("host", "drive.test")];
    assert_eq!(
        wire.send(&TestRequest { method: "GET", url: link, headers: &headers, body: b"" }).status,
        200
    );
}
