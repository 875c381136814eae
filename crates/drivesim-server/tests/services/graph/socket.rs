//! Tests of a server over a TCP connection, byte by byte.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use drivesim::Sim;
use drivesim_server::Server;

fn server(sim: &Sim) -> Server {
    Server::start(sim.clone()).unwrap()
}

fn sim() -> Sim {
    Sim::builder().outline("drive work profile=business owner=me\na.txt = \"a\"\nTo/\n").build().unwrap()
}

/// Sends parts one by one and returns what the server sends until it closes the connection.
fn talk(server: &Server, parts: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    // Longer than any response takes on a busy machine.
    stream.set_read_timeout(Some(Duration::from_secs(600))).unwrap();
    for part in parts {
        stream.write_all(part.as_bytes()).unwrap();
        stream.flush().unwrap();
    }
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    received
}

const HEAD: &str = "POST /v1.0/me/drive/root:/a.txt:/copy HTTP/1.1\r\nHost: drive.test\r\n\
                    Content-Type: application/json\r\nConnection: close\r\n";

#[test]
fn a_body_may_be_chunked() {
    let sim = sim();
    let server = server(&sim);
    let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let received =
        talk(&server, &[&head, "8\r\n{\"name\":\r\n", "7;x=y\r\n\"b.txt\"\r\n", "1\r\n}\r\n", "0\r\n\r\n"]);
    assert!(received.starts_with("HTTP/1.1 202 Accepted\r\n"), "{received}");
    assert!(received.contains("location: http://drive.test/_api/v2.0/monitor/"), "{received}");
    sim.assert_outline("a.txt = \"a\"\nb.txt = \"a\"\nTo/\n");
}

#[test]
fn a_request_may_expect_100_continue() {
    let sim = sim();
    let server = server(&sim);
    let head = format!("{HEAD}Expect: 100-continue\r\nContent-Length: 16\r\n\r\n");
    let received = talk(&server, &[&head, "{\"name\":\"b.txt\"}"]);
    assert!(received.contains("HTTP/1.1 202 Accepted\r\n"), "{received}");
    assert!(sim.exists("/b.txt"));
}

#[test]
fn one_connection_serves_many_requests() {
    let sim = sim();
    let server = server(&sim);
    let get = "GET /v1.0/me/drive/root:/a.txt?$select=name HTTP/1.1\r\nHost: drive.test\r\n";
    let received = talk(&server, &[get, "\r\n", get, "\r\n", get, "Connection: close\r\n\r\n"]);
    assert_eq!(received.matches("HTTP/1.1 200 OK\r\n").count(), 3, "{received}");
    assert_eq!(received.matches(r#""name":"a.txt"}"#).count(), 3, "{received}");
}

#[test]
fn bytes_that_are_not_http_close_only_their_connection() {
    let sim = sim();
    let server = server(&sim);
    let noise = [
        "\0\0\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /v1.0/me/drive/root/children HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    ];
    for noise in noise {
        let received = talk(&server, &[noise]);
        assert!(received.is_empty() || received.starts_with("HTTP/1.1 4"), "{noise:?}: {received}");
    }
    let received = talk(&server, &["GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]);
    assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{received}");
    sim.assert_outline("a.txt = \"a\"\nTo/\n");
}

#[test]
fn an_incomplete_request_changes_nothing() {
    let sim = sim();
    let server = server(&sim);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(format!("{HEAD}Content-Length: 100\r\n\r\n{{\"name\":").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).unwrap();
    assert!(!received.starts_with(b"HTTP/1.1 2"));
    sim.assert_outline("a.txt = \"a\"\nTo/\n");
}
