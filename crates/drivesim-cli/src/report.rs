//! Prints the result of the copies on stdout: for people, or as one JSON object.

use std::io::{self, Write as _};
use std::time::Duration;

use drivesim::item::Totals;
use drivesim::{Error, ItemId};
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;

use crate::failure::Failure;
use crate::progress::rate;

/// The result of the copies, possibly partial.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) source: Totals,
    pub(crate) n_left_out: usize,
    /// The last copy, if it was made.
    pub(crate) copy: Option<CompletedCopy>,
    /// The progress of the last copy.
    pub(crate) percent: f64,
    /// How many copies were made, with how many items in total, and how long all jobs took.
    pub(crate) n_copies: u32,
    pub(crate) n_items: u64,
    pub(crate) elapsed: Duration,
}

/// A completed copy.
#[derive(Debug)]
pub(crate) struct CompletedCopy {
    pub(crate) id: ItemId,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) totals: Totals,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    status: &'static str,
    percent_complete: f64,
    item: Option<ItemObject<'a>>,
    source: TotalsObject,
    copy: TotalsObject,
    left_out: usize,
    elapsed_ms: f64,
    items_per_second: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject>,
}

#[derive(Serialize)]
struct ItemObject<'a> {
    id: String,
    name: &'a str,
}

#[derive(Serialize)]
struct TotalsObject {
    files: u64,
    folders: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct ErrorObject {
    code: &'static str,
    message: String,
}

impl From<Totals> for TotalsObject {
    fn from(totals: Totals) -> TotalsObject {
        TotalsObject { files: totals.files, folders: totals.folders, bytes: totals.bytes }
    }
}

impl Outcome {
    fn copy_tally(&self) -> Totals {
        self.copy.as_ref().map(|copy| copy.totals).unwrap_or_default()
    }

    /// Prints the result as one object, also for a failure.
    pub(crate) fn print_json(&self, error: Option<&Error>) -> Result<(), Failure> {
        let object = Object {
            status: if error.is_some() { "failed" } else { "completed" },
            percent_complete: self.percent,
            item: self.copy.as_ref().map(|copy| ItemObject { id: copy.id.to_string(), name: &copy.name }),
            source: self.source.into(),
            copy: self.copy_tally().into(),
            left_out: self.n_left_out,
            elapsed_ms: rounded(self.elapsed.as_secs_f64() * 1e3, 1e3),
            items_per_second: rounded(rate(self.n_items, self.elapsed), 10.0),
            error: error.map(|error| ErrorObject { code: error.code(), message: error.to_string() }),
        };
        let text = serde_json::to_string(&object).map_err(|error| Failure::Output(error.into()))?;
        print(&format!("{text}\n"))
    }

    /// Prints the result in a few lines. Prints nothing for a failure, which is printed on stderr.
    pub(crate) fn print_text(&self) -> Result<(), Failure> {
        let Some(copy) = &self.copy else { return Ok(()) };
        let again =
            if self.n_copies > 1 { format!(", the last of {} copies", self.n_copies) } else { String::new() };
        let mut text = format!("copied to {:?} in the simulated drive, id {}{again}\n", copy.path, copy.id);
        text += &format!("source: {}\n", in_words(&self.source));
        text += &format!("copy:   {}\n", in_words(&copy.totals));
        if self.n_left_out > 0 {
            text += &format!("left out: {}\n", HumanCount(self.n_left_out as u64));
        }
        let rate = HumanCount(rate(self.n_items, self.elapsed) as u64);
        text += &format!("took {:.1?}, {rate} items/s\n", self.elapsed);
        print(&text)
    }
}

fn in_words(totals: &Totals) -> String {
    let (files, folders) = (HumanCount(totals.files), HumanCount(totals.folders));
    format!("{files} files, {folders} folders, {}", HumanBytes(totals.bytes))
}

/// Rounds a number to a readable number of places.
fn rounded(number: f64, places: f64) -> f64 {
    (number * places).round() / places
}

/// Writes a whole text to stdout, or fails; the macros would panic.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Failure::Output)
}
