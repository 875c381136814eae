//! Derives the ids of drives and jobs from the id seed and a count, so that they are never random.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Names a drive of a simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DriveId(pub(crate) Uuid);

/// Names a job of a simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub(crate) Uuid);

impl DriveId {
    pub(crate) fn new(seed: u64, number: u64) -> DriveId {
        DriveId(uuid(seed, "drive", number))
    }

    /// Returns the id with this UUID, the inverse of [`DriveId::as_uuid`].
    pub const fn from_uuid(uuid: Uuid) -> DriveId {
        DriveId(uuid)
    }

    /// Returns the id as a UUID.
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl JobId {
    pub(crate) fn new(seed: u64, number: u64) -> JobId {
        JobId(uuid(seed, "job", number))
    }

    /// Returns the id with this UUID, the inverse of [`JobId::as_uuid`].
    pub const fn from_uuid(uuid: Uuid) -> JobId {
        JobId(uuid)
    }

    /// Returns the id as a UUID.
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }
}

impl FromStr for DriveId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<DriveId, uuid::Error> {
        text.parse().map(DriveId)
    }
}

impl FromStr for JobId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<JobId, uuid::Error> {
        text.parse().map(JobId)
    }
}

impl fmt::Display for DriveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Creates a UUID of version 5: the same for the same seed, kind and number, and different otherwise.
fn uuid(seed: u64, kind: &str, number: u64) -> Uuid {
    let name = format!("drivesim {kind} {number} of seed {seed}");
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_only_on_seed_kind_and_number() {
        assert_eq!(JobId::new(7, 1), JobId::new(7, 1));
        assert_ne!(JobId::new(7, 1), JobId::new(7, 2));
        assert_ne!(JobId::new(7, 1), JobId::new(8, 1));
        assert_ne!(JobId::new(7, 1).0, DriveId::new(7, 1).0);
    }

    #[test]
    fn an_id_prints_as_it_is_parsed() {
        let (drive, job) = (DriveId::new(7, 1), JobId::new(7, 1));
        assert_eq!((drive.to_string().parse(), job.to_string().parse()), (Ok(drive), Ok(job)));
        assert!("1".parse::<JobId>().is_err());
    }
}
