//! Serves a small simulator in memory and compares its state before and after each request.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use drivesim::outline::Detail;
use drivesim::{Pace, Sim};
use drivesim_server::{InMemory, Limits, ServerOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::routes::Placeholders;
use crate::check;
use crate::http::{Request, Response, read_response};

/// The fixture of each drive.
const TREE: &str = "Docs/\n  a.txt = \"hello\"\n  deep/\n    b.bin = 3 KiB\nc.txt = \"c\"\n";
/// The drives: their names, profiles and owners.
pub(super) const DRIVES: [(&str, &str, &str); 6] = [
    ("mine", "business", "me"),
    ("anns", "business", "user:ann"),
    ("groups", "business", "group:g"),
    ("sites", "business", "site:s"),
    ("home", "personal", "user:bob"),
    ("box", "box", "user:box"),
];
/// The `Host` of requests.
const HOST: &str = "127.0.0.1";
/// Longer than any timeout of a server. The paused clock advances when all tasks wait, so this takes no time.
const NEVER: Duration = Duration::from_secs(30 * 24 * 3600);

thread_local! {
    static RUNTIME: Runtime =
        Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    /// How often each status was returned on this thread.
    static SEEN: RefCell<BTreeMap<u16, u64>> = const { RefCell::new(BTreeMap::new()) };
    static SPARE: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// A simulator and its server.
pub(super) struct World {
    pub(super) sim: Sim,
    server: InMemory,
    words: OnceCell<Placeholders>,
    /// Number of uses, and the state when it was new.
    n_uses: usize,
    start: RefCell<String>,
}

impl World {
    fn new() -> World {
        let mut outline = String::new();
        for (name, profile, owner) in DRIVES {
            let _ = write!(outline, "drive {name} profile={profile} owner={owner}\n{TREE}");
        }
        let sim = Sim::builder().pace(Pace::Instant).outline(outline).build().expect("a seed");
        // Low limits where more would only take time.
        let limits = Limits::default().max_long_poll(Duration::from_millis(1));
        let limits = limits.max_json(64 << 10).max_outline(64 << 10).max_content(256 << 20).max_items(50_000);
        let options = ServerOptions::default().limits(limits.max_journal(100).max_snapshots(5));
        let server = InMemory::new(sim.clone(), options).expect("a server");
        let start = RefCell::new(state(&sim));
        World { sim, server, words: OnceCell::new(), n_uses: 0, start }
    }

    /// Runs `body` on a server in its initial state. Most inputs change nothing, so the server is reused while its
    /// state is unchanged.
    ///
    /// # Panics
    /// If an invariant is broken afterwards, or the next request gets no response.
    pub(super) fn run(body: impl FnOnce(&World)) {
        let mut world = SPARE.with(RefCell::take).unwrap_or_else(World::new);
        body(&world);
        world.sim.check_invariants();
        world.assert_responds();
        world.n_uses += 1;
        if world.n_uses < 500 && state(&world.sim) == *world.start.borrow() {
            SPARE.with(|spare| *spare.borrow_mut() = Some(world));
        }
    }

    /// Runs `body` on a new server.
    pub(super) fn run_on_new(body: impl FnOnce(&World)) {
        SPARE.with(RefCell::take);
        World::run(body);
        SPARE.with(RefCell::take);
    }

    /// Returns the values of placeholders. The first call creates what they name.
    pub(super) fn placeholders(&self) -> &Placeholders {
        self.words.get_or_init(|| {
            let words = Placeholders::create(self);
            *self.start.borrow_mut() = state(&self.sim);
            words
        })
    }

    /// Sends a request on a new connection and checks the response.
    ///
    /// # Panics
    /// If the response is not valid, or a failed or safe request has changed something.
    pub(super) fn send(&self, request: &Request) -> Response {
        let before = state(&self.sim);
        let received = self.exchange(&request.to_bytes(HOST, true), false);
        let answer = match read_response(&mut &received[..], request.method == "HEAD") {
            Ok(Some(answer)) => answer,
            other => panic!("{request:?}: {other:?} in {:?}", String::from_utf8_lossy(&received)),
        };
        SEEN.with(|seen| *seen.borrow_mut().entry(answer.status).or_default() += 1);
        // An invalid URL is rejected before a service is known.
        let is_http_error =
            answer.status == 400 && answer.body.is_empty() && answer.header("content-type").is_none();
        if !is_http_error {
            check::assert_response(request, &answer);
        }
        if answer.status >= 400 || request.is_safe() {
            assert_eq!(state(&self.sim), before, "{request:?}: {answer:?}");
        }
        answer
    }

    /// Sends arbitrary bytes on a new connection and checks what is received.
    ///
    /// # Panics
    /// If that is not a sequence of responses, or all requests failed and something has changed.
    pub(super) fn send_bytes(&self, bytes: &[u8]) {
        let before = state(&self.sim);
        let received = self.exchange(bytes, true);
        check::assert_stream(bytes, &received);
        // Requests of HTTP/1.0 get responses of HTTP/1.0.
        let has_success = received.windows(10).any(|word| word == b"HTTP/1.1 2" || word == b"HTTP/1.0 2");
        if !has_success {
            assert_eq!(state(&self.sim), before, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    /// Checks that a request on another connection gets a response.
    pub(super) fn assert_responds(&self) {
        let received = self.exchange(&Request::new("GET", "/_drivesim/health").to_bytes(HOST, true), false);
        assert!(received.starts_with(b"HTTP/1.1 200 "), "{:?}", String::from_utf8_lossy(&received));
    }

    /// Sends bytes on a new connection and returns what is received until the server closes it. With `is_over`, the
    /// sending side is shut down once all tasks wait.
    fn exchange(&self, bytes: &[u8], is_over: bool) -> Vec<u8> {
        let server = self.server.clone();
        let talk = async move {
            let (client, stream) = tokio::io::duplex(64 << 10);
            let serving = tokio::spawn(async move { server.answer(stream).await });
            let (mut from, mut to) = tokio::io::split(client);
            let mut received = Vec::new();
            let sending = async {
                // The server may close before it has read everything.
                let _ = to.write_all(bytes).await;
                if is_over {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    let _ = to.shutdown().await;
                }
            };
            let ((), read) = tokio::join!(sending, from.read_to_end(&mut received));
            // An error means that the server has closed the connection.
            let _ = read;
            drop((from, to));
            serving.await.expect("no panic in the server");
            received
        };
        RUNTIME.with(|runtime| {
            let received = runtime.block_on(async { timeout(NEVER, talk).await });
            received
                .unwrap_or_else(|_| panic!("no end of the answer to {:?}", String::from_utf8_lossy(bytes)))
        })
    }
}

/// Returns how often each status was returned on this thread since the last call.
#[cfg(test)]
pub(super) fn take_statuses() -> BTreeMap<u16, u64> {
    SEEN.with(RefCell::take)
}

/// Returns the state of a simulator as text, without its jobs.
fn state(sim: &Sim) -> String {
    let mut text = format!("{:?} {}\n", sim.outline_with(Detail::Attributes), sim.now());
    for drive in sim.all_drives() {
        let _ = write!(text, "{drive:?} {:?}", sim.quota(&drive));
    }
    text
}
