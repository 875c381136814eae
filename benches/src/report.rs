//! Prints the figures of a run, and summarises them.

use std::fmt;
use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The required value of a figure.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtMost(f64),
    AtLeast(f64),
    /// No requirement. The figure explains others.
    None,
}

const SHORT: &str = "short";

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
        // NaN misses every goal.
        match self.goal {
            Goal::AtMost(most) => self.value.is_nan() || self.value > most,
            Goal::AtLeast(least) => self.value.is_nan() || self.value < least,
            Goal::None => false,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_short() { SHORT } else { "ok" };
        let (goal, verdict) = match self.goal {
            Goal::AtMost(most) => (format!("<= {most}"), verdict),
            Goal::AtLeast(least) => (format!(">= {least}"), verdict),
            Goal::None => ("-".to_owned(), "-"),
        };
        write!(f, "{:<58} {:>12.4} {:<8} {goal:>9}  {verdict}", self.name, self.value, self.unit)
    }
}

/// Prints the figures of a group immediately.
#[derive(Debug)]
pub struct Report;

impl Report {
    /// Prints a figure.
    pub fn add(&mut self, name: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        println!("{}", Figure { name: name.into(), value, unit, goal });
    }

    /// Prints a ratio that should be at most `most`.
    pub fn ratio(&mut self, name: impl Into<String>, value: f64, most: f64) {
        self.add(name, value, "x", Goal::AtMost(most));
    }

    /// Prints a time per item that explains other figures.
    pub fn per_item(&mut self, name: impl Into<String>, time: Duration, n_items: usize) {
        self.add(name, time.as_secs_f64() * 1e9 / n_items as f64, "ns/item", Goal::None);
    }

    /// Prints the checksum of a result, which is part of the checksum of the run.
    pub fn checksum(&mut self, what: &str, sum: u64) {
        println!("# {what}{CHECKSUM}{sum:016x}");
    }
}

const CHECKSUM: &str = ": checksum ";

/// The summary of the figures of all groups.
#[derive(Debug, Default)]
pub struct Summary {
    n_figures: usize,
    n_short: usize,
    checksum: u64,
}

impl Summary {
    /// Measures groups at the same time, each in a new process, and prints their reports line by line. In one process,
    /// memory that one group frees would be warm for the next.
    pub fn run_groups(&mut self, groups: &[&str]) -> io::Result<()> {
        let (program, start) = (std::env::current_exe()?, Instant::now());
        let spawn =
            |group: &&str| Command::new(&program).args(["--group", group]).stdout(Stdio::piped()).spawn();
        let children: Vec<Child> = groups.iter().map(spawn).collect::<io::Result<_>>()?;
        for (group, child) in groups.iter().zip(children) {
            println!("# {group}");
            self.read_group(child)?;
            println!("# {group}: {:.1} s", start.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn read_group(&mut self, mut child: Child) -> io::Result<()> {
        for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
            let line = line?;
            println!("{line}");
            self.read(&line);
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("it ended with {status}"))) }
    }

    fn read(&mut self, line: &str) {
        if let Some((_, sum)) = line.split_once(CHECKSUM) {
            let sum = u64::from_str_radix(sum, 16).unwrap_or_default();
            self.checksum = self.checksum.rotate_left(7) ^ sum;
        } else if !line.starts_with('#') {
            self.n_figures += 1;
            self.n_short += usize::from(line.ends_with(SHORT));
        }
    }

    /// Prints the end of the report. Returns whether all goals were reached.
    pub fn finish(&self) -> bool {
        println!("# checksum of the run {:016x}", self.checksum);
        println!("# {} of {} figures miss their goals", self.n_short, self.n_figures);
        self.n_short == 0
    }
}

/// Returns the median of values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the median of times.
pub fn median_time(times: &[Duration]) -> Duration {
    Duration::from_secs_f64(median(times.iter().map(Duration::as_secs_f64).collect()))
}

/// Returns the median of the ratios of times that were measured in pairs.
pub fn median_ratio(times: &[Duration], others: &[Duration]) -> f64 {
    median(times.iter().zip(others).map(|(a, b)| a.as_secs_f64() / b.as_secs_f64()).collect())
}
