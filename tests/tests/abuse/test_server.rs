//! Serves drives with small limits and reads how much memory the server holds.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use drivesim::outline::Detail;
use drivesim::{Pace, Sim};
use drivesim_server::{Limits, Server, ServerOptions};
use drivesim_tests::check;
use drivesim_tests::http::{Client, Request, Response};

/// Longer than any step takes even on a busy machine, so that only a hanging test fails.
pub const WATCHDOG: Duration = Duration::from_secs(300);

/// A server to misuse.
pub struct TestServer {
    pub sim: Sim,
    pub server: Server,
}

impl TestServer {
    pub fn new(outline: &str, limits: Limits) -> TestServer {
        TestServer::with_options(outline, ServerOptions::default().limits(limits))
    }

    pub fn with_options(outline: &str, options: ServerOptions) -> TestServer {
        TestServer::with_sim(Sim::builder().pace(Pace::Instant).outline(outline).build().unwrap(), options)
    }

    pub fn with_sim(sim: Sim, options: ServerOptions) -> TestServer {
        let server = Server::start_on(sim.clone(), "127.0.0.1:0", options).unwrap();
        TestServer { sim, server }
    }

    pub fn connect(&self) -> TcpStream {
        Client::new(self.server.address(), WATCHDOG).connect().unwrap()
    }

    /// Returns the `Host` of this server.
    pub fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// Sends a request on a new connection and checks that the response is valid.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Response {
        let answer = Client::new(self.server.address(), WATCHDOG).send(request).unwrap();
        check::assert_response(request, &answer);
        answer
    }

    #[track_caller]
    pub fn get(&self, target: &str) -> Response {
        self.send(&Request::new("GET", target))
    }

    /// Sends bytes on a new connection and returns everything received until the server closes it.
    pub fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The server may reject the request before it has read everything.
        let _ = stream.write_all(bytes);
        let mut received = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut received);
        String::from_utf8_lossy(&received).into_owned()
    }

    /// Sends a request that must fail with a status. Checks that it has changed nothing and that the next request gets
    /// a response.
    #[track_caller]
    pub fn assert_rejected(&self, request: &Request, status: u16) -> Response {
        let before = self.state();
        let answer = self.send(request);
        assert_eq!(answer.status, status, "{} {}: {answer:?}", request.method, request.target);
        assert_eq!(self.state(), before, "{} {}: {answer:?}", request.method, request.target);
        self.assert_responds();
        answer
    }

    /// Returns the state of the drives as text.
    pub fn state(&self) -> String {
        self.sim.fork().outline_with(Detail::Attributes).unwrap()
    }

    /// Checks that a request on a new connection gets a response.
    #[track_caller]
    pub fn assert_responds(&self) {
        assert_eq!(self.get("/_drivesim/health").status, 200);
    }

    /// Returns how many bytes a part of the budget holds, and checks that it is within its limit.
    #[track_caller]
    pub fn held_bytes(&self, part: &str) -> u64 {
        let health = self.get("/_drivesim/health").json();
        let gauge = |part: &str| {
            let values = &health["held"][part];
            let (bytes, limit) = (values["bytes"].as_u64(), values["limit"].as_u64());
            bytes.zip(limit).unwrap_or_else(|| panic!("no gauge of {part}: {health}"))
        };
        let ((bytes, limit), (total, max_total)) = (gauge(part), gauge("total"));
        let is_in_total = !["changeLog", "runningJobs"].contains(&part);
        assert!(bytes <= limit && total <= max_total, "{part}: {health}");
        assert!(!is_in_total || bytes <= total, "{part}: {health}");
        bytes
    }

    /// Waits until a part holds nothing.
    #[track_caller]
    pub fn wait_until_empty(&self, part: &str) {
        let begun = Instant::now();
        while self.held_bytes(part) > 0 {
            assert!(begun.elapsed() < WATCHDOG, "{part} never becomes empty");
            std::thread::yield_now();
        }
    }
}

/// Returns an outline of folders with files, after the line of a drive.
pub fn tree(header: &str, n_folders: usize, n_files: usize) -> String {
    let mut text = format!("{header}\n");
    for folder in 0..n_folders {
        text += &format!("folder-{folder:04}/\n");
        for file in 0..n_files {
            text += &format!("  file-{file:04}.txt = 10 B\n");
        }
    }
    text
}

pub const MINE: &str = "drive mine profile=business owner=me";
pub const BOX: &str = "drive box profile=box owner=me";

/// Returns the path of an absolute URL.
pub fn path_of(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default())
}
