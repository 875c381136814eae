//! Asks for an item and for the health of the server, like somebody's test, and measures how long that takes.

use std::thread;
use std::time::{Duration, Instant};

use drivesim_tests::http::{Client, Request};

use crate::Shared;

/// How often it asks.
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
        shared.stats.waited(begun.elapsed());
        match answer {
            Ok(answer) => {
                shared.stats.answered(&request, &answer);
                // There may be too many connections or answers: that is said at once.
                if ![200, 503].contains(&answer.status) {
                    shared.stats.fail(format!("{path}: {answer:?}"));
                }
            }
            Err(error) => shared.stats.fail(format!("{path}: {error}")),
        }
        thread::sleep(PAUSE);
    }
}
