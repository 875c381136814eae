//! Draws the figures as SVG: lines of the time per item by size for each shape, and bars for all other copies of trees.

use std::fmt::Write;

use crate::results::BenchResult;
use crate::table::format_time;

const WIDTH: f64 = 860.0;
/// The left edge, the top, the width and the height of the chart of shapes.
const CHART: (f64, f64, f64, f64) = (70.0, 40.0, 560.0, 260.0);
const BAR: f64 = 20.0;
/// The number of steps of the scale of the chart.
const STEPS: f64 = 4.0;
const COLORS: [&str; 6] = ["#1b6ca8", "#d1495b", "#2a9d5c", "#e08e0b", "#6f4bb2", "#555555"];

/// Returns the picture.
pub fn draw(figures: &[BenchResult]) -> String {
    let (shapes, others): (Vec<&BenchResult>, Vec<&BenchResult>) =
        figures.iter().partition(|figure| figure.group == "shape");
    // Failed copies and copies of one file are only in the table.
    let bars: Vec<&BenchResult> = others.into_iter().filter(|figure| figure.n_items > 1.0).collect();
    let (_, top, _, height) = CHART;
    let below = top + height + 90.0;
    let all = below + bars.len() as f64 * BAR + 20.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{all}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    lines(&mut out, &shapes);
    draw_bars(&mut out, &bars, below);
    out.push_str("</svg>\n");
    out
}

fn text(out: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

/// Returns the smallest step for a scale that is at least `least`: 1, 2, 2.5 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 2.5, 5.0, 10.0];
    factors.into_iter().map(|factor| factor * power).find(|step| *step >= least).unwrap_or(power * 10.0)
}

/// Draws one line for each shape: the number of items on the x axis (logarithmic), the time per item on the y axis.
fn lines(out: &mut String, shapes: &[&BenchResult]) {
    let (left, top, width, height) = CHART;
    let sizes = shapes.iter().map(|figure| figure.n_items.log10());
    let (least, most) = sizes.fold((f64::MAX, f64::MIN), |(low, high), size| (low.min(size), high.max(size)));
    let step = round_step(shapes.iter().map(|figure| figure.per_item()).fold(1.0, f64::max) / STEPS);
    let highest = step * STEPS;
    let x = |n_items: f64| left + width * (n_items.log10() - least) / (most - least).max(0.1);
    let y = |per_item: f64| top + height * (1.0 - per_item / highest);
    text(out, left, top - 15.0, "start", "time per copied item, by number of items");
    for number in 0..=STEPS as u32 {
        let value = step * f64::from(number);
        let right = left + width;
        let _ = writeln!(out, "<path d=\"M{left} {0:.1}H{right}\" stroke=\"#ddd\"/>", y(value));
        text(out, left - 6.0, y(value) + 4.0, "end", &format_time(value));
    }
    for (power, label) in [(3, "1 k"), (4, "10 k"), (5, "100 k"), (6, "1 M")] {
        let at = 10f64.powi(power);
        if at.log10() >= least - 0.1 && at.log10() <= most + 0.1 {
            text(out, x(at), top + height + 18.0, "middle", label);
        }
    }
    let mut shape_names: Vec<&str> = shapes.iter().map(|figure| figure.variant.as_str()).collect();
    shape_names.dedup();
    for (shape, color) in shape_names.iter().zip(COLORS.iter().cycle()) {
        let points = shapes.iter().filter(|figure| figure.variant == *shape);
        let points: Vec<(f64, f64)> =
            points.map(|figure| (x(figure.n_items), y(figure.per_item()))).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (x, y) in &points {
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{color}\"/>");
        }
    }
    legend(out, &shape_names);
}

fn legend(out: &mut String, shape_names: &[&str]) {
    let (left, top, width, _) = CHART;
    for (number, (shape, color)) in shape_names.iter().zip(COLORS.iter().cycle()).enumerate() {
        let (x, y) = (left + width + 30.0, top + 12.0 + number as f64 * 22.0);
        let _ = writeln!(
            out,
            "<rect x=\"{x}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{color}\"/>",
            y - 10.0
        );
        text(out, x + 18.0, y, "start", shape);
    }
}

/// Draws a bar for each figure. Its length is the time per item.
fn draw_bars(out: &mut String, bars: &[&BenchResult], below: f64) {
    let (left, width) = (300.0, WIDTH - 300.0 - 90.0);
    let longest = bars.iter().map(|figure| figure.per_item()).fold(1e-3, f64::max);
    text(out, 70.0, below - 18.0, "start", "time per copied item of other copies");
    for (number, figure) in bars.iter().enumerate() {
        let y = below + number as f64 * BAR;
        let length = width * figure.per_item() / longest;
        let color = COLORS[5];
        let _ = writeln!(
            out,
            "<rect x=\"{left}\" y=\"{y:.1}\" width=\"{length:.1}\" height=\"14\" fill=\"{color}\"/>"
        );
        let name = format!("{}: {} {}", figure.group, figure.variant, figure.value);
        text(out, left - 8.0, y + 12.0, "end", &name);
        text(out, left + length + 6.0, y + 12.0, "start", &format_time(figure.per_item()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(group: &str, way: &str, n_items: f64, median: f64) -> BenchResult {
        let (group, way) = (group.to_owned(), way.to_owned());
        BenchResult { group, variant: way, value: String::new(), n_items, median, low: median, high: median }
    }

    #[test]
    fn each_shape_is_a_line_and_each_other_copy_of_a_tree_a_bar() {
        let figures = [
            figure("shape", "Flat", 1e3, 1e4),
            figure("shape", "Flat", 1e6, 5e7),
            figure("shape", "Wide", 1e3, 2e4),
            figure("cores", "bushy & more", 1e6, 5e7),
            figure("conflict", "fail", 1.0, 100.0),
        ];
        let svg = draw(&figures);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert_eq!(svg.matches("<circle").count(), 3);
        // The background, two entries of the legend, one bar.
        assert_eq!(svg.matches("<rect").count(), 4);
        assert!(svg.contains("bushy &amp; more") && svg.ends_with("</svg>\n"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn a_scale_has_round_steps() {
        assert_eq!([1.0, 1.1, 2.3, 2.6, 69.1, 251.0].map(round_step), [1.0, 2.0, 2.5, 5.0, 100.0, 500.0]);
    }
}
