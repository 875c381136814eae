//! Reads the results of criterion: one folder for each bench, with its name, number of items and time.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// The result of one bench.
#[derive(Clone, Debug, PartialEq)]
pub struct BenchResult {
    /// The group, such as `shape`.
    pub group: String,
    /// The variant in the group, such as `Wide`.
    pub variant: String,
    /// The size or the number of the variant. Empty if it has none.
    pub value: String,
    /// The number of items of one copy.
    pub n_items: f64,
    /// The median time of a copy, and the bounds of its confidence interval, in nanoseconds.
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl BenchResult {
    /// Returns the nanoseconds per item.
    pub fn per_item(&self) -> f64 {
        self.median / self.n_items.max(1.0)
    }
}

/// The groups of `deep_copy`, in the order of the table. Results of other benches are ignored.
pub const GROUPS: [&str; 8] =
    ["shape", "cores", "across drives", "conflict", "business limit", "box names", "paced", "threshold"];

/// Reads all results below a folder, sorted by group and then by number of items.
pub fn read(folder: &Path) -> anyhow::Result<Vec<BenchResult>> {
    let mut figures = Vec::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.with_context(|| format!("no results of criterion in {}", folder.display()))?;
        if entry.file_name() == "benchmark.json"
            && entry.path().parent().is_some_and(|at| at.ends_with("new"))
        {
            let estimates = entry.path().with_file_name("estimates.json");
            let figure = figure(&json(entry.path())?, &json(&estimates)?);
            figures.push(figure.with_context(|| format!("{} is of another form", entry.path().display()))?);
        }
    }
    let order = |figure: &BenchResult| GROUPS.iter().position(|group| *group == figure.group);
    figures.retain(|figure| order(figure).is_some());
    figures.sort_by(|a, b| {
        let number = |figure: &BenchResult| figure.value.parse().unwrap_or(0.0);
        let by_group = order(a).cmp(&order(b)).then_with(|| a.variant.cmp(&b.variant));
        by_group.then_with(|| f64::total_cmp(&number(a), &number(b))).then_with(|| a.value.cmp(&b.value))
    });
    Ok(figures)
}

fn json(file: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

fn figure(bench: &Value, estimates: &Value) -> Option<BenchResult> {
    let text = |key: &str| bench[key].as_str().unwrap_or_default().to_owned();
    let median = &estimates["median"];
    let bound = |end: &str| median["confidence_interval"][end].as_f64();
    Some(BenchResult {
        group: text("group_id"),
        variant: text("function_id"),
        value: text("value_str"),
        n_items: bench["throughput"]["Elements"].as_f64().unwrap_or(1.0),
        median: median["point_estimate"].as_f64()?,
        low: bound("lower_bound")?,
        high: bound("upper_bound")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_from_the_files_of_criterion() {
        let bench =
            r#"{"group_id":"shape","function_id":"Wide","value_str":"1000","throughput":{"Elements":990}}"#;
        let estimates = r#"{"median":{"confidence_interval":{"confidence_level":0.95,"lower_bound":9.0,
            "upper_bound":12.0},"point_estimate":9900.0,"standard_error":0.1}}"#;
        let dir = tempfile::tempdir().unwrap();
        let new = dir.path().join("shape/Wide/1000/new");
        fs::create_dir_all(&new).unwrap();
        fs::write(new.join("benchmark.json"), bench).unwrap();
        fs::write(new.join("estimates.json"), estimates).unwrap();
        let figures = read(dir.path()).unwrap();
        assert_eq!(figures.len(), 1);
        assert_eq!(
            (figures[0].variant.as_str(), figures[0].per_item(), figures[0].high),
            ("Wide", 10.0, 12.0)
        );
    }

    #[test]
    fn the_error_names_a_missing_folder() {
        let error = read(Path::new("no such folder")).unwrap_err();
        assert!(error.to_string().contains("no such folder"), "{error}");
    }
}
