//! Lists the verbs of a storm with their weights.

use drivesim::Error;
use drivesim::drive::DriveRef;
use drivesim_model::op::{Live, Op};

use super::worker::Worker;

/// A random operation, and the drive of what it creates.
pub(super) struct Drawn {
    pub(super) op: Op<Live>,
    pub(super) at: Option<DriveRef>,
}

/// A drawn operation; `None` if there is nothing to do.
pub(super) type Draw = Result<Option<Drawn>, Error>;

impl Drawn {
    pub(super) fn new(op: Op<Live>) -> Draw {
        Ok(Some(Drawn { op, at: None }))
    }

    pub(super) fn at(drive: DriveRef, op: Op<Live>) -> Draw {
        Ok(Some(Drawn { op, at: Some(drive) }))
    }
}

/// What a worker does.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// Draws an operation, which is then performed.
    Play(fn(&mut Worker) -> Draw),
    /// Performs several operations and checks what they return.
    Check(fn(&mut Worker) -> Result<(), Error>),
}

/// A verb of a storm. Those with a higher weight are more frequent.
#[derive(Clone, Copy)]
pub(super) struct StormVerb {
    pub(super) name: &'static str,
    pub(super) weight: usize,
    pub(super) action: Action,
}

const fn play(name: &'static str, weight: usize, draw: fn(&mut Worker) -> Draw) -> StormVerb {
    StormVerb { name, weight, action: Action::Play(draw) }
}

const fn check(name: &'static str, weight: usize, check: fn(&mut Worker) -> Result<(), Error>) -> StormVerb {
    StormVerb { name, weight, action: Action::Check(check) }
}

pub(super) const VERBS: [StormVerb; 37] = [
    check("read", 14, Worker::read),
    play("create folder", 7, Worker::create_folder),
    play("create file", 8, Worker::create_file),
    play("create sized", 3, Worker::create_sized),
    play("write", 8, Worker::write),
    play("rename", 7, Worker::rename),
    play("move", 8, Worker::move_to),
    play("update", 3, Worker::update),
    play("delete", 6, Worker::delete),
    play("delete for good", 2, Worker::delete_permanently),
    play("restore", 6, Worker::restore),
    check("bin", 2, Worker::bin),
    play("purge", 2, Worker::purge),
    play("empty the bin", 1, Worker::purge_all),
    check("versions", 3, Worker::versions),
    play("restore a version", 4, Worker::restore_version),
    play("delete a version", 2, Worker::delete_version),
    play("times", 2, Worker::times),
    play("describe", 2, Worker::describe),
    play("copy", 18, Worker::copy),
    play("copy across", 10, Worker::copy_across),
    play("copy much", 3, Worker::copy_much),
    play("poll", 8, Worker::poll),
    play("step", 8, Worker::step),
    check("check jobs", 6, Worker::check_jobs),
    play("advance", 8, Worker::advance),
    play("step the clock", 2, Worker::step_clock),
    play("run until idle", 1, Worker::run_until_idle),
    check("fork", 3, Worker::fork),
    check("restore a snapshot", 2, Worker::restore_snapshot),
    check("changes", 4, Worker::changes),
    check("search", 3, Worker::search),
    play("lock", 3, Worker::lock),
    play("unlock", 5, Worker::unlock),
    check("access", 3, Worker::access),
    check("quota", 2, Worker::quota),
    play("drives", 3, Worker::drives),
];
