//! Tests of the errors of copies, at once or in the job, and of the order of the checks.

use drivesim::Pace;
use drivesim::access::Access;
use serde_json::Value;

use crate::graph::support::{TestServer, business, personal};

/// Starts a copy that is accepted and returns the final status of its monitor.
fn outcome(wire: &TestServer, url: &str, body: &str) -> Value {
    let monitor = wire.copy(url, body);
    let response = wire.get(&monitor);
    assert_eq!(response.status, 200);
    response.json()
}

const COPY: &str = "/v1.0/me/drive/root:/a.txt:/copy";

#[test]
fn an_explicit_name_that_is_taken_fails_at_once_on_business_drives() {
    let wire = business("a.txt = \"a\"\nTo/\n  a.txt = \"old\"\n  b.txt\n");
    wire.run_transcript(
        r#"
        > POST /v1.0/me/drive/root:/a.txt:/copy
        > Content-Type: application/json
        > {"parentReference": {"id": "[id:/To]"}, "name": "B.TXT"}
        < 409
        < !Location
        < {"error": {"code": "nameAlreadyExists", "message": "The specified item name already exists. [*]",
        <  "innerError": {"date": "2024-01-01T00:00:00", "request-id": "[=r]", "client-request-id": "[r]"}}}
        "#,
    );
    let body = r#"{"parentReference":{"id":"[id:/To]"},"name":"a.txt"}"#;
    wire.expect(
        "POST",
        &format!("{COPY}?@microsoft.graph.conflictBehavior=fail"),
        body,
        409,
        "nameAlreadyExists",
    );
    assert_eq!(wire.sim.jobs().len(), 0);
}

#[test]
fn an_implicit_name_that_is_taken_fails_in_the_job_on_business_drives() {
    let wire = business("a.txt = \"a\"\nTo/\n  a.txt = \"old\"\n");
    let status = outcome(&wire, COPY, r#"{"parentReference":{"id":"[id:/To]"}}"#);
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&"failed".into(), &"nameAlreadyExists".into())
    );
    let status = outcome(&wire, COPY, "{}");
    assert_eq!(status["error"]["code"], "nameAlreadyExists", "in the same folder under the same name");
    wire.sim.assert_outline_of("/To", "a.txt = \"old\"\n");
}

#[test]
fn replacing_a_file_creates_a_new_item() {
    let wire = business("a.txt = \"a\"\nTo/\n  a.txt = \"old\"\n");
    let old = wire.expand("[id:/To/a.txt]");
    for body in [
        r#"{"parentReference":{"id":"[id:/To]"}}"#,
        r#"{"parentReference":{"id":"[id:/To]"},"name":"a.txt"}"#,
    ] {
        let status = outcome(&wire, &format!("{COPY}?@microsoft.graph.conflictBehavior=replace"), body);
        assert_eq!(
            (&status["status"], &status["resourceId"]),
            (&"completed".into(), &wire.expand("[id:/To/a.txt]").into())
        );
    }
    assert_ne!(old, wire.expand("[id:/To/a.txt]"));
    wire.sim.assert_outline_of("/To", "a.txt = \"a\"\n");
    wire.expect("GET", &format!("/v1.0/me/drive/items/{old}"), "", 404, "itemNotFound");
}

