//! Requests an item and the health of the server, as a test would, and measures the response times.

use std::thread;
use std::time::{Duration, Instant};

use drivesim_tests::http::{Client, Request};

use crate::Shared;

/// The pause between requests.
const PAUSE: Duration = Duration::from_millis(5);

pub fn run(shared: &Shared) {
    let mut client = Client::new(shared.address, Duration::from_secs(20));
    let paths = ["/_drivesim/health", "/v1.0/drives/ann/root:/home"];
    for path in paths.iter().cycle() {
        if shared.is_over() {
            return;
        }
        let request = Request::new("GET", *path);
        let begun = Instant::now();
        let answer = client.send(&request);
        shared.stats.record_wait(begun.elapsed());
        match answer {
            Ok(answer) => {
                shared.stats.check_response(&request, &answer);
                // 503 means too many connections or responses; it comes at once.
                if ![200, 503].contains(&answer.status) {
                    shared.stats.fail(format!("{path}: {answer:?}"));
                }
            }
            Err(error) => shared.stats.fail(format!("{path}: {error}")),
        }
        thread::sleep(PAUSE);
    }
}
