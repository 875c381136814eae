//! Shows progress: a bar on a terminal, a few lines elsewhere.

use std::io::{self, Write as _};
use std::time::Duration;

use drivesim::JobStatus;
use drivesim::item::Totals;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use crate::watch::JobView;

/// Shows how many entries, and bytes of files, have been read.
#[derive(Debug)]
pub(crate) struct ReadProgress {
    bar: ProgressBar,
    n_bytes: u64,
}

/// Without a terminal, how many bytes are read between two lines.
const PRINT_EVERY: u64 = 256 << 20;

impl ReadProgress {
    pub(crate) fn start() -> ReadProgress {
        let style = ProgressStyle::with_template("reading {human_pos} entries{msg}").ok();
        ReadProgress { bar: with_style(ProgressBar::new_spinner(), style), n_bytes: 0 }
    }

    pub(crate) fn tick(&self) {
        self.bar.inc(1);
    }

    pub(crate) fn add_bytes(&mut self, n_bytes: u64) {
        let before = self.n_bytes;
        self.n_bytes = before.saturating_add(n_bytes);
        if !self.bar.is_hidden() {
            self.bar.set_message(format!(", {}", HumanBytes(self.n_bytes)));
        } else if before / PRINT_EVERY != self.n_bytes / PRINT_EVERY {
            // A closed stderr is ignored.
            let _ = writeln!(io::stderr(), "reading, {} so far", HumanBytes(self.n_bytes));
        }
    }

    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Shows the progress of several copies as one.
#[derive(Debug)]
pub(crate) struct CopyProgress {
    bar: ProgressBar,
    /// Items and bytes of one copy, and the number of copies.
    n_items: u64,
    n_bytes: u64,
    n_copies: u32,
    n_done: u32,
    /// The last printed state and tenths of the work.
    printed: Option<(JobStatus, u64)>,
}

impl CopyProgress {
    pub(crate) fn start(source: &Totals, n_copies: u32) -> CopyProgress {
        let style = ProgressStyle::with_template("[{wide_bar}]\n{wide_msg}").ok();
        CopyProgress {
            bar: with_style(ProgressBar::new(PERMILLE), style),
            n_items: source.files.saturating_add(source.folders),
            n_bytes: source.bytes,
            n_copies,
            n_done: 0,
            printed: None,
        }
    }

    /// Shows the state of the current copy.
    pub(crate) fn show(&mut self, view: JobView) {
        let status = self.status(view.status);
        let share = (f64::from(self.n_done) + view.percent / 100.0) / f64::from(self.n_copies.max(1));
        let line = self.line(status, share, &view);
        if status.is_ended() {
            // Only the line stays on the terminal: a bar would share it with what follows.
            self.bar.finish_and_clear();
        }
        if status.is_ended() || self.bar.is_hidden() {
            self.emit(status, (share * 10.0) as u64, &line);
        } else {
            self.bar.set_message(line);
            self.bar.set_position((share * PERMILLE as f64) as u64);
        }
        if view.status.is_ended() {
            self.n_done = self.n_done.saturating_add(1);
        }
    }

    /// Returns the state of all copies together. Between the first and the last it is in progress.
    fn status(&self, one: JobStatus) -> JobStatus {
        let (is_first, is_last) = (self.n_done == 0, self.n_done.saturating_add(1) >= self.n_copies);
        match one {
            JobStatus::NotStarted if !is_first => JobStatus::InProgress,
            JobStatus::Completed if !is_last => JobStatus::InProgress,
            one => one,
        }
    }

    /// Returns the line that is shown. The rate is printed once, when all is done.
    fn line(&self, status: JobStatus, share: f64, view: &JobView) -> String {
        if status == JobStatus::NotStarted {
            return status.to_string();
        }
        let total = |one: u64| one.saturating_mul(u64::from(self.n_copies));
        let done = |one: u64, now: u64| one.saturating_mul(u64::from(self.n_done)).saturating_add(now);
        let items = done(self.n_items, view.progress.items_done as u64);
        let bytes = done(self.n_bytes, view.progress.bytes_done);
        format!(
            "{status} {:.0}%, {}/{} items, {}/{}",
            (share * 100.0).floor(),
            HumanCount(items),
            HumanCount(total(self.n_items)),
            HumanBytes(bytes),
            HumanBytes(total(self.n_bytes)),
        )
    }

    /// Prints a line at each new state and each new tenth of the work.
    fn emit(&mut self, status: JobStatus, tenths: u64, line: &str) {
        let now = Some((status, tenths));
        if self.printed != now {
            self.printed = now;
            // A closed stderr is ignored.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}

const PERMILLE: u64 = 1000;

/// Returns the rate in items per second; always a finite number.
pub(crate) fn rate(n_items: u64, elapsed: Duration) -> f64 {
    n_items as f64 / elapsed.max(Duration::from_nanos(1)).as_secs_f64()
}

fn with_style(bar: ProgressBar, style: Option<ProgressStyle>) -> ProgressBar {
    match style {
        Some(style) => bar.with_style(style),
        None => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_finite_even_if_no_time_has_passed() {
        assert_eq!(rate(10, Duration::from_secs(4)), 2.5);
        assert!(rate(u64::MAX, Duration::ZERO).is_finite());
        assert_eq!(rate(0, Duration::ZERO), 0.0);
    }

    #[test]
    fn several_copies_show_one_sequence_of_states() {
        let mut copying = CopyProgress::start(&Totals::default(), 3);
        let states = [JobStatus::NotStarted, JobStatus::InProgress, JobStatus::Completed];
        let mut shown = Vec::new();
        for _ in 0..3 {
            shown.extend(states.map(|status| copying.status(status)));
            copying.n_done += 1;
        }
        let first_and_last = (shown.remove(0), shown.pop());
        assert_eq!(first_and_last, (JobStatus::NotStarted, Some(JobStatus::Completed)));
        assert!(shown.iter().all(|status| *status == JobStatus::InProgress));
    }
}
