//! Tests of HTTP itself: hosts, request targets, lengths, heads, and the ends of connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use drivesim::Sim;
use drivesim_server::{Limits, Server, ServerOptions};

const MINE: &str = "drive mine profile=business owner=me\na.txt = \"a\"\nhuge.bin = 4 GiB\n";
/// Longer than any operation takes on a busy machine, so that only a test that hangs fails.
const WATCHDOG: Duration = Duration::from_secs(600);

fn serve(limits: Limits) -> Server {
    let sim = Sim::builder().outline(MINE).build().unwrap();
    Server::start_on(sim, "127.0.0.1:0", ServerOptions::default().limits(limits)).unwrap()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(WATCHDOG)).unwrap();
    stream.set_write_timeout(Some(WATCHDOG)).unwrap();
    stream
}

/// Sends bytes and returns what the server sends until it closes the connection.
fn talk(server: &Server, text: impl AsRef<[u8]>) -> String {
    let mut stream = connect(server);
    stream.write_all(text.as_ref()).unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    received
}

const GET: &str = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Asserts that a request on another connection succeeds.
#[track_caller]
fn check_alive(server: &Server) {
    let received = talk(server, GET);
    assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{received}");
}

/// Asserts the status of a response and that the connection closes, as the response announces.
#[track_caller]
fn check_closing(server: &Server, request: impl AsRef<[u8]>, status: u16) -> String {
    let received = talk(server, request);
    assert!(received.starts_with(&format!("HTTP/1.1 {status} ")), "{received}");
    let (head, _) = received.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("\r\nconnection: close"), "{head}");
    assert_eq!(received.matches("HTTP/1.1 ").count(), 1, "{received}");
    check_alive(server);
    received
}

/// Asserts the status of a response and that a second request on the same connection succeeds.
#[track_caller]
fn check_staying(server: &Server, request: &str, status: u16) -> String {
    let received = talk(server, format!("{request}{GET}"));
    assert!(received.starts_with(&format!("HTTP/1.1 {status} ")), "{received}");
    let (head, _) = received.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\r\nconnection:"), "{head}");
    assert_eq!(received.matches("HTTP/1.1 200 OK\r\n").count(), 1 + usize::from(status == 200), "{received}");
    received
}

#[test]
fn an_error_before_the_body_was_read_closes_the_connection() {
    let server = serve(Limits::default().max_json(100).max_upload(100).max_bodies(1000));
    let put = "PUT /v1.0/me/drive/root:/b.txt:/content HTTP/1.1\r\nHost: x\r\n";
    for (head, status) in [
        (put.to_owned(), 413),
        ("POST /nowhere HTTP/1.1\r\nHost: x\r\n".to_owned(), 501),
        ("POST /_drivesim/reset HTTP/1.1\r\nHost: localhost\r\n".to_owned(), 413),
        ("POST /_drivesim/nothing HTTP/1.1\r\nHost: localhost\r\n".to_owned(), 404),
        ("POST /2.0/nothing HTTP/1.1\r\nHost: x\r\n".to_owned(), 404),
    ] {
        check_closing(&server, format!("{head}Content-Length: 1000000\r\n\r\n"), status);
        check_closing(
            &server,
            format!("{head}Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n"),
            status,
        );
        let chunk = format!("{head}Transfer-Encoding: chunked\r\n\r\n40000\r\n{}", "x".repeat(0x40000));
        check_closing(&server, chunk, status);
    }
}

#[test]
fn an_error_after_the_body_was_read_keeps_the_connection_open() {
    let server = serve(Limits::default());
    for head in [
        "POST /nowhere HTTP/1.1\r\nHost: x\r\n",
        "POST /v1.0/me/drive/root:/a.txt:/nothing HTTP/1.1\r\nHost: x\r\n",
        "PUT /_drivesim/nothing HTTP/1.1\r\nHost: localhost\r\n",
    ] {
        for body in [
            "\r\n",
            "Content-Length: 5\r\n\r\n12345",
            "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        ] {
            let request = format!("{head}{body}");
            let received = talk(&server, format!("{request}{GET}"));
            assert!(!received.starts_with("HTTP/1.1 200 "), "{received}");
            assert_eq!(received.matches("HTTP/1.1 ").count(), 2, "{request}: {received}");
        }
    }
}

