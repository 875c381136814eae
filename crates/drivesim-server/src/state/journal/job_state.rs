//! Reads what a response reports of a job.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::http::response::ApiResponse;
use crate::json::ordered::Map;

/// Returns the members of the body with the status and the progress of a job.
pub(crate) fn reported_job_state(response: &ApiResponse) -> Map {
    let Some(json) = response.own_body() else { return Map::new() };
    serde_json::from_slice::<JobStateMembers>(json)
        .map(|JobStateMembers(members)| members)
        .unwrap_or_default()
}

/// The members that report the state of a job.
const JOB_STATE_MEMBERS: [&str; 4] = ["status", "percentageComplete", "percentComplete", "error"];

/// The members of an object that report the state of a job. The other members, which may be long, are skipped.
struct JobStateMembers(Map);

impl<'de> Deserialize<'de> for JobStateMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JobStateMembers, D::Error> {
        deserializer.deserialize_map(JobStateMembers(Map::new()))
    }
}

impl<'de> Visitor<'de> for JobStateMembers {
    type Value = JobStateMembers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<JobStateMembers, A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            if JOB_STATE_MEMBERS.contains(&key.as_str()) {
                self.0.insert(key, members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(self)
    }
}
