//! Generates the table of the README.

use std::fmt::Write;

use crate::results::BenchResult;

const BEGIN: &str = "<!-- deep_copy: begin -->\n";
const END: &str = "<!-- deep_copy: end -->\n";

/// Returns the README with the table of these figures between the two marks.
pub fn replace_table(readme: &str, figures: &[BenchResult], machine: &str) -> anyhow::Result<String> {
    let missing = || anyhow::anyhow!("the README lacks the lines {BEGIN:?} and {END:?}");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", table(figures, machine)))
}

fn table(figures: &[BenchResult], machine: &str) -> String {
    let mut table = format!(
        "Measured on {machine}.\n\n| bench | items | a copy | range | an item |\n|---|---:|---:|---:|---:|\n"
    );
    for figure in figures {
        let BenchResult { group, variant: way, value, n_items, median, low, high } = figure;
        let value = if value.is_empty() { String::new() } else { format!(", {value}") };
        let range = format!("{} – {}", format_time(*low), format_time(*high));
        let per_item = if *n_items > 1.0 { format_time(figure.per_item()) } else { "–".to_owned() };
        let row = format!(
            "| {group}: {way}{value} | {n_items} | {} | {range} | {per_item} |",
            format_time(*median)
        );
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{row}");
    }
    table
}

/// Formats a time with three digits and a suitable unit.
pub fn format_time(nanoseconds: f64) -> String {
    let units = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];
    let (unit, factor) = units.into_iter().rfind(|(_, factor)| nanoseconds >= *factor).unwrap_or(("ns", 1.0));
    let value = nanoseconds / factor;
    let digits = if value >= 100.0 { 0 } else { usize::from(value < 10.0) + 1 };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_replaces_the_old_one_and_nothing_else() {
        let figure = BenchResult {
            group: "shape".into(),
            variant: "Wide".into(),
            value: "1000".into(),
            n_items: 1000.0,
            median: 12_345.0,
            low: 12_000.0,
            high: 13_000.0,
        };
        let readme = format!("a\n{BEGIN}old\n{END}b\n");
        let new = replace_table(&readme, &[figure], "a machine").unwrap();
        assert!(new.starts_with("a\n") && new.ends_with("b\n") && !new.contains("old"), "{new}");
        assert!(
            new.contains("| shape: Wide, 1000 | 1000 | 12.3 µs | 12.0 µs – 13.0 µs | 12.3 ns |"),
            "{new}"
        );
        assert!(replace_table("no marks", &[], "").is_err());
    }

    #[test]
    fn a_time_has_three_digits() {
        let times = [0.5, 7.0, 12.34, 999.0, 1_234.0, 5_600_000.0, 2e9];
        let printed = ["0.50 ns", "7.00 ns", "12.3 ns", "999 ns", "1.23 µs", "5.60 ms", "2.00 s"];
        assert_eq!(times.map(format_time), printed);
    }
}
