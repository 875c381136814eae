//! Takes and restores snapshots of the server, together with the models of the drives.

use std::thread;
use std::time::Duration;

use drivesim_tests::http::{Client, Request};
use drivesim_tests::random::Random;

use crate::Shared;

pub fn run(shared: &Shared, mut random: Random) {
    let mut client = Client::new(shared.address, Duration::from_secs(60));
    let mut saved = None;
    while !shared.is_over() {
        thread::sleep(Duration::from_millis(500 + random.below(1500) as u64));
        // No well-behaved client is in the middle of an operation.
        let mut models = shared.models.lock_all();
        let (what, path) = match &saved {
            Some(_) if random.one_in(2) => ("restore", "/_drivesim/restore/soak"),
            _ => ("snapshot", "/_drivesim/snapshot/soak"),
        };
        let request = Request::new("POST", path);
        match client.send(&request) {
            Ok(answer) => {
                shared.stats.check_response(&request, &answer);
                match (what, answer.status) {
                    ("snapshot", 200 | 201) => saved = Some(models.clone()),
                    ("restore", 204) => models.clone_from(saved.as_ref().expect("saved models")),
                    // 410: the snapshot was dropped because of its size. 409 and 503: the server is full or busy.
                    ("restore", 410) => saved = None,
                    (_, 409 | 503) => {}
                    _ => shared.stats.fail(format!("{path}: {answer:?}")),
                }
                shared.stats.count_operation(what);
            }
            Err(error) => shared.stats.fail(format!("{path}: {error}")),
        }
    }
}
