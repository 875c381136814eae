//! Lists what options about copies and their monitors change.

use std::time::Duration;

use drivesim::Pace;
use drivesim::access::LockScope;

use super::{
    BOTH, BUSINESS, GRAPH, ONEDRIVE, OptionCase, PERSONAL, copy, copy_outcome, json, names, outcome, row,
    send,
};
use crate::graph::support::{Response, TestServer};

const TO: &str = r#"{"parentReference":{"id":"[id:/To]"}}"#;
const TO_NAMED_D: &str = r#"{"parentReference":{"id":"[id:/To]"},"name":"d"}"#;
const TO_NAMED_A: &str = r#"{"parentReference":{"id":"[id:/To]"},"name":"a.txt"}"#;
const TO_NEW: &str = r#"{"parentReference":{"id":"[id:/To]"},"name":"n"}"#;

pub(super) const ROWS: &[OptionCase] = &[
    row(
        "copy_suffix",
        BUSINESS,
        &[("joined", "202 completed: d a.txt a1.txt"), ("spaced", "202 completed: d a 1.txt a.txt")],
        |wire| {
            let actual = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=rename", TO);
            format!("{actual}: {}", names(wire, "/To"))
        },
    ),
    row(
        "folder_replace",
        BUSINESS,
        &[
            ("refuse", "202 failed nameAlreadyExists, old.txt; 202 failed nameAlreadyExists, a folder"),
            ("overwrite", "202 completed, new.txt old.txt; 202 failed nameAlreadyExists, a folder"),
            ("overwrite_any", "202 completed, new.txt old.txt; 202 completed, a file"),
        ],
        |wire| {
            let folder = copy_outcome(wire, "d:/copy?@microsoft.graph.conflictBehavior=replace", TO);
            let names = names(wire, "/To/d");
            let file =
                copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=replace", TO_NAMED_D);
            let kind = if wire.sim.item("/To/d").unwrap().is_folder() { "a folder" } else { "a file" };
            format!("{folder}, {names}; {file}, {kind}")
        },
    ),
    row(
        "replace_onto_itself",
        BUSINESS,
        &[("new_item", "202 completed, another id"), ("refuse", "202 failed nameAlreadyExists, the same id")],
        |wire| {
            let id = wire.expand("[id:/a.txt]");
            let actual = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=replace", "{}");
            let is_same = wire.expand("[id:/a.txt]") == id;
            format!("{actual}, {}", if is_same { "the same id" } else { "another id" })
        },
    ),
    OptionCase {
        pace: Pace::After(Duration::from_secs(10)),
        ..row(
            "replaced_until",
            BUSINESS,
            &[("done", "200, 200"), ("start", "404 itemNotFound, 200")],
            |wire| {
                copy(
                    wire,
                    &format!("{GRAPH}/root:/a.txt:/copy?@microsoft.graph.conflictBehavior=replace"),
                    TO,
                );
                wire.sim.advance(Duration::from_secs(5)).unwrap();
                let while_it_runs = outcome(&wire.get(&format!("{GRAPH}/root:/To/a.txt")));
                wire.sim.advance(Duration::from_secs(5)).unwrap();
                format!("{while_it_runs}, {}", outcome(&wire.get(&format!("{GRAPH}/root:/To/a.txt"))))
            },
        )
    },
    row("replaced_item", BOTH, &[("gone", "200, 404 itemNotFound"), ("bin", "200, 200")], |wire| {
        let old = wire.expand("[id:/To/a.txt]");
        let moved = r#"{"parentReference":{"id":"[id:/To]"},"@microsoft.graph.conflictBehavior":"replace"}"#;
        let moved = json(wire, "PATCH", "root:/a.txt", moved);
        format!("{moved}, {}", json(wire, "POST", &format!("items/{old}/restore"), r#"{"name":"back.txt"}"#))
    }),
    row(
        "replaced_item",
        BUSINESS,
        &[("gone", "202 completed, 404 itemNotFound"), ("bin", "202 completed, 200")],
        |wire| {
            let old = wire.expand("[id:/To/a.txt]");
            let copied = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=replace", TO);
            format!(
                "{copied}, {}",
                json(wire, "POST", &format!("items/{old}/restore"), r#"{"name":"back.txt"}"#)
            )
        },
    ),
    row(
        "partial_children",
        BUSINESS,
        &[("kept", "202 failed, new.txt old.txt"), ("none", "202 failed, old.txt")],
        |wire| {
            let body = r#"{"parentReference":{"id":"[id:/To/d]"},"childrenOnly":true}"#;
            format!("{}, {}", copy_outcome(wire, "d:/copy", body), names(wire, "/To/d"))
        },
    ),
    row(
        "cyclic_copy",
        BOTH,
        &[("refuse", "400 invalidRequest"), ("fail", "202 failed invalidRequest")],
        |wire| copy_outcome(wire, "d:/copy", r#"{"parentReference":{"id":"[id:/d]"},"name":"n"}"#),
    ),
    row(
        "max_copy_items",
        BOTH,
        &[("30000", "202 completed, 202 completed"), ("2", "400 invalidRequest, 202 completed")],
        |wire| {
            let of_three = copy_outcome(wire, "d:/copy", TO_NEW);
            format!("{of_three}, {}", copy_outcome(wire, "To/d:/copy", r#"{"name":"n2"}"#))
        },
    ),
    row(
        "late_conflict",
        BOTH,
        &[
            ("unnamed", "202 failed nameAlreadyExists, 409 nameAlreadyExists"),
            ("never", "409 nameAlreadyExists, 409 nameAlreadyExists"),
            ("always", "202 failed nameAlreadyExists, 202 failed nameAlreadyExists"),
        ],
        |wire| {
            format!(
                "{}, {}",
                copy_outcome(wire, "a.txt:/copy", TO),
                copy_outcome(wire, "a.txt:/copy", TO_NAMED_A)
            )
        },
    ),
    row(
        "wire.personal_conflict",
        PERSONAL,
        &[
            ("ignore", "202 completed, 409 nameAlreadyExists, 409 nameAlreadyExists"),
            ("refuse", "400 notSupported, 400 notSupported, 409 nameAlreadyExists"),
        ],
        |wire| {
            let free = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=rename", TO_NEW);
            let taken = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=replace", TO);
            let fail = copy_outcome(wire, "a.txt:/copy?@microsoft.graph.conflictBehavior=fail", TO);
            format!("{free}, {taken}, {fail}")
        },
    ),
    row("wire.empty_copy", BOTH, &[("accept", "202 completed"), ("refuse", "400 invalidRequest")], |wire| {
        copy_outcome(wire, "To/d:/copy", r#"{"childrenOnly":true}"#)
    }),
    row(
        "wire.prefer_required",
        BOTH,
        &[
            ("onedrive_api", "202, 400 invalidRequest"),
            ("always", "400 invalidRequest, 400 invalidRequest"),
            ("never", "202, 202"),
        ],
        |wire| {
            let actual = [GRAPH, ONEDRIVE].map(|drive| {
                let response = wire.send_json("POST", &format!("{drive}/root:/d:/copy"), TO_NEW);
                wire.sim.run_until_idle();
                let _ = wire.sim.delete("/To/n");
                outcome(&response)
            });
            actual.join(", ")
        },
    ),
    row(
        "wire.parent_required",
        BOTH,
        &[
            ("onedrive_api", "202, 400 invalidRequest, 202"),
            ("always", "400 invalidRequest, 400 invalidRequest, 202"),
            ("never", "202, 202, 202"),
        ],
        |wire| {
            let copied =
                |drive: &str, body: &str| outcome(&copy(wire, &format!("{drive}/root:/d:/copy"), body));
            let without = [(GRAPH, r#"{"name":"n1"}"#), (ONEDRIVE, r#"{"name":"n2"}"#), (ONEDRIVE, TO_NEW)];
            without.map(|(drive, body)| copied(drive, body)).join(", ")
        },
    ),
    row("wire.if_match_on_copy", BOTH, &[("true", "412 resourceModified"), ("false", "202")], |wire| {
        let headers = [("content-type", "application/json"), ("if-match", "\"nosuch\"")];
        let body = wire.expand(TO_NEW);
        outcome(&send(wire, "POST", &format!("{GRAPH}/root:/d:/copy"), &headers, body.as_bytes()))
    }),
    row(
        "wire.file_as_target_status",
        BOTH,
        &[
            ("400", "400 invalidRequest, 400 invalidRequest"),
            ("404", "404 itemNotFound, 404 itemNotFound"),
            ("409", "409 invalidRequest, 409 invalidRequest"),
            ("401", "401 unauthenticated, 401 unauthenticated"),
            ("403", "403 accessDenied, 403 accessDenied"),
            ("423", "423 resourceLocked, 423 resourceLocked"),
            ("502", "502 generalException, 502 generalException"),
            ("503", "503 serviceNotAvailable, 503 serviceNotAvailable"),
        ],
        |wire| {
            let body = r#"{"parentReference":{"id":"[id:/a.txt]"},"name":"n"}"#;
            format!("{}, {}", copy_outcome(wire, "d:/copy", body), json(wire, "PATCH", "root:/d", body))
        },
    ),
    OptionCase {
        pace: Pace::After(Duration::from_secs(10)),
        ..row(
            "wire.monitor_status",
            BUSINESS,
            &[
                ("seen", "200 200, 202 303"),
                ("200", "200 200, 200 200"),
                ("202", "202 202, 202 202"),
                ("303", "202 303, 202 303"),
            ],
            monitor_statuses,
        )
    },
    OptionCase {
        pace: Pace::After(Duration::from_secs(10)),
        ..row(
            "wire.monitor_status",
            PERSONAL,
            &[
                ("seen", "202 200, 202 303"),
                ("200", "200 200, 200 200"),
                ("202", "202 202, 202 202"),
                ("303", "202 303, 202 303"),
            ],
            monitor_statuses,
        )
    },
    OptionCase {
        pace: Pace::After(Duration::from_secs(10)),
        ..row(
            "wire.failed_monitor_status",
            BOTH,
            &[("200", "200 failed"), ("202", "202 failed"), ("500", "500 failed")],
            |wire| {
                let response = fail_copy(wire);
                format!("{} {}", response.status, response.json()["status"].as_str().unwrap())
            },
        )
    },
    OptionCase {
        pace: Pace::After(Duration::from_secs(10)),
        ..row("wire.copy_error", PERSONAL, &[("shown", "itemNotFound"), ("left_out", "none")], |wire| {
            let status = fail_copy(wire).json();
            status["error"]["code"].as_str().unwrap_or("none").to_owned()
        })
    },
    row(
        "wire.redirect_shows",
        BOTH,
        &[
            ("both", "303, to the item, completed"),
            ("location", "303, to the item"),
            ("body", "303, completed"),
        ],
        |wire| {
            let accepted = copy(wire, &format!("{ONEDRIVE}/root:/d:/copy"), TO_NEW);
            let response = wire.get(accepted.header("location").unwrap());
            let new = wire.expand("[id:/To/n]");
            let is_to_it = |url: &str| url.ends_with(&new.replace('!', "%21")) || url.ends_with(&new);
            let location =
                response.header("location").map(|url| if is_to_it(url) { "to the item" } else { url });
            let body =
                (!response.body.is_empty()).then(|| response.json()["status"].as_str().unwrap().to_owned());
            let parts = [Some(response.status.to_string()), location.map(str::to_owned), body];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        },
    ),
    row("locked_copy", BOTH, &[("allowed", "202 completed"), ("refused", "423 resourceLocked")], |wire| {
        wire.sim.lock("/a.txt", LockScope::Item).unwrap();
        copy_outcome(wire, "a.txt:/copy", TO_NEW)
    }),
];

/// Returns the response of the monitor of a copy whose target was deleted while it ran.
fn fail_copy(wire: &TestServer) -> Response {
    let accepted = copy(wire, &format!("{GRAPH}/root:/d:/copy"), TO_NEW);
    wire.sim.delete("/To").unwrap();
    wire.sim.advance(Duration::from_secs(10)).unwrap();
    wire.get(accepted.header("location").unwrap())
}

/// Returns the statuses of a monitor while the copy runs and after it completed, through Graph and the OneDrive API.
fn monitor_statuses(wire: &TestServer) -> String {
    let of = |(drive, name): (&str, &str)| {
        let body = format!(r#"{{"parentReference":{{"id":"[id:/To]"}},"name":"{name}"}}"#);
        let accepted = copy(wire, &format!("{drive}/root:/d:/copy"), &body);
        let monitor = accepted.header("location").unwrap();
        wire.sim.advance(Duration::from_secs(5)).unwrap();
        let running = wire.get(monitor).status;
        wire.sim.advance(Duration::from_secs(5)).unwrap();
        format!("{running} {}", wire.get(monitor).status)
    };
    [(GRAPH, "n1"), (ONEDRIVE, "n2")].map(of).join(", ")
}
