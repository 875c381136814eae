//! The promises of a drive, kept by what the clients of Microsoft Graph and of Box see of it: through the router and
//! through a socket.

#[path = "../support/answers/mod.rs"]
mod answers;
#[path = "../support/box_answers.rs"]
mod box_answers;
mod box_client;
mod box_drive;
mod box_wire;
mod transport;
mod wire;

use drivesim_testkit::contract::ask_all;

use crate::box_drive::BoxSubject;
use crate::transport::{Routed, Socket};
use crate::wire::WireSubject;

drivesim_testkit::contract_tests!(router, WireSubject<Routed>);
drivesim_testkit::contract_tests!(socket, WireSubject<Socket>);
drivesim_testkit::contract_tests!(box_router, BoxSubject<Routed>);
drivesim_testkit::contract_tests!(box_socket, BoxSubject<Socket>);

#[test]
fn what_graph_has_no_way_to_ask_is_all_that_is_skipped() {
    let told = ask_all::<WireSubject<Routed>>();
    println!("the wire: {told}");
    assert!(told.asked.len() >= 132, "{told}: {:?}", told.skipped);
}

#[test]
fn what_box_has_no_way_to_ask_is_all_that_is_skipped() {
    let told = ask_all::<BoxSubject<Routed>>();
    println!("Box: {told}");
    assert_eq!(told.skipped, [""; 0]);
}
