//! Serializes differences between simulators.

use drivesim_core::Difference;
use serde::{Deserialize, Serialize};

use super::Diff;

/// The serde form of a comparison.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "the text and the differences of a comparison")]
pub(crate) struct DiffForm {
    text: String,
    differences: Vec<DifferenceIn>,
}

/// A difference with the name of its drive.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "a difference with the name of its drive")]
struct DifferenceIn {
    drive: String,
    #[serde(flatten)]
    difference: Difference,
}

impl From<Diff> for DiffForm {
    fn from(diff: Diff) -> DiffForm {
        let Diff { differences, text } = diff;
        let named = |(drive, difference)| DifferenceIn { drive, difference };
        DiffForm { text, differences: differences.into_iter().map(named).collect() }
    }
}

impl TryFrom<DiffForm> for Diff {
    type Error = &'static str;

    fn try_from(form: DiffForm) -> Result<Diff, &'static str> {
        if form.text.is_empty() && !form.differences.is_empty() {
            return Err("differences need a text");
        }
        let named = |DifferenceIn { drive, difference }| (drive, difference);
        Ok(Diff { differences: form.differences.into_iter().map(named).collect(), text: form.text })
    }
}