#[test]
fn a_request_must_have_one_valid_host() {
    let server = serve(Limits::default());
    let line = "GET /v1.0/me/drive HTTP/1.1\r\n";
    for hosts in [
        "",
        "Host: x\r\nHost: y\r\n",
        "Host: x\r\nHost: x\r\n",
        "Host: me@x\r\n",
        "Host: a b\r\n",
        "Host: x/y\r\n",
        "Host: x:port\r\n",
        "Host: x:99999\r\n",
        "Host: [::1\r\n",
        "Host: \u{e9}\r\n",
        "Host: http://x\r\n",
    ] {
        let received = check_staying(&server, &format!("{line}{hosts}\r\n"), 400);
        assert!(received.contains("\"code\":\"invalidRequest\""), "{hosts:?}: {received}");
        let admin = format!("GET /_drivesim/health HTTP/1.1\r\n{hosts}\r\n");
        let received = check_staying(&server, &admin, 400);
        assert!(received.contains("\"code\":\"unreadable\""), "{hosts:?}: {received}");
        check_alive(&server);
    }
    for host in ["Host:", "Host: x", "Host: x:80", "Host: [::1]:80", "Host: x:"] {
        check_staying(&server, &format!("{line}{host}\r\n\r\n"), 200);
    }
    for (hosts, status) in [("", 200), ("Host: x\r\nHost: y\r\n", 400)] {
        let received = talk(&server, format!("GET /v1.0/me/drive HTTP/1.0\r\n{hosts}\r\n"));
        assert!(received.starts_with(&format!("HTTP/1.0 {status} ")), "{hosts:?}: {received}");
    }
}

#[test]
fn the_host_of_an_absolute_target_overrides_the_header() {
    let server = serve(Limits::default());
    let received = check_staying(
        &server,
        "GET http://one.test:81/v1.0/me/drive HTTP/1.1\r\nHost: two.test\r\n\r\n",
        200,
    );
    assert!(
        received.contains("\"@odata.context\":\"http://one.test:81/v1.0/") && !received.contains("two.test"),
        "{received}"
    );
    let admin = "GET http://evil.example/_drivesim/outline HTTP/1.1\r\nHost: localhost\r\n\r\n";
    check_staying(&server, admin, 403);
    check_staying(
        &server,
        "GET http://localhost/_drivesim/health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        200,
    );
    check_alive(&server);
}

