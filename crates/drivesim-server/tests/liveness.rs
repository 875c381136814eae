//! The only place that tests that a server on a port goes on answering, whatever its clients do to it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Job, Pace, Sim};
use drivesim_server::{Limits, Server, ServerOptions};

const MINE: &str = "drive mine profile=business owner=me\na.txt = \"a\"\n";
/// Longer than anything here takes, whatever else the machine does, so that only a test that hangs fails.
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

/// Sends text and returns all that comes back until the server closes.
fn talk(server: &Server, text: &str) -> String {
    let mut stream = connect(server);
    stream.write_all(text.as_bytes()).unwrap();
    read_all(&mut stream)
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut come = String::new();
    stream.read_to_string(&mut come).unwrap();
    come
}

/// Sends text and returns what comes back. The server may have closed before it has read all, or before it has said
/// anything.
fn talk_to_closed(server: &Server, text: &str) -> String {
    let mut stream = connect(server);
    let _ = stream.write_all(text.as_bytes());
    let mut come = Vec::new();
    let _ = stream.read_to_end(&mut come);
    String::from_utf8(come).unwrap()
}

/// Sends text until an answer begins as expected: what stands in the way is gone after a while.
fn talk_until(server: &Server, text: &str, expected: &str) {
    let begun = Instant::now();
    loop {
        let come = talk_to_closed(server, text);
        if come.starts_with(expected) {
            return;
        }
        assert!(begun.elapsed() < WATCHDOG, "{come}");
    }
}

const GET: &str = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const PUT: &str = "PUT /v1.0/me/drive/root:/b.txt:/content HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

#[test]
fn a_head_that_does_not_end_ends_its_connection() {
    let server = serve(Limits::default().max_head_wait(Duration::from_millis(50)));
    for begun in ["", "GET /v1.0/me", "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n"] {
        assert_eq!(talk_to_closed(&server, begun), "", "{begun:?}");
    }
    // A client that is held up for so long does not end its head in time either.
    talk_until(&server, GET, "HTTP/1.1 200 OK\r\n");
}

