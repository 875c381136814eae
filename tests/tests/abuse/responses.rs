//! Tests that clients that do not read hold little memory for a limited time.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use drivesim_server::Limits;
use drivesim_tests::http::Request;

use crate::test_server::{MINE, TestServer, tree};

#[test]
fn clients_that_never_read_are_bounded_and_disconnected() {
    let limits = Limits::default().max_answers(2 << 20).max_answer(1 << 20);
    let wait = Duration::from_millis(500);
    let limits = limits.max_answer_wait(wait).max_head_wait(wait);
    let abused = TestServer::new(&tree(MINE, 1000, 0), limits);
    let get = Request::new("GET", "/v1.0/me/drive/root/children?$top=1000").to_bytes(&abused.host(), false);
    let mut open = Vec::new();
    for _ in 0..12 {
        let mut stream = abused.connect();
        // Many times the size of the buffers of a connection.
        stream.write_all(&get.repeat(20)).unwrap();
        open.push(stream);
        abused.held_bytes("answers");
    }
    // The server gives up each connection while it is still open on this side.
    abused.wait_until_empty("answers");
    for mut stream in open {
        let mut received = Vec::new();
        let _ = stream.read_to_end(&mut received);
    }
    abused.assert_responds();
}

#[test]
fn an_unread_outline_does_not_block_the_drive() {
    let abused = TestServer::new(&tree(MINE, 500, 300), Limits::default());
    let outline = Request::new("GET", "/_drivesim/outline").to_bytes(&abused.host(), false);
    let mut open = Vec::new();
    for _ in 0..4 {
        let mut stream = abused.connect();
        stream.write_all(&outline).unwrap();
        let mut begun = [0; 15];
        stream.read_exact(&mut begun).unwrap();
        assert_eq!(&begun, b"HTTP/1.1 200 OK");
        open.push(stream);
    }
    let put = Request::new("PUT", "/v1.0/me/drive/root:/folder-0000/new.txt:/content").body("new");
    assert_eq!(abused.send(&put).status, 201);
    abused.assert_responds();
    let mut whole = String::new();
    let mut first = open.swap_remove(0);
    first.write_all(b"").unwrap();
    while !whole.contains("file-0299.txt") {
        let mut buffer = [0; 16 << 10];
        let n_read = first.read(&mut buffer).unwrap();
        assert!(n_read > 0, "the outline ends early");
        whole += &String::from_utf8_lossy(&buffer[..n_read]);
    }
    // The outline is from before the file was created.
    assert!(!whole.contains("new.txt"));
}

#[test]
fn the_server_responds_while_outlines_are_read_repeatedly() {
    let abused = TestServer::new(&tree(MINE, 100, 100), Limits::default());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..10).for_each(|_| assert_eq!(abused.get("/_drivesim/outline").status, 200)));
        }
        for n in 0..50 {
            let put = Request::new("PUT", format!("/v1.0/me/drive/root:/n{n}.txt:/content")).body("new");
            assert_eq!(abused.send(&put).status, 201);
            abused.assert_responds();
        }
    });
    abused.sim.check_invariants();
}
