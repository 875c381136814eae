//! The only place that keeps the figures of a run and prints them.

use std::fmt;
use std::time::Duration;

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtMost(f64),
    /// Nothing is asked of it; it is told so that others can be understood.
    None,
}

/// One line of the report.
#[derive(Clone, Debug)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
}

impl Figure {
    fn is_short(&self) -> bool {
        // A value that is no number reaches no goal.
        matches!(self.goal, Goal::AtMost(most) if self.value.is_nan() || self.value > most)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (goal, verdict) = match self.goal {
            Goal::AtMost(most) => (format!("<= {most}"), if self.is_short() { "short" } else { "ok" }),
            Goal::None => ("-".to_owned(), "-"),
        };
        write!(f, "{:<58} {:>12.4} {:<8} {goal:>9}  {verdict}", self.name, self.value, self.unit)
    }
}

/// The figures of a run, printed as they come.
#[derive(Debug, Default)]
pub struct Report {
    figures: Vec<Figure>,
    checksum: u64,
}

impl Report {
    /// Adds a figure and prints it.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        let figure = Figure { name: name.into(), value, unit, goal };
        println!("{figure}");
        self.figures.push(figure);
    }

    /// Adds a ratio that should be at most `most`.
    pub fn ratio(&mut self, name: impl Into<String>, value: f64, most: f64) {
        self.add(name, value, "x", Goal::AtMost(most));
    }

    /// Adds a time per item that explains other figures.
    pub fn per_item(&mut self, name: impl Into<String>, time: Duration, n_items: usize) {
        self.add(name, time.as_secs_f64() * 1e9 / n_items as f64, "ns/item", Goal::None);
    }

    /// Adds what a result was to the checksum of the run.
    pub fn check(&mut self, what: &str, sum: u64) {
        println!("# {what}: checksum {sum:016x}");
        self.checksum = self.checksum.rotate_left(7) ^ sum;
    }

    /// Prints the end of the report; says whether all goals were reached.
    pub fn finish(&self) -> bool {
        let n_short = self.figures.iter().filter(|figure| figure.is_short()).count();
        println!("# checksum of the run {:016x}", self.checksum);
        println!("# {} of {} figures miss their goals", n_short, self.figures.len());
        n_short == 0
    }
}

/// Returns the middle one of some values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the middle one of some times.
pub fn median_time(times: &[Duration]) -> Duration {
    Duration::from_secs_f64(median(times.iter().map(Duration::as_secs_f64).collect()))
}

/// Returns the middle of the ratios of times that were taken one after the other.
pub fn median_ratio(times: &[Duration], others: &[Duration]) -> f64 {
    median(times.iter().zip(others).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect())
}