#[test]
fn a_target_of_another_server_fails() {
    let server = serve(Limits::default());
    for target in
        ["ftp://x/v1.0/me/drive", "ws://x/v1.0/me/drive", "ftp://localhost/_drivesim/health", "http://me@x/"]
    {
        check_staying(&server, &format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400);
        check_alive(&server);
    }
    check_staying(&server, "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    let received =
        check_closing(&server, "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\nGET / HTTP/1.1\r\n\r\n", 501);
    assert!(received.contains("not a proxy"), "{received}");
}

#[test]
fn options_of_the_whole_server_lists_the_methods() {
    let server = serve(Limits::default());
    let received = check_staying(&server, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 204);
    assert!(received.contains("\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"), "{received}");
    check_staying(&server, "OPTIONS * HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400);
    check_alive(&server);
}

/// Returns a request whose head has `n_bytes` bytes.
fn head_of(line: &str, n_bytes: usize, n_fields: usize) -> String {
    let mut head = line.to_owned();
    let each = (n_bytes - line.len() - "\r\n".len()) / n_fields;
    for number in 0..n_fields {
        let name = format!("x-{number}: ");
        let remaining = n_bytes - head.len() - "\r\n\r\n".len() - name.len();
        let n = if number + 1 == n_fields { remaining } else { each - name.len() - "\r\n".len() };
        head.push_str(&format!("{name}{}\r\n", "x".repeat(n)));
    }
    head.push_str("\r\n");
    assert_eq!(head.len(), n_bytes);
    head
}

#[test]
fn a_head_may_have_the_size_of_the_limit_and_not_a_byte_more() {
    for limit in [8 << 10, 64 << 10] {
        let server = serve(Limits::default().max_head(limit));
        for n_fields in [1, 50] {
            let last = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
            let received = talk(&server, head_of(last, limit, n_fields));
            assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{received}");
            for target in ["GET /v1.0/me/drive", "GET /2.0/folders/0", "GET /_drivesim/health", "OPTIONS *"] {
                let line = format!("{target} HTTP/1.1\r\nHost: localhost\r\n");
                for n_bytes in [limit + 1, 2 * limit, 450_000] {
                    check_closing(&server, head_of(&line, n_bytes, n_fields) + GET, 431);
                }
            }
        }
    }
}

#[test]
fn a_url_that_is_too_long_closes_the_connection() {
    let server = serve(Limits::default().max_url(100));
    for path in ["/v1.0/me/drive", "/2.0/folders/0", "/_drivesim/health"] {
        let long = format!("GET {path}?x={} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(100));
        check_closing(&server, long + GET, 414);
    }
}

#[test]
fn a_head_has_at_most_a_hundred_fields() {
    let server = serve(Limits::default());
    let request = |n_fields: usize| {
        let fields: String = (2..n_fields).map(|number| format!("x-{number}: x\r\n")).collect();
        format!("GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n")
    };
    assert!(talk(&server, request(100)).starts_with("HTTP/1.1 200 OK\r\n"));
    check_closing(&server, request(101), 431);
}

#[test]
fn contradicting_lengths_smuggle_no_request() {
    let server = serve(Limits::default());
    let smuggled = "DELETE /v1.0/me/drive/root:/a.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    let put = "PUT /v1.0/me/drive/root:/b.txt:/content HTTP/1.1\r\nHost: x\r\n";
    for lengths in [
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length : 5\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: xchunked\r\n",
        " Content-Length: 5\r\n",
        "X: y\r\n Content-Length: 5\r\n",
    ] {
        check_closing(&server, format!("{put}{lengths}\r\n{smuggled}"), 400);
    }
    // The chunks decide, and nothing after them is read (RFC 9112, 6.3).
    for lengths in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ] {
        let received = talk(&server, format!("{put}{lengths}\r\n0\r\n\r\n{smuggled}"));
        assert_eq!(received.matches("HTTP/1.1 ").count(), 1, "{received}");
        assert!(received.contains("\r\nconnection: close"), "{received}");
        check_alive(&server);
    }
    assert!(
        talk(&server, "GET /v1.0/me/drive/root:/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .contains("200 OK")
    );
}

/// Returns the path of the download of a file that is far larger than the buffers of sockets.
fn download(server: &Server) -> String {
    let received = talk(
        server,
        "GET /v1.0/me/drive/root:/huge.bin:/content HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    let (_, rest) = received.split_once("location: http://x").unwrap();
    rest.split_once("\r\n").unwrap().0.to_owned()
}

#[test]
fn clients_that_do_not_read_their_responses_are_disconnected() {
    let limits = Limits::default().max_connections(8).max_answer_wait(Duration::from_millis(50));
    let server = serve(limits);
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", download(&server));
    // Whether a connection is accepted is only known after a response.
    let fill = |request: &str| {
        let (mut streams, started) = (Vec::new(), Instant::now());
        while streams.len() < 8 {
            let mut stream = connect(&server);
            let mut first_bytes = [0; 15];
            let is_answered =
                stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut first_bytes).is_ok();
            if is_answered && first_bytes == *b"HTTP/1.1 200 OK" {
                streams.push(stream);
            }
            assert!(started.elapsed() < WATCHDOG);
        }
        streams
    };
    let idle = fill(&request);
    // These stay open, so each replaces one that was disconnected.
    let waiting = fill("GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n\r\n");
    for mut stream in idle {
        let n_read = std::io::copy(&mut stream, &mut std::io::sink()).unwrap_or(0);
        assert!(n_read < 4 << 30, "{n_read}");
    }
    drop(waiting);
    fill(&request);
}

#[test]
fn the_system_buffers_little_of_a_response_that_is_not_read() {
    // A client that reads slowly must read these buffers before the server notices progress.
    let server = serve(Limits::default().max_connections(1).max_answer_wait(Duration::from_millis(50)));
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", download(&server));
    let started = Instant::now();
    let mut idle = loop {
        let (mut stream, mut first_bytes) = (connect(&server), [0; 15]);
        let is_answered =
            stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut first_bytes).is_ok();
        if is_answered && first_bytes == *b"HTTP/1.1 200 OK" {
            break stream;
        }
        assert!(started.elapsed() < WATCHDOG);
    };
    // Another connection is accepted as soon as this one is closed.
    while !talk(&server, GET).starts_with("HTTP/1.1 200 ") {
        assert!(started.elapsed() < WATCHDOG);
    }
    let n_buffered = std::io::copy(&mut idle, &mut std::io::sink()).unwrap_or(0);
    assert!(n_buffered < 1 << 20, "{n_buffered}");
}

#[test]
fn a_client_that_only_sends_is_disconnected() {
    let server = serve(Limits::default().max_answer_wait(Duration::from_millis(50)));
    let mut stream = connect(&server);
    let request = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let started = Instant::now();
    while stream.write_all(request.as_bytes()).is_ok() {
        assert!(started.elapsed() < WATCHDOG);
    }
    check_alive(&server);
}

#[test]
fn the_response_timeout_does_not_apply_between_requests() {
    let server = serve(Limits::default().max_answer_wait(Duration::from_millis(1)));
    let mut stream = connect(&server);
    for _ in 0..20 {
        stream.write_all(b"GET /_drivesim/clock HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut received = Vec::new();
        while !received.ends_with(b"}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            received.extend(byte);
        }
        assert!(received.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", String::from_utf8_lossy(&received));
    }
}