#[test]
fn replacing_a_folder_fails_in_the_job() {
    let tree = "d/\n  new.txt\nf = \"f\"\nTo/\n  d/\n    old.txt\n  F/\n  g/\ng\n";
    let wire = business(tree);
    for (source, name) in [("d", r#","name":"d""#), ("d", ""), ("f", ""), ("g", r#","name":"g""#)] {
        let url = format!("/v1.0/me/drive/root:/{source}:/copy?@microsoft.graph.conflictBehavior=replace");
        let body = format!(r#"{{"parentReference":{{"id":"[id:/To]"}}{name}}}"#);
        let status = outcome(&wire, &url, &body);
        assert_eq!(status["error"]["code"], "nameAlreadyExists", "{source}{name}");
    }
    wire.sim.assert_outline_of("/To", "d/\n  old.txt\nF/\ng/\n");
}

#[test]
fn rename_adds_a_number_without_a_space() {
    let wire = business("a.txt\nd/\nTo/\n  a.txt\n  a1.txt\n  d/\n");
    let rename = "?@microsoft.graph.conflictBehavior=rename";
    for (source, new_name) in [("a.txt", "a2.txt"), ("d", "d1")] {
        let url = format!("/v1.0/me/drive/root:/{source}:/copy{rename}");
        let status = outcome(&wire, &url, r#"{"parentReference":{"id":"[id:/To]"}}"#);
        assert_eq!(status["resourceId"], wire.expand(&format!("[id:/To/{new_name}]")), "{new_name}");
    }
    let status = outcome(&wire, &format!("{COPY}{rename}"), "{}");
    assert_eq!(status["resourceId"], wire.expand("[id:/a1.txt]"), "in the same folder");
}

#[test]
fn a_taken_name_fails_at_once_on_personal_drives_for_every_behavior() {
    let wire = personal("a.txt = \"a\"\nTo/\n  a.txt = \"old\"\n");
    for query in
        ["", "?@microsoft.graph.conflictBehavior=replace", "?@microsoft.graph.conflictBehavior=rename"]
    {
        for name in ["", r#","name":"A.txt""#] {
            let body = format!(r#"{{"parentReference":{{"id":"[id:/To]"}}{name}}}"#);
            wire.expect("POST", &format!("{COPY}{query}"), &body, 409, "nameAlreadyExists");
        }
    }
    assert_eq!(wire.sim.jobs().len(), 0);
    wire.sim.assert_outline_of("/To", "a.txt = \"old\"\n");
}

#[test]
fn an_unknown_behavior_fails() {
    for word in ["overwrite", "", "fail,replace", "replac\u{e9}"] {
        let word: String = word.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let url = format!("{COPY}?@microsoft.graph.conflictBehavior={word}");
        business("a.txt\n").expect("POST", &url, r#"{"name":"b"}"#, 400, "invalidRequest");
    }
}

#[test]
fn children_only_copies_the_children() {
    let wire = business("From/\n  a.txt\n  b/\n    c\nTo/\n");
    let status = outcome(
        &wire,
        "/v1.0/me/drive/root:/From:/copy",
        r#"{"parentReference":{"id":"[id:/To]"},"childrenOnly":true}"#,
    );
    assert_eq!(status["status"], "completed");
    wire.sim.assert_outline_of("/To", "a.txt\nb/\n  c\n");
    let root = r#"{"parentReference":{"driveId":"[drive]","id":"[id:/To/b]"},"childrenOnly":true}"#;
    let wire = TestServer::new("drive a profile=business owner=me\nx\ndrive b profile=business\nTo/\n  b/\n");
    let root = root.replace("[drive]", "[drive:b]").replace("[id:", "[id:b:");
    assert_eq!(outcome(&wire, "/v1.0/me/drive/items/root/copy", &root)["status"], "completed");
}

#[test]
fn an_invalid_child_does_not_keep_others_from_being_copied() {
    let tree = "From/\n  a.txt\n  Forms/\n    x\n  b/\nTo/\n";
    let at_root = TestServer::new(&format!(
        "drive work profile=business owner=me forms_folders=refused_at_root\n{tree}"
    ));
    let other = TestServer::new(&format!(
        "drive work profile=business owner=me forms_folders=allowed\n{tree}drive team profile=business owner=site:s\n"
    ));
    for (wire, target, drive) in [
        (&at_root, r#"{"path":"/drive/root"}"#, "work"),
        (&other, r#"{"path":"/sites/s/drive/root"}"#, "team"),
    ] {
        let body = format!(r#"{{"parentReference":{target},"childrenOnly":true}}"#);
        let status = outcome(wire, "/v1.0/me/drive/root:/From:/copy", &body);
        assert_eq!(status["status"], "failed", "{status}");
        let details = status["error"]["details"].as_array().unwrap();
        let code = (details.len(), &details[0]["code"]);
        assert_eq!(code, (1, &"invalidRequest".into()), "{status}");
        assert!(details[0]["message"].as_str().unwrap().contains("Forms"), "{status}");
        let drive_handle = wire.sim.drive(drive).unwrap();
        let exist = ["/a.txt", "/b", "/Forms"].map(|path| wire.sim.exists(drive_handle.at(path)));
        assert_eq!(exist, [true, true, false], "{drive}");
    }
    let named = r#"{"parentReference":{"path":"/drive/root"}}"#;
    at_root.expect("POST", "/v1.0/me/drive/root:/From/Forms:/copy", named, 400, "invalidRequest");
}

#[test]
fn all_versions_are_copied_unless_a_name_is_sent() {
    for (name, n_versions) in [(r#","name":"b.txt""#, 1), ("", 3)] {
        let wire = business("a.txt = \"1\"\nTo/\n");
        wire.sim.write("/a.txt", "2").unwrap();
        wire.sim.write("/a.txt", "3").unwrap();
        let body =
            format!(r#"{{"parentReference":{{"id":"[id:/To]"}},"includeAllVersionHistory":true{name}}}"#);
        outcome(&wire, COPY, &body);
        let copy = wire.sim.children("/To").unwrap().remove(0);
        assert_eq!(wire.sim.versions(copy.id).unwrap().len(), n_versions, "{name}");
    }
}

/// Asserts that a copy fails with an error whose message contains `words`. Of two errors, the first check decides.
fn check(wire: &TestServer, url: &str, body: &str, status: u16, code: &str, words: &str) {
    let before = wire.sim.outline().unwrap();
    let response = wire.send_json("POST", url, body);
    let error_body = response.json();
    assert_eq!(
        (response.status, error_body["error"]["code"].as_str()),
        (status, Some(code)),
        "{url} {body}: {error_body}"
    );
    let message = error_body["error"]["message"].as_str().unwrap();
    assert!(message.contains(words), "{url} {body}: {message:?} does not contain {words:?}");
    assert_eq!(wire.sim.outline().unwrap(), before);
    assert_eq!(wire.sim.jobs().len(), 0);
}

#[test]
fn checks_run_in_order() {
    let wire = business("a.txt = \"aa\"\nd/\n  in/\nTo/\n  d/\n  taken\nno/\nshut/\n");
    wire.sim.set_access("/no", Some(Access::Read)).unwrap();
    wire.sim.set_access("/shut", Some(Access::None)).unwrap();
    let (missing, root) = ("/v1.0/me/drive/root:/gone:/copy", "/v1.0/me/drive/root/copy");
    let folder = "/v1.0/me/drive/root:/d:/copy";
    let nowhere = r#""parentReference":{"path":"/drive/root:/nowhere"}"#;
    let body = |rest: &str| format!("{{{rest}}}");
    // JSON, then childrenOnly with a name, then the source.
    check(&wire, missing, r#"{"childrenOnly":true,"name":"x""#, 400, "invalidRequest", "not JSON");
    let both = body(&format!(r#""childrenOnly":true,"name":"x",{nowhere}"#));
    check(&wire, missing, &both, 400, "invalidRequest", "Cannot use name parameter alongside childrenOnly.");
    check(&wire, root, &both, 400, "invalidRequest", "Cannot use name parameter alongside childrenOnly.");
    check(&wire, missing, &body(nowhere), 404, "itemNotFound", "");
    // The root and files, then the target.
    check(&wire, root, &body(nowhere), 400, "invalidRequest", "Cannot copy the root folder.");
    check(&wire, root, &body(r#""name":"x""#), 400, "invalidRequest", "Cannot copy the root folder.");
    let only = body(&format!(r#""childrenOnly":true,{nowhere}"#));
    check(&wire, COPY, &only, 400, "invalidRequest", "childrenOnly option is not valid for file items.");
    check(&wire, COPY, &body(&format!(r#""name":"a:b",{nowhere}"#)), 404, "itemNotFound", "");
    // Access, then a copy into itself, the name, a conflict.
    let at = |path: &str, rest: &str| body(&format!(r#""parentReference":{{"id":"[id:/{path}]"}}{rest}"#));
    check(&wire, COPY, &at("no", r#","name":"a:b""#), 403, "accessDenied", "");
    let hidden = body(r#""parentReference":{"path":"/drive/root:/shut"}"#);
    check(&wire, COPY, &hidden, 404, "itemNotFound", "");
    check(&wire, folder, &at("d", r#","name":"a:b""#), 400, "invalidRequest", "into itself");
    check(&wire, folder, &at("d/in", ""), 400, "invalidRequest", "into itself");
    check(&wire, COPY, &at("To", r#","name":"a:b""#), 400, "invalidRequest", "");
    check(&wire, COPY, &at("To", r#","name":"""#), 400, "invalidRequest", "");
    check(&wire, COPY, &at("a.txt", ""), 400, "invalidRequest", "folder");
    // A conflict, then the quota.
    wire.sim.set_quota(wire.sim.first_drive().unwrap(), Some(3)).unwrap();
    check(&wire, COPY, &at("To", r#","name":"taken""#), 409, "nameAlreadyExists", "");
    check(&wire, COPY, &at("To", r#","name":"free""#), 507, "quotaLimitReached", "");
}

#[test]
fn paths_of_a_copy_have_a_limit() {
    let (outer, inner) = ("o".repeat(200), "i".repeat(190));
    let wire = business(&format!("a.txt\n{outer}/\n  {inner}/\n"));
    let reference = format!(r#""parentReference":{{"path":"/drive/root:/{outer}/{inner}"}}"#);
    let body = format!(r#"{{{reference},"name":"12345.txt"}}"#);
    wire.expect("POST", COPY, &body, 400, "invalidRequest");
    wire.expect("POST", COPY, &format!(r#"{{{reference},"name":"1234.txt"}}"#), 202, "");
    let body = format!(r#"{{{reference},"name":"123456.txt"}}"#);
    let response = wire.send_json("POST", COPY, &body);
    let error_body = response.json();
    assert_eq!(
        (response.status, &error_body["error"]["innerError"]["code"]),
        (400, &"pathIsTooLong".into()),
        "{error_body}"
    );
}

#[test]
fn a_copy_has_at_most_30_000_items() {
    let many = |n: usize| (0..n).map(|number| format!("  f{number}\n")).collect::<String>();
    let wire = business(&format!("big/\n{}fits/\n{}", many(30_000), many(29_999)));
    let response = wire.send_json("POST", "/v1.0/me/drive/root:/big:/copy", r#"{"name":"x"}"#);
    let error_body = response.json();
    assert_eq!((response.status, &error_body["error"]["code"]), (400, &"invalidRequest".into()));
    assert_eq!(error_body["error"]["innerError"]["code"], "totalAffectedItemCountExceeded");
    wire.expect("POST", "/v1.0/me/drive/root:/fits:/copy", r#"{"name":"x"}"#, 202, "");
}

#[test]
fn a_source_that_is_deleted_before_the_job_runs_fails_the_job() {
    let wire = TestServer::with_pace(Pace::polls(2), "drive work profile=business owner=me\na.txt\nTo/\n");
    let monitor = wire.copy(COPY, r#"{"parentReference":{"id":"[id:/To]"}}"#);
    wire.sim.delete("/a.txt").unwrap();
    assert_eq!(wire.get_json(&monitor)["error"]["code"], "itemNotFound");
}

#[test]
fn references_that_name_no_folder_fail() {
    let wire = TestServer::new(
        "drive work profile=business owner=me\na.txt\nTo/\ndrive home profile=personal owner=user:p\nIn/\n",
    );
    let cases = [
        (r#"{"parentReference":{"id":"root"}}"#, 400),
        (r#"{"parentReference":{"id":"x"}}"#, 400),
        (r#"{"parentReference":{"id":"[id:home:/In]"}}"#, 400),
        (r#"{"parentReference":{"driveId":"[drive:home]","id":"[id:home:/In]"}}"#, 400),
        (r#"{"parentReference":{"driveId":"[drive:home]","id":"[id:/To]"}}"#, 400),
        (r#"{"parentReference":{"driveId":"[drive]"}}"#, 400),
        (r#"{"parentReference":{"driveId":"nobody","id":"[id:/To]"}}"#, 400),
        (r#"{"parentReference":{"driveId":"0123456789abcdef","id":"[id:/To]"}}"#, 404),
        (r#"{"parentReference":{"path":"Documents"}}"#, 400),
        (r#"{"parentReference":{"path":"/drive/root:/To:/children"}}"#, 400),
        (r#"{"parentReference":{"path":"/drive/root:/%FF"}}"#, 400),
        (r#"{"parentReference":{"path":"/drive/root:/To/../To"}}"#, 404),
        (r#"{"parentReference":{"path":"/drive/root:/gone"}}"#, 404),
        (r#"{"parentReference":{"path":"/drives/[drive:home]/root:/In"}}"#, 400),
        (r#"{"parentReference":{"path":"/drives/[drive:home]/root:/In","driveId":"[drive]"}}"#, 400),
    ];
    for (body, status) in cases {
        let code = if status == 404 { "itemNotFound" } else { "invalidRequest" };
        check(&wire, COPY, body, status, code, "");
    }
}
