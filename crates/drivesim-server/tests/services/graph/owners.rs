//! Tests which drive `/me/drive` finds.

use drivesim::drive::{DriveSpec, Owner};
use drivesim::{Profile, Sim};
use drivesim_server::{Server, ServerOptions, router};

use crate::graph::support::{Response, TestRequest, TestServer};

const ME: &str = "/v1.0/me/drive";

fn serve(sim: Sim) -> TestServer {
    TestServer::from_sim(sim, ServerOptions::default())
}

fn get(wire: &TestServer, url: &str) -> Response {
    wire.send(&TestRequest { method: "GET", url, headers: &[], body: b"" })
}

#[test]
fn the_drive_of_an_outline_without_drive_lines_is_the_drive_of_me() {
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL] {
        let wire = serve(Sim::builder().profile(profile).outline("Docs/\n").build().unwrap());
        assert_eq!(get(&wire, ME).json()["name"], "drive");
        assert_eq!(get(&wire, &format!("{ME}/root/children")).json()["value"][0]["name"], "Docs");
        let listed = get(&wire, "/v1.0/me/drives").json();
        assert_eq!(listed["value"].as_array().unwrap().len(), 1);
        assert_eq!(get(&wire, "/drive").json()["name"], "drive");
    }
}

#[test]
fn a_drive_owned_by_me_has_priority_over_one_without_a_drive_line() {
    let sim = Sim::builder().profile(Profile::BUSINESS).outline("Docs/\n").build().unwrap();
    sim.add_drive(DriveSpec::new("mine").profile(Profile::BUSINESS).owner(Owner::Me)).unwrap();
    assert_eq!(get(&serve(sim), ME).json()["name"], "mine");
}

#[test]
fn a_drive_is_found_by_the_owner_that_the_builder_sets() {
    let build =
        |owner: Owner| Sim::builder().profile(Profile::BUSINESS).owner(owner).outline("Docs/\n").build();
    let wire = serve(build(Owner::user("ann")).unwrap());
    assert_eq!(get(&wire, "/v1.0/users/ann/drive").json()["name"], "drive");
    assert_eq!(get(&wire, ME).status, 404);
    let line = Sim::builder().owner(Owner::Me).outline("drive files profile=business\n").build().unwrap();
    assert_eq!(get(&serve(line), ME).json()["name"], "files");
}

#[test]
fn a_drive_of_box_is_not_the_drive_of_me() {
    let wire = serve(Sim::builder().profile(Profile::BOX).outline("Docs/\n").build().unwrap());
    assert_eq!(get(&wire, ME).status, 404);
}

#[test]
fn the_debug_text_of_a_server_is_one_short_line() {
    let sim = Sim::builder().build().unwrap();
    for number in 0..20_000 {
        sim.create_sized("/", &number.to_string(), 1).unwrap();
    }
    let server = Server::start(sim.clone()).unwrap();
    let expected = format!("Server {{ url: {:?} }}", server.url());
    assert_eq!((format!("{server:?}"), format!("{server:#?}")), (expected.clone(), expected));
    assert!(format!("{:#?}", router(sim).unwrap()).len() < 3000);
    assert!(format!("{:#?}", ServerOptions::default()).len() < 3000);
}

#[test]
fn the_debug_text_of_a_start_error_is_its_message() {
    let sim = Sim::builder().outline("drive a owner=me\ndrive b owner=me\n").build().unwrap();
    let error = format!("{:?}", router(sim).unwrap_err());
    assert_eq!(error, "the drives \"a\" and \"b\" have the same owner me; an owner may have only one drive");
}
