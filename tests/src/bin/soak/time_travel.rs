//! Takes snapshots of the server and goes back to them, and takes the models of the drives along.

use std::thread;
use std::time::Duration;

use drivesim_tests::http::{Client, Request};
use drivesim_tests::random::Random;

use crate::Shared;

pub fn run(shared: &Shared, mut random: Random) {
    let mut client = Client::new(shared.address, Duration::from_secs(60));
    let mut kept = None;
    while !shared.is_over() {
        thread::sleep(Duration::from_millis(500 + random.below(1500) as u64));
        // No naive client is in the middle of anything meanwhile.
        let mut models = shared.models.alone();
        let (what, path) = match &kept {
            Some(_) if random.one_in(2) => ("restore", "/_drivesim/restore/soak"),
            _ => ("snapshot", "/_drivesim/snapshot/soak"),
        };
        let request = Request::new("POST", path);
        match client.send(&request) {
            Ok(answer) => {
                shared.stats.answered(&request, &answer);
                match (what, answer.status) {
                    ("snapshot", 200 | 201) => kept = Some(models.clone()),
                    ("restore", 204) => models.clone_from(kept.as_ref().expect("what was kept")),
                    // The snapshot was dropped for its bytes, or there is no room for the request.
                    ("restore", 410) => kept = None,
                    (_, 409 | 503) => {}
                    _ => shared.stats.fail(format!("{path}: {answer:?}")),
                }
                shared.stats.done(what);
            }
            Err(error) => shared.stats.fail(format!("{path}: {error}")),
        }
    }
}
