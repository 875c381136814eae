//! Tests that clients that do not read hold little, and not for ever.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use drivesim_server::Limits;
use drivesim_tests::http::Request;

use crate::abused::{Abused, MINE, tree};

#[test]
fn clients_that_never_read_hold_no_more_than_all_answers_may_and_are_left() {
    let limits = Limits::default().max_answers(2 << 20).max_answer(1 << 20);
    let wait = Duration::from_millis(500);
    let limits = limits.max_answer_wait(wait).max_head_wait(wait);
    let abused = Abused::new(&tree(MINE, 1000, 0), limits);
    let get = Request::new("GET", "/v1.0/me/drive/root/children?$top=1000").to_bytes(&abused.host(), false);
    let mut left = Vec::new();
    for _ in 0..12 {
        let mut stream = abused.connect();
        // Many times what the buffers of a connection take.
        stream.write_all(&get.repeat(20)).unwrap();
        left.push(stream);
        abused.held("answers");
    }
    // Each of them is left while its connection is still open on this side.
    abused.wait_until_empty("answers");
    for mut stream in left {
        let mut come = Vec::new();
        let _ = stream.read_to_end(&mut come);
    }
    abused.assert_answers();
}

#[test]
fn a_print_that_nobody_reads_holds_no_drive() {
    let abused = Abused::new(&tree(MINE, 500, 300), Limits::default());
    let print = Request::new("GET", "/_drivesim/outline").to_bytes(&abused.host(), false);
    let mut left = Vec::new();
    for _ in 0..4 {
        let mut stream = abused.connect();
        stream.write_all(&print).unwrap();
        let mut begun = [0; 15];
        stream.read_exact(&mut begun).unwrap();
        assert_eq!(&begun, b"HTTP/1.1 200 OK");
        left.push(stream);
    }
    let put = Request::new("PUT", "/v1.0/me/drive/root:/folder-0000/new.txt:/content").body("new");
    assert_eq!(abused.send(&put).status, 201);
    abused.assert_answers();
    let mut whole = String::new();
    let mut first = left.swap_remove(0);
    first.write_all(b"").unwrap();
    while !whole.contains("file-0299.txt") {
        let mut piece = [0; 16 << 10];
        let n_read = first.read(&mut piece).unwrap();
        assert!(n_read > 0, "the print ends early");
        whole += &String::from_utf8_lossy(&piece[..n_read]);
    }
    // It was begun before the file came.
    assert!(!whole.contains("new.txt"));
}

#[test]
fn the_server_lives_while_everything_is_printed_again_and_again() {
    let abused = Abused::new(&tree(MINE, 100, 100), Limits::default());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(abused.get("/_drivesim/outline").status, 200)));
        }
        for n in 0..50 {
            let put = Request::new("PUT", format!("/v1.0/me/drive/root:/n{n}.txt:/content")).body("new");
            assert_eq!(abused.send(&put).status, 201);
            abused.assert_answers();
        }
    });
    abused.sim.check_invariants();
}
