//! Tests which drive `/me/drive` is.

use drivesim::{Profile, Sim};
use drivesim_server::{Server, ServerOptions, router};

use crate::support::{Answer, Sent, Wire};

const ME: &str = "/v1.0/me/drive";

fn of(sim: Sim) -> Wire {
    Wire::of(sim, ServerOptions::default())
}

fn get(wire: &Wire, url: &str) -> Answer {
    wire.send(&Sent { method: "GET", url, headers: &[], body: b"" })
}

#[test]
fn the_drive_of_an_outline_without_drive_lines_is_mine() {
    for profile in [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL] {
        let wire = of(Sim::builder().profile(profile).outline("Docs/\n").build().unwrap());
        assert_eq!(get(&wire, ME).json()["name"], "drive");
        assert_eq!(get(&wire, &format!("{ME}/root/children")).json()["value"][0]["name"], "Docs");
        let listed = get(&wire, "/v1.0/me/drives").json();
        assert_eq!(listed["value"].as_array().unwrap().len(), 1);
        assert_eq!(get(&wire, "/drive").json()["name"], "drive");
    }
}

#[test]
fn the_drive_of_an_outline_without_drive_lines_gives_way_to_one_that_is_mine() {
    let sim = Sim::builder().profile(Profile::BUSINESS).outline("Docs/\n").build().unwrap();
    sim.add_drive_owned("mine", Profile::BUSINESS, "me").unwrap();
    assert_eq!(get(&of(sim), ME).json()["name"], "mine");
}

#[test]
fn an_owner_that_the_builder_was_given_is_found_by_it() {
    let build =
        |owner: &str| Sim::builder().profile(Profile::BUSINESS).owner(owner).outline("Docs/\n").build();
    let wire = of(build("user:ann").unwrap());
    assert_eq!(get(&wire, "/v1.0/users/ann/drive").json()["name"], "drive");
    assert_eq!(get(&wire, ME).status, 404);
    let line = Sim::builder().owner("me").outline("drive files profile=business\n").build().unwrap();
    assert_eq!(get(&of(line), ME).json()["name"], "files");
}

#[test]
fn a_drive_of_box_is_not_mine_here() {
    let wire = of(Sim::builder().profile(Profile::BOX).outline("Docs/\n").build().unwrap());
    assert_eq!(get(&wire, ME).status, 404);
}

#[test]
fn a_server_prints_as_one_line_whatever_is_in_its_drives() {
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
fn a_refused_start_prints_as_its_message() {
    let sim = Sim::builder().outline("drive a owner=me\ndrive b owner=me\n").build().unwrap();
    let refused = format!("{:?}", router(sim).unwrap_err());
    assert_eq!(refused, "the drives \"a\" and \"b\" both have the owner me, who may have one");
}
