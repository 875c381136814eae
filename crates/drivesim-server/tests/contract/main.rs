//! The promises of a drive, kept by what Microsoft Graph's clients see of it: through the router and through a socket.

#[path = "../support/answers/mod.rs"]
mod answers;
mod transport;
mod wire;

use drivesim_testkit::contract::ask_all;

use crate::transport::{Routed, Socket};
use crate::wire::WireSubject;

drivesim_testkit::contract_tests!(router, WireSubject<Routed>);
drivesim_testkit::contract_tests!(socket, WireSubject<Socket>);

#[test]
fn what_graph_has_no_way_to_ask_is_all_that_is_skipped() {
    let told = ask_all::<WireSubject<Routed>>();
    println!("the wire: {told}");
    assert!(told.asked.len() >= 132, "{told}: {:?}", told.skipped);
}
