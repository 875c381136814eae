//! Tests the client against a server in the same process. Test and server share the drives.

use drivesim::{Pace, Sim};
use drivesim_server::Server;

use super::*;

const OUTLINE: &str =
    "drive work profile=business owner=me\nDocs/\n  a.txt = \"a\"\n  b.txt = \"b\"\n  c.txt = \"c\"\n";

/// Starts a server whose jobs copy two items per second. Time passes only when a test advances it.
fn serve() -> (Sim, Server, Agent) {
    let sim = Sim::builder().pace(Pace::items_per_second(2)).outline(OUTLINE).build().unwrap();
    let server = Server::start(sim.clone()).unwrap();
    let agent = Agent::config_builder().proxy(None).build().into();
    (sim, server, agent)
}

#[test]
fn a_copy_is_polled_until_it_completes() {
    let (sim, server, agent) = serve();
    let wait = |pause| sim.advance(pause).unwrap();
    let percentages = copy_folder(&agent, &server.url(), "/Docs", "Docs (old)", wait).unwrap();
    assert_eq!(percentages, [0.0, 50.0, 100.0]);
    sim.assert_outline_of("/Docs (old)", "a.txt = \"a\"\nb.txt = \"b\"\nc.txt = \"c\"\n");
}

#[test]
fn a_copy_that_loses_its_target_name_fails() {
    let (sim, server, agent) = serve();
    // Another client takes the name after the copy was accepted and before it starts.
    let mut is_taken = false;
    let wait = |pause| {
        if !is_taken {
            sim.create_folder("/", "Docs (old)").unwrap();
            is_taken = true;
        }
        sim.advance(pause).unwrap();
    };
    let error = copy_folder(&agent, &server.url(), "/Docs", "Docs (old)", wait).unwrap_err();
    assert!(matches!(&error, Error::Failed(code) if code == "nameAlreadyExists"), "{error:?}");
}
