//! Performs the calls of a model on drivesim.

use std::convert::Infallible;

use drivesim::address::Address;
use drivesim::drive::DriveRef;
use drivesim::{Error, Job, Profile, Sim};

use super::engine::{Engine, profile};
use crate::model::{Call, Model, Place, Resolved};
use crate::op::{Live, LiveLock, Op, Service, Translate, Value, play};

/// The names of a model in the simulator.
struct Known<'a> {
    engine: &'a Engine,
    model: &'a Model,
}

impl Translate<Resolved, Live> for Known<'_> {
    fn item(&self, place: &Place) -> Option<Address> {
        Some(match place {
            Place::Path(drive, path) => self.engine.drives[drive].at(path),
            Place::Id(drive, key) => self.engine.at(*drive, self.engine.ids[key]),
            Place::Match(place, expected) => self.item(place)?.if_match(*expected),
        })
    }

    fn drive(&self, drive: &u32) -> Option<DriveRef> {
        Some(self.engine.drives[drive].clone())
    }

    fn job(&self, job: &usize) -> Option<Job> {
        Some(self.engine.jobs[*job].clone())
    }

    fn lock(&self, lock: &usize) -> Option<LiveLock> {
        let drive = self.engine.drives[&self.model.locks[*lock].drive].clone();
        Some(LiveLock { drive, id: self.engine.locks[lock] })
    }

    fn size(&self, _drive: &u32, size: &u64) -> Option<u64> {
        Some(*size)
    }

    fn rules(&self, service: &Service) -> Option<Profile> {
        Some(profile(self.model, *service))
    }

    fn extra(&self, never: &Infallible) -> Option<Op<Live>> {
        match *never {}
    }
}

impl Engine {
    /// Performs a call as its user.
    pub(super) fn run(&mut self, model: &Model, user: &str, call: &Call) -> Result<Value, Error> {
        let op = call.translate(&Known { engine: self, model }).expect("everything in a call is known");
        if let Op::Poll { job } = &op {
            assert_eq!(job.poll(), job.report(), "a poll returns the state after it");
            return Ok(Value::Done);
        }
        let value = play(&self.caller(user, &op), op)?;
        if let Value::Drive(drive) = value {
            self.drives.extend(model.drives.last().map(|last| (last.number, drive)));
            return Ok(Value::Done);
        }
        Ok(value)
    }

    /// Returns the simulator of the user. Drives are added by nobody in particular.
    fn caller(&self, user: &str, op: &Op<Live>) -> Sim {
        match op {
            Op::AddDrive { .. } | Op::RemoveDrive { .. } => self.sim.clone(),
            _ => self.sim.acting_as(user),
        }
    }
}
