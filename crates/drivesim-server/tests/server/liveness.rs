//! Tests that a server on a port keeps responding, whatever its clients do.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Job, Pace, Sim};
use drivesim_server::{Limits, Server, ServerOptions};

const MINE: &str = "drive mine profile=business owner=me\na.txt = \"a\"\n";
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

/// Sends text and returns what the server sends until it closes the connection.
fn talk(server: &Server, text: &str) -> String {
    let mut stream = connect(server);
    stream.write_all(text.as_bytes()).unwrap();
    read_all(&mut stream)
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut received = String::new();
    stream.read_to_string(&mut received).unwrap();
    received
}

/// Sends text and returns what the server sends. The server may close the connection before it has read everything or
/// sent anything.
fn talk_to_closed(server: &Server, text: &str) -> String {
    let mut stream = connect(server);
    let _ = stream.write_all(text.as_bytes());
    let mut received = Vec::new();
    let _ = stream.read_to_end(&mut received);
    String::from_utf8(received).unwrap()
}

/// Sends text until a response begins as expected: the server needs some time to reach that state.
fn talk_until(server: &Server, text: &str, expected: &str) {
    let started = Instant::now();
    loop {
        let received = talk_to_closed(server, text);
        if received.starts_with(expected) {
            return;
        }
        assert!(started.elapsed() < WATCHDOG, "{received}");
    }
}

const GET: &str = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const PUT: &str = "PUT /v1.0/me/drive/root:/b.txt:/content HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

#[test]
fn an_incomplete_head_closes_the_connection() {
    let server = serve(Limits::default().max_head_wait(Duration::from_millis(50)));
    for head in ["", "GET /v1.0/me", "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n"] {
        assert_eq!(talk_to_closed(&server, head), "", "{head:?}");
    }
    // A client that is delayed that long does not complete its head in time either.
    talk_until(&server, GET, "HTTP/1.1 200 OK\r\n");
}

