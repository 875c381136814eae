//! The only place that speaks to a server byte by byte through a socket.

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

/// Sends parts one by one and returns all that comes back until the server closes.
fn talk(server: &Server, parts: &[&str]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_nodelay(true).unwrap();
    // Longer than anything takes, whatever else the machine does.
    stream.set_read_timeout(Some(Duration::from_secs(600))).unwrap();
    for part in parts {
        stream.write_all(part.as_bytes()).unwrap();
        stream.flush().unwrap();
    }
    let mut come = String::new();
    stream.read_to_string(&mut come).unwrap();
    come
}

const HEAD: &str = "POST /v1.0/me/drive/root:/a.txt:/copy HTTP/1.1\r\nHost: drive.test\r\n\
                    Content-Type: application/json\r\nConnection: close\r\n";

#[test]
fn a_body_comes_in_chunks() {
    let sim = sim();
    let server = server(&sim);
    let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let come =
        talk(&server, &[&head, "8\r\n{\"name\":\r\n", "7;x=y\r\n\"b.txt\"\r\n", "1\r\n}\r\n", "0\r\n\r\n"]);
    assert!(come.starts_with("HTTP/1.1 202 Accepted\r\n"), "{come}");
    assert!(come.contains("location: http://drive.test/_api/v2.0/monitor/"), "{come}");
    sim.assert_outline("a.txt = \"a\"\nb.txt = \"a\"\nTo/\n");
}

#[test]
fn a_body_waits_for_leave_to_come() {
    let sim = sim();
    let server = server(&sim);
    let head = format!("{HEAD}Expect: 100-continue\r\nContent-Length: 16\r\n\r\n");
    let come = talk(&server, &[&head, "{\"name\":\"b.txt\"}"]);
    assert!(come.contains("HTTP/1.1 202 Accepted\r\n"), "{come}");
    assert!(sim.exists("/b.txt"));
}

#[test]
fn one_connection_serves_many_requests() {
    let sim = sim();
    let server = server(&sim);
    let get = "GET /v1.0/me/drive/root:/a.txt?$select=name HTTP/1.1\r\nHost: drive.test\r\n";
    let come = talk(&server, &[get, "\r\n", get, "\r\n", get, "Connection: close\r\n\r\n"]);
    assert_eq!(come.matches("HTTP/1.1 200 OK\r\n").count(), 3, "{come}");
    assert_eq!(come.matches(r#""name":"a.txt"}"#).count(), 3, "{come}");
}

#[test]
fn bytes_that_are_no_http_end_their_connection_and_no_other() {
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
        let come = talk(&server, &[noise]);
        assert!(come.is_empty() || come.starts_with("HTTP/1.1 4"), "{noise:?}: {come}");
    }
    let come = talk(&server, &["GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]);
    assert!(come.starts_with("HTTP/1.1 200 OK\r\n"), "{come}");
    sim.assert_outline("a.txt = \"a\"\nTo/\n");
}

#[test]
fn a_request_that_breaks_off_changes_nothing() {
    let sim = sim();
    let server = server(&sim);
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(format!("{HEAD}Content-Length: 100\r\n\r\n{{\"name\":").as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut come = Vec::new();
    stream.read_to_end(&mut come).unwrap();
    assert!(!come.starts_with(b"HTTP/1.1 2"));
    sim.assert_outline("a.txt = \"a\"\nTo/\n");
}