#[test]
fn waits_may_be_longer_than_any_clock_can_tell() {
    let limits = Limits::default().max_head_wait(Duration::MAX).max_body_wait(Duration::MAX);
    let server = serve(limits.max_long_poll(Duration::MAX));
    assert!(talk(&server, GET).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_body_that_does_not_come_is_given_up_in_the_words_of_the_service() {
    let server = serve(Limits::default().max_body_wait(Duration::from_millis(50)));
    for body in [
        "Content-Length: 10\r\n\r\n",
        "Content-Length: 10\r\n\r\n12345",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n123",
    ] {
        let come = talk(&server, &format!("{PUT}{body}"));
        assert!(come.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{body:?}: {come}");
        assert!(come.contains("\"code\":\"invalidRequest\"") && come.contains("50ms"), "{come}");
    }
    let come = talk(
        &server,
        "POST /_drivesim/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\n",
    );
    assert!(come.starts_with("HTTP/1.1 408 ") && come.contains("\"unreadable\""), "{come}");
}

#[test]
fn a_refusal_does_not_wait_for_a_body_that_nobody_wants() {
    // The default gives a body half a minute, which a refusal would not be worth.
    let server = serve(Limits::default().max_body_wait(2 * WATCHDOG));
    let come = talk(&server, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    assert!(come.starts_with("HTTP/1.1 501 Not Implemented\r\n"), "{come}");
}

#[test]
fn a_body_that_is_too_long_is_refused_before_its_sender_is_told_to_go_on() {
    let server = serve(Limits::default().max_upload(100));
    let head = format!("{PUT}Expect: 100-continue\r\nContent-Length: 101\r\n\r\n");
    let come = talk(&server, &head);
    assert!(come.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{come}");
    let head = format!("{PUT}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    assert!(talk(&server, &head).contains("HTTP/1.1 201 Created\r\n"));
}

#[test]
fn a_refusal_is_seen_by_a_client_that_sends_all_before_it_listens() {
    let server = serve(Limits::default().max_upload(100));
    let mut stream = connect(&server);
    stream.write_all(format!("{PUT}Content-Length: 16000000\r\n\r\n").as_bytes()).unwrap();
    for _ in 0..16 {
        stream.write_all(&[b'x'; 1_000_000]).unwrap();
    }
    let come = read_all(&mut stream);
    assert!(come.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{come}");
}

#[test]
fn broken_chunks_are_malformed() {
    let server = serve(Limits::default());
    for body in ["zz\r\n", "5\r\nabcdefgh\r\n0\r\n\r\n"] {
        let come = talk(&server, &format!("{PUT}Transfer-Encoding: chunked\r\n\r\n{body}"));
        assert!(come.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{body:?}: {come}");
        assert!(come.contains("\"code\":\"invalidRequest\""), "{come}");
    }
    let mut stream = connect(&server);
    stream.write_all(format!("{PUT}Content-Length: 10\r\n\r\n123").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let come = read_all(&mut stream);
    assert!(come.is_empty() || come.starts_with("HTTP/1.1 400 "), "{come}");
}

#[test]
fn all_bodies_together_are_bounded_and_clients_are_told_when_to_come_again() {
    let server = serve(Limits::default().max_bodies(10));
    let mut first = connect(&server);
    first.write_all(format!("{PUT}Expect: 100-continue\r\nContent-Length: 6\r\n\r\n").as_bytes()).unwrap();
    let mut leave = [0; 25];
    first.read_exact(&mut leave).unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    // Room is taken as bytes come, which the server need not have read yet.
    first.write_all(b"12345").unwrap();
    let health = "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let begun = Instant::now();
    while !talk(&server, health).contains("\"bodies\":{\"bytes\":6,") {
        assert!(begun.elapsed() < WATCHDOG);
    }
    let put = format!("{PUT}Content-Length: 5\r\n\r\n12345");
    let come = talk(&server, &put);
    assert!(come.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{come}");
    assert!(
        come.contains("retry-after: 1\r\n") && come.contains("\"code\":\"serviceNotAvailable\""),
        "{come}"
    );
    let clock = "POST /_drivesim/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\n12345";
    let come = talk(&server, clock);
    assert!(come.starts_with("HTTP/1.1 503 ") && come.contains("retry-after: 1\r\n"), "{come}");
    first.write_all(b"6").unwrap();
    let come = read_all(&mut first);
    assert!(come.starts_with("HTTP/1.1 200 ") || come.starts_with("HTTP/1.1 201 "), "{come}");
    assert!(
        talk(&server, &format!("{PUT}Content-Length: 10\r\n\r\n1234567890")).starts_with("HTTP/1.1 200 ")
    );
}

#[test]
fn connections_are_bounded_and_others_are_told_when_to_come_again() {
    let server = serve(Limits::default().max_connections(1));
    let mut first = connect(&server);
    first.write_all(b"GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut begun = [0; 15];
    first.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    // Each service says it in its own way, and the admin API answers.
    for (path, status, expected) in [
        ("/v1.0/me/drive", 503, "\"code\":\"serviceNotAvailable\""),
        ("/v1.0/drive", 503, "\"innererror\""),
        ("/2.0/folders/0", 503, "\"code\":\"unavailable\""),
        ("/_drivesim/health", 200, "\"held\""),
        ("/_drivesim/jobs", 200, "\"jobs\""),
    ] {
        let come = talk(&server, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(2));
        assert!(come.starts_with(&format!("HTTP/1.1 {status} ")) && come.contains(expected), "{come}");
        assert!(come.contains("connection: close\r\n"), "{come}");
        assert_eq!(come.contains("retry-after: 1\r\n"), status == 503, "{come}");
        assert_eq!(come.matches("HTTP/1.1 ").count(), 1, "{come}");
    }
    first.shutdown(Shutdown::Both).unwrap();
    // It may take the server a moment to see that the first is gone.
    talk_until(&server, GET, "HTTP/1.1 200 OK\r\n");
}

#[test]
fn idle_connections_of_the_reserve_give_way_to_the_admin_api() {
    let server = serve(Limits::default().max_connections(1));
    let mut first = connect(&server);
    first.write_all(b"GET /_drivesim/health HTTP/1.1\r\n").unwrap();
    // More than the reserve has; those beyond are closed at once.
    let idle: Vec<TcpStream> = (0..70).map(|_| connect(&server)).collect();
    let health = "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    talk_until(&server, health, "HTTP/1.1 200 OK\r\n");
    // The connection within the limit may take longer.
    first.write_all(b"Host: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let come = read_all(&mut first);
    assert!(come.starts_with("HTTP/1.1 200 OK\r\n"), "{come}");
    drop(idle);
}

/// Is answered only on a connection that is no reserve.
const GET_ON: &str = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n\r\n";
const EVENTS: &str = "GET /_drivesim/jobs/1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// A server with one job that nobody has moved yet.
fn serve_a_job(limits: Limits) -> (Server, Job) {
    let sim = Sim::builder().pace(Pace::Held).outline("a.txt = \"a\"\nDocs/\n").build().unwrap();
    let job = sim.copy("/a.txt", "/Docs", CopyOptions::default()).unwrap();
    (Server::start_on(sim, "127.0.0.1:0", ServerOptions::default().limits(limits)).unwrap(), job)
}

/// Asks for the events of the job and reads on until the first of them has come.
fn listen(server: &Server) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(EVENTS.as_bytes()).unwrap();
    read_until(&mut stream, "\"status\":\"notStarted\"");
    stream
}

fn read_until(stream: &mut TcpStream, expected: &str) -> String {
    let mut come = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&come);
        if text.contains(expected) {
            return text.into_owned();
        }
        let mut piece = [0; 4096];
        let n_read = stream.read(&mut piece).unwrap();
        assert!(n_read > 0, "{text:?} ends without {expected}");
        come.extend_from_slice(&piece[..n_read]);
    }
}

#[test]
fn a_stream_of_events_is_a_connection_until_its_client_leaves_or_the_job_ends() {
    let (server, job) = serve_a_job(Limits::default().max_connections(1));
    let first = listen(&server);
    // A stream could keep a connection of the reserve for good.
    for request in [GET, EVENTS] {
        let come = talk(&server, request);
        assert!(come.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{come}");
    }
    // Nothing is sent to the client meanwhile: that it is gone is seen all the same.
    drop(first);
    let health = "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    talk_until(&server, GET, "HTTP/1.1 200 OK\r\n");
    let begun = Instant::now();
    let mut second = loop {
        let mut stream = connect(&server);
        let mut begin = [0; 12];
        let asks = format!("{GET_ON}{EVENTS}");
        if stream.write_all(asks.as_bytes()).is_ok()
            && stream.read_exact(&mut begin).is_ok()
            && begin == *b"HTTP/1.1 200"
        {
            break stream;
        }
        assert!(begun.elapsed() < WATCHDOG);
    };
    job.step(9).unwrap();
    // The answer ends, and its connection can be used again.
    let come = read_until(&mut second, "\r\n0\r\n\r\n");
    assert!(come.contains("\"status\":\"completed\""), "{come}");
    second.write_all(health.as_bytes()).unwrap();
    assert!(read_all(&mut second).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn streams_of_events_take_no_threads_and_end_with_the_server() {
    let (server, job) = serve_a_job(Limits::default());
    // Where the system does not tell, this is not checked.
    let n_threads = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("Threads:"));
        line.map_or(0, |count| count.trim().parse().unwrap())
    };
    let mut streams = vec![listen(&server)];
    let before: usize = n_threads();
    streams.extend((0..100).map(|_| listen(&server)));
    // Other tests of this program have threads too.
    assert!(n_threads() < before + 80, "{} and {before}", n_threads());
    job.step(0).unwrap();
    for stream in &mut streams {
        read_until(stream, "\"status\":\"inProgress\"");
    }
    drop(server);
    for mut stream in streams {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!String::from_utf8_lossy(&rest).contains("completed"));
    }
}

#[test]
fn links_lead_to_the_port_where_the_client_names_no_host() {
    let server = serve(Limits::default());
    for head in ["GET /v1.0/me/drive HTTP/1.0\r\n\r\n", "GET /v1.0/me/drive HTTP/1.0\r\nHost: \r\n\r\n"] {
        let come = talk(&server, head);
        assert!(come.contains(&format!("\"@odata.context\":\"{}/v1.0/", server.url())), "{come}");
    }
}

#[test]
fn the_server_lives_while_it_hashes() {
    // On one thread per core as many of these would keep all of them busy, for days: they are left at it.
    let sim =
        Sim::builder().outline("drive mine profile=business owner=me\nhuge.bin = 900 TiB\n").build().unwrap();
    let limits = Limits::default().max_hashed(usize::MAX);
    let server = Server::start_on(sim, "127.0.0.1:0", ServerOptions::default().limits(limits)).unwrap();
    let list = "GET /v1.0/me/drive/root/children HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let n_busy = 2 * thread::available_parallelism().map_or(2, |n| n.get());
    let mut busy: Vec<TcpStream> = (0..n_busy).map(|_| connect(&server)).collect();
    for stream in &mut busy {
        stream.write_all(list.as_bytes()).unwrap();
    }
    let health =
        talk(&server, "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
}

#[test]
fn what_is_no_http_is_refused_without_the_words_of_a_service() {
    let server = serve(Limits::default());
    let fields: String = (0..200).map(|n| format!("x-{n}: x\r\n")).collect();
    let cases = [
        ("GET\r\n\r\n".to_owned(), "400 Bad Request"),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(66_000)), "414 URI Too Long"),
        (format!("GET / HTTP/1.1\r\n{fields}\r\n"), "431 Request Header Fields Too Large"),
        (
            // Far beyond the limit: a busy server may read some hundred KiB more at once.
            format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(4_000_000)),
            "431 Request Header Fields Too Large",
        ),
    ];
    for (head, status) in cases {
        // The server may have heard enough before all is sent.
        let come = talk_to_closed(&server, &head);
        assert!(come.is_empty() || come.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{status}: {come}");
    }
    assert!(talk(&server, GET).starts_with("HTTP/1.1 200 OK\r\n"));
}

/// Waits until a drive is locked for a change, does something meanwhile, and gives the lock back.
fn while_locked<R>(sim: &Sim, drive: &str, meanwhile: impl FnOnce(&mpsc::Sender<()>) -> R) -> R {
    let ((locked, is_locked), (let_go, gate)) = (mpsc::channel(), mpsc::channel());
    let drive = sim.drive(drive).unwrap();
    thread::scope(|threads| {
        threads.spawn(move || {
            sim.while_locked(&drive, || {
                locked.send(()).unwrap();
                gate.recv_timeout(WATCHDOG).unwrap();
            })
        });
        is_locked.recv_timeout(WATCHDOG).unwrap();
        meanwhile(&let_go)
    })
}

#[test]
fn who_waits_for_a_drive_holds_up_nobody_else() {
    const DRIVES: &str = "drive mine profile=business owner=me\na.txt = \"a\"\ndrive other profile=business\nb.txt\n\
                          drive files profile=box\nc.txt\n";
    let sim = Sim::builder().outline(DRIVES).build().unwrap();
    let server = Server::start_on(sim.clone(), "127.0.0.1:0", ServerOptions::default()).unwrap();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    // More than there are threads for connections and for long answers.
    let waiting: Vec<TcpStream> = while_locked(&sim, "mine", |let_go| {
        let waiting = (0..64).map(|_| {
            let mut stream = connect(&server);
            stream.write_all(get("/v1.0/me/drive/root:/a.txt").as_bytes()).unwrap();
            stream
        });
        let waiting = waiting.collect();
        for path in [
            "/_drivesim/health",
            "/_drivesim/openapi.json",
            "/v1.0/drives/other/root:/b.txt",
            "/v1.0/drives/other/root/children",
            "/2.0/folders/0/items",
        ] {
            let come = talk(&server, &get(path));
            assert!(come.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {come}");
        }
        let come = talk(
            &server,
            "PUT /v1.0/drives/other/root:/n.txt:/content HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\
             Connection: close\r\n\r\nx",
        );
        assert!(come.starts_with("HTTP/1.1 201 Created\r\n"), "{come}");
        let_go.send(()).unwrap();
        waiting
    });
    for mut stream in waiting {
        let come = read_all(&mut stream);
        assert!(come.starts_with("HTTP/1.1 200 OK\r\n") && come.contains("\"a.txt\""), "{come}");
    }
}

#[test]
fn a_look_at_a_job_counts_once_even_if_its_answer_is_begun_again() {
    let sim = Sim::builder().pace(Pace::polls(3)).outline(MINE).build().unwrap();
    let server = Server::start_on(sim.clone(), "127.0.0.1:0", ServerOptions::default()).unwrap();
    let job = sim.copy("/a.txt", "/", CopyOptions::named("b.txt")).unwrap();
    let monitor = format!("GET /v1.0/monitor/{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", job.id());
    let percents = [33.3, 66.6, 100.0].map(|_| {
        talk(&server, &monitor);
        job.percent_complete()
    });
    assert_eq!(percents, [33.3, 66.6, 100.0]);
}