#[test]
fn timeouts_may_exceed_the_range_of_clocks() {
    let limits = Limits::default().max_head_wait(Duration::MAX).max_body_wait(Duration::MAX);
    let server = serve(limits.max_long_poll(Duration::MAX));
    assert!(talk(&server, GET).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_body_that_does_not_arrive_fails_with_an_error_of_the_service() {
    let server = serve(Limits::default().max_body_wait(Duration::from_millis(50)));
    for body in [
        "Content-Length: 10\r\n\r\n",
        "Content-Length: 10\r\n\r\n12345",
        "Transfer-Encoding: chunked\r\n\r\n5\r\n123",
    ] {
        let received = talk(&server, &format!("{PUT}{body}"));
        assert!(received.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{body:?}: {received}");
        assert!(received.contains("\"code\":\"invalidRequest\"") && received.contains("50ms"), "{received}");
    }
    let received = talk(
        &server,
        "POST /_drivesim/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nConnection: close\r\n\r\n",
    );
    assert!(received.starts_with("HTTP/1.1 408 ") && received.contains("\"unreadable\""), "{received}");
}

#[test]
fn an_error_response_does_not_wait_for_an_unneeded_body() {
    // By default a body has half a minute, too long to wait for an error response.
    let server = serve(Limits::default().max_body_wait(2 * WATCHDOG));
    let received = talk(&server, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    assert!(received.starts_with("HTTP/1.1 501 Not Implemented\r\n"), "{received}");
}

#[test]
fn a_body_that_is_too_long_fails_before_100_continue() {
    let server = serve(Limits::default().max_upload(100));
    let head = format!("{PUT}Expect: 100-continue\r\nContent-Length: 101\r\n\r\n");
    let received = talk(&server, &head);
    assert!(received.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{received}");
    let head = format!("{PUT}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    assert!(talk(&server, &head).contains("HTTP/1.1 201 Created\r\n"));
}

#[test]
fn a_client_that_sends_everything_first_receives_the_error() {
    let server = serve(Limits::default().max_upload(100));
    let mut stream = connect(&server);
    stream.write_all(format!("{PUT}Content-Length: 16000000\r\n\r\n").as_bytes()).unwrap();
    for _ in 0..16 {
        stream.write_all(&[b'x'; 1_000_000]).unwrap();
    }
    let received = read_all(&mut stream);
    assert!(received.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{received}");
}

#[test]
fn broken_chunks_fail_with_400() {
    let server = serve(Limits::default());
    for body in ["zz\r\n", "5\r\nabcdefgh\r\n0\r\n\r\n"] {
        let received = talk(&server, &format!("{PUT}Transfer-Encoding: chunked\r\n\r\n{body}"));
        assert!(received.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{body:?}: {received}");
        assert!(received.contains("\"code\":\"invalidRequest\""), "{received}");
    }
    let mut stream = connect(&server);
    stream.write_all(format!("{PUT}Content-Length: 10\r\n\r\n123").as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let received = read_all(&mut stream);
    assert!(received.is_empty() || received.starts_with("HTTP/1.1 400 "), "{received}");
}

#[test]
fn the_budget_of_bodies_is_limited_and_clients_get_retry_after() {
    let server = serve(Limits::default().max_bodies(10));
    let mut first = connect(&server);
    first.write_all(format!("{PUT}Expect: 100-continue\r\nContent-Length: 6\r\n\r\n").as_bytes()).unwrap();
    let mut interim = [0; 25];
    first.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    // Permits are acquired as bytes arrive, which the server may not have read yet.
    first.write_all(b"12345").unwrap();
    let health = "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let started = Instant::now();
    while !talk(&server, health).contains("\"bodies\":{\"bytes\":6,") {
        assert!(started.elapsed() < WATCHDOG);
    }
    let put = format!("{PUT}Content-Length: 5\r\n\r\n12345");
    let received = talk(&server, &put);
    assert!(received.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{received}");
    assert!(
        received.contains("retry-after: 1\r\n") && received.contains("\"code\":\"serviceNotAvailable\""),
        "{received}"
    );
    let clock = "POST /_drivesim/clock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 5\r\n\r\n12345";
    let received = talk(&server, clock);
    assert!(received.starts_with("HTTP/1.1 503 ") && received.contains("retry-after: 1\r\n"), "{received}");
    first.write_all(b"6").unwrap();
    let received = read_all(&mut first);
    assert!(received.starts_with("HTTP/1.1 200 ") || received.starts_with("HTTP/1.1 201 "), "{received}");
    assert!(
        talk(&server, &format!("{PUT}Content-Length: 10\r\n\r\n1234567890")).starts_with("HTTP/1.1 200 ")
    );
}

#[test]
fn connections_are_limited_and_clients_get_retry_after() {
    let server = serve(Limits::default().max_connections(1));
    let mut first = connect(&server);
    first.write_all(b"GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut first_bytes = [0; 15];
    first.read_exact(&mut first_bytes).unwrap();
    assert_eq!(&first_bytes, b"HTTP/1.1 200 OK");
    // Each service has its own error, and the admin API responds.
    for (path, status, expected) in [
        ("/v1.0/me/drive", 503, "\"code\":\"serviceNotAvailable\""),
        ("/v1.0/drive", 503, "\"innererror\""),
        ("/2.0/folders/0", 503, "\"code\":\"unavailable\""),
        ("/_drivesim/health", 200, "\"held\""),
        ("/_drivesim/jobs", 200, "\"jobs\""),
    ] {
        let received = talk(&server, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(2));
        assert!(
            received.starts_with(&format!("HTTP/1.1 {status} ")) && received.contains(expected),
            "{received}"
        );
        assert!(received.contains("connection: close\r\n"), "{received}");
        assert_eq!(received.contains("retry-after: 1\r\n"), status == 503, "{received}");
        assert_eq!(received.matches("HTTP/1.1 ").count(), 1, "{received}");
    }
    first.shutdown(Shutdown::Both).unwrap();
    // The server may need a moment to notice that the first connection is closed.
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

/// A request that succeeds only on a connection that is not reserved for the admin API.
const GET_ON: &str = "GET /v1.0/me/drive HTTP/1.1\r\nHost: x\r\n\r\n";
const EVENTS: &str = "GET /_drivesim/jobs/1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Starts a server with one job that has not started.
fn serve_a_job(limits: Limits) -> (Server, Job) {
    let sim = Sim::builder().pace(Pace::Held).outline("a.txt = \"a\"\nDocs/\n").build().unwrap();
    let job = sim.copy("/a.txt", "/Docs", CopyOptions::default()).unwrap();
    (Server::start_on(sim, "127.0.0.1:0", ServerOptions::default().limits(limits)).unwrap(), job)
}

/// Requests the events of the job and reads until the first event.
fn listen(server: &Server) -> TcpStream {
    let mut stream = connect(server);
    stream.write_all(EVENTS.as_bytes()).unwrap();
    read_until(&mut stream, "\"status\":\"notStarted\"");
    stream
}

fn read_until(stream: &mut TcpStream, expected: &str) -> String {
    let mut received = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&received);
        if text.contains(expected) {
            return text.into_owned();
        }
        let mut piece = [0; 4096];
        let n_read = stream.read(&mut piece).unwrap();
        assert!(n_read > 0, "{text:?} ends without {expected}");
        received.extend_from_slice(&piece[..n_read]);
    }
}

#[test]
fn a_stream_of_events_uses_a_connection_until_the_client_leaves_or_the_job_ends() {
    let (server, job) = serve_a_job(Limits::default().max_connections(1));
    let first = listen(&server);
    // A stream could keep a connection of the reserve for good.
    for request in [GET, EVENTS] {
        let received = talk(&server, request);
        assert!(received.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{received}");
    }
    // Nothing is sent to the client meanwhile; the server still notices that it left.
    drop(first);
    let health = "GET /_drivesim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    talk_until(&server, GET, "HTTP/1.1 200 OK\r\n");
    let started = Instant::now();
    let mut second = loop {
        let mut stream = connect(&server);
        let mut first_bytes = [0; 12];
        let requests = format!("{GET_ON}{EVENTS}");
        if stream.write_all(requests.as_bytes()).is_ok()
            && stream.read_exact(&mut first_bytes).is_ok()
            && first_bytes == *b"HTTP/1.1 200"
        {
            break stream;
        }
        assert!(started.elapsed() < WATCHDOG);
    };
    job.step(9).unwrap();
    // The response ends, and its connection can be used again.
    let received = read_until(&mut second, "\r\n0\r\n\r\n");
    assert!(received.contains("\"status\":\"completed\""), "{received}");
    second.write_all(health.as_bytes()).unwrap();
    assert!(read_all(&mut second).starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn streams_of_events_use_no_threads_and_end_with_the_server() {
    let (server, job) = serve_a_job(Limits::default());
    // Not checked on systems that do not report the number.
    let n_threads = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("Threads:"));
        line.map_or(0, |count| count.trim().parse().unwrap())
    };
    let mut streams = vec![listen(&server)];
    let before: usize = n_threads();
    streams.extend((0..100).map(|_| listen(&server)));
    // Other tests of this program have threads too, which end; those of streams would not.
    let started = Instant::now();
    while n_threads() >= before + 80 {
        assert!(started.elapsed() < WATCHDOG, "{} and {before}", n_threads());
        thread::yield_now();
    }
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
fn links_have_the_address_of_the_server_without_a_host() {
    let server = serve(Limits::default());
    for head in ["GET /v1.0/me/drive HTTP/1.0\r\n\r\n", "GET /v1.0/me/drive HTTP/1.0\r\nHost: \r\n\r\n"] {
        let received = talk(&server, head);
        assert!(received.contains(&format!("\"@odata.context\":\"{}/v1.0/", server.url())), "{received}");
    }
}

#[test]
fn the_server_responds_while_it_hashes() {
    // With one thread per core, these requests would keep all threads busy for days. They are left running.
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
fn requests_that_are_not_http_fail_without_an_error_of_a_service() {
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
        // The server may close the connection before everything is sent.
        let received = talk_to_closed(&server, &head);
        assert!(
            received.is_empty() || received.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{status}: {received}"
        );
    }
    assert!(talk(&server, GET).starts_with("HTTP/1.1 200 OK\r\n"));
}

/// Waits until a drive is locked, runs a closure, and releases the lock.
fn while_locked<R>(sim: &Sim, drive: &str, meanwhile: impl FnOnce(&mpsc::Sender<()>) -> R) -> R {
    let ((locked, is_locked), (release, gate)) = (mpsc::channel(), mpsc::channel());
    let drive = sim.drive(drive).unwrap();
    thread::scope(|threads| {
        threads.spawn(move || {
            sim.while_locked(&drive, || {
                locked.send(()).unwrap();
                gate.recv_timeout(WATCHDOG).unwrap();
            })
        });
        is_locked.recv_timeout(WATCHDOG).unwrap();
        meanwhile(&release)
    })
}

#[test]
fn requests_that_wait_for_a_drive_block_no_others() {
    const DRIVES: &str = "drive mine profile=business owner=me\na.txt = \"a\"\ndrive other profile=business\nb.txt\n\
                          drive files profile=box\nc.txt\n";
    let sim = Sim::builder().outline(DRIVES).build().unwrap();
    let server = Server::start_on(sim.clone(), "127.0.0.1:0", ServerOptions::default()).unwrap();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    // More than the threads for connections and for offloaded work.
    let waiting: Vec<TcpStream> = while_locked(&sim, "mine", |release| {
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
            let received = talk(&server, &get(path));
            assert!(received.starts_with("HTTP/1.1 200 OK\r\n"), "{path}: {received}");
        }
        let received = talk(
            &server,
            "PUT /v1.0/drives/other/root:/n.txt:/content HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\
             Connection: close\r\n\r\nx",
        );
        assert!(received.starts_with("HTTP/1.1 201 Created\r\n"), "{received}");
        release.send(()).unwrap();
        waiting
    });
    for mut stream in waiting {
        let received = read_all(&mut stream);
        assert!(received.starts_with("HTTP/1.1 200 OK\r\n") && received.contains("\"a.txt\""), "{received}");
    }
}

#[test]
fn a_poll_counts_once_even_if_its_handler_runs_twice() {
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
