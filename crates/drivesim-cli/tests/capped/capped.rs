//! Starts a server whose memory the system limits, and reads its gauges.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drivesim_tests::http::{Client, Request, Response};
use serde_json::Value;

/// The budget of the servers here.
const MAX_MEMORY: u64 = 64 << 20;
/// What the process may use in addition to the budget.
const BESIDE: u64 = 256 << 20;
/// Longer than any test takes, even on a busy machine.
const WATCHDOG: Duration = Duration::from_secs(300);
/// How long a client waits that only puts load on the server.
const IMPATIENCE: Duration = Duration::from_secs(2);
/// All parts of the budget.
const PARTS: [&str; 8] = ["bodies", "answers", "uploads", "journal", "events", "hashes", "jobs", "snapshots"];

/// A server with limited memory. It ends with the test.
pub struct LimitedServer {
    child: Child,
    client: Client,
    pub address: SocketAddr,
    /// The resident bytes when it began to listen: the program and its drives.
    at_start: u64,
    _work: tempfile::TempDir,
}

impl LimitedServer {
    /// Starts a server with an outline.
    pub fn start(outline: &str, args: &[&str]) -> LimitedServer {
        let work = tempfile::tempdir().unwrap();
        let seed = work.path().join("seed.outline");
        let head = "drive me profile=business owner=me\n";
        fs::write(&seed, format!("{head}{outline}drive box profile=box owner=user:box\n")).unwrap();
        // Counts private writable memory: the heap, stacks of threads, and what the allocator reserves.
        let most = (MAX_MEMORY + BESIDE) >> 10;
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &format!("ulimit -d {most} && exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_drivesim"),
        ]);
        command.arg("serve").arg("--fixture").arg(&seed).arg(format!("--max-memory={MAX_MEMORY}"));
        command.args(["--max-body-wait=5s", "--max-answer-wait=5s"]).args(args);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("drivesim listening on http://");
        let address = address.unwrap_or_else(|| panic!("{line:?}")).parse().unwrap();
        let at_start = peak(&child);
        LimitedServer { child, client: Client::new(address, WATCHDOG), address, at_start, _work: work }
    }

    /// Sends a request on the persistent connection.
    #[track_caller]
    pub fn send(&mut self, request: &Request) -> Response {
        self.client
            .send(request)
            .unwrap_or_else(|error| panic!("{} {}: {error}", request.method, request.target))
    }

    /// Sends a request on a new connection.
    #[track_caller]
    pub fn send_once(&self, request: &Request) -> Response {
        Client::new(self.address, WATCHDOG).send(request).unwrap()
    }

    /// Opens a connection with short timeouts.
    pub fn impatient(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(IMPATIENCE)).unwrap();
        stream.set_write_timeout(Some(IMPATIENCE)).unwrap();
        stream
    }

    fn health(&self) -> Value {
        let answer = self.send_once(&Request::new("GET", "/_drivesim/health"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Returns how many bytes a part may hold.
    pub fn limit(&self, part: &str) -> u64 {
        let health = self.health();
        health["held"][part]["limit"].as_u64().unwrap_or_else(|| panic!("no limit of {part}: {health}"))
    }

    /// Returns how many bytes a part holds.
    pub fn held(&self, part: &str) -> u64 {
        let health = self.health();
        health["held"][part]["bytes"].as_u64().unwrap_or_else(|| panic!("no gauge of {part}: {health}"))
    }

    /// Waits until a part holds more than half of what it may.
    pub fn wait_until_full(&self, part: &str) {
        let begun = Instant::now();
        while self.held(part) * 2 < self.limit(part) {
            assert!(begun.elapsed() < WATCHDOG, "{part} never becomes full");
            std::thread::yield_now();
        }
    }

    /// Checks that the process is alive and responds, and holds no more than it may.
    #[track_caller]
    pub fn assert_alive(&self) {
        let health = self.health();
        for part in PARTS.into_iter().chain(["total"]) {
            let gauge = &health["held"][part];
            assert!(gauge["bytes"].as_u64().unwrap() <= gauge["limit"].as_u64().unwrap(), "{part}: {health}");
        }
        assert_eq!(health["held"]["total"]["limit"], MAX_MEMORY);
        let (peak, most) = (peak(&self.child), self.at_start + MAX_MEMORY + BESIDE);
        assert!(peak <= most, "{} of {} MiB were resident: {health}", peak >> 20, most >> 20);
    }
}

impl Drop for LimitedServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the peak resident bytes of a process.
fn peak(process: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() << 10
}

/// Returns an outline of folders of files, all different.
pub fn tree(n_folders: usize, n_files: usize) -> String {
    let mut text = String::new();
    for folder in 0..n_folders {
        text += &format!("folder-{folder}/\n");
        for file in 0..n_files {
            text += &format!("  file-{file}.txt = \"{folder} {file}\"\n");
        }
    }
    text
}

/// Returns the path of an absolute URL.
pub fn path_of(url: &str) -> String {
    format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default())
}
