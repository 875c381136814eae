//! Draws the observations of a copy as SVG: the percentage over time, and below it what a test sees.

use std::fmt::Write;

use drivesim::JobStatus;

use crate::Observation;

/// The colors of a version of the picture.
pub struct Colors {
    background: &'static str,
    border: &'static str,
    text: &'static str,
    faint: &'static str,
    progress: &'static str,
    done: &'static str,
    new: &'static str,
}

/// The colors for pages with a light background.
pub const LIGHT: Colors = Colors {
    background: "#ffffff",
    border: "#d0d7de",
    text: "#1f2328",
    faint: "#59636e",
    progress: "#0969da",
    done: "#1a7f37",
    new: "#ddf4ff",
};

/// The colors for pages with a dark background.
pub const DARK: Colors = Colors {
    background: "#0d1117",
    border: "#3d444d",
    text: "#f0f6fc",
    faint: "#9198a1",
    progress: "#4493f8",
    done: "#3fb950",
    new: "#132e4f",
};

const MONOSPACE: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";
const SANS: &str = "-apple-system,Segoe UI,Helvetica,Arial,sans-serif";
const MARGIN: f64 = 20.0;
const COLUMN: f64 = 168.0;
/// The top and the height of the chart of percentages.
const CHART: (f64, f64) = (74.0, 84.0);
const LINE: f64 = 19.0;

/// Writes a line of SVG. Writing to a string cannot fail.
macro_rules! put {
    ($out:expr, $($arguments:tt)*) => { let _ = writeln!($out, $($arguments)*); };
}

/// Returns the picture.
pub fn draw(observations: &[Observation], colors: &Colors) -> String {
    let width = MARGIN * 2.0 + COLUMN * observations.len() as f64;
    let n_lines = observations.iter().map(|one| one.archive.lines().count()).max().unwrap_or(0);
    let height = CHART.0 + CHART.1 + 88.0 + LINE * n_lines as f64 + MARGIN;
    let Colors { background, border, text, faint, .. } = colors;
    let mut out = String::new();
    put!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" font-family=\"{SANS}\" font-size=\"14\">"
    );
    put!(out, "<title>A copy from 0 to 100 %, and what a test sees at each step</title>");
    put!(
        out,
        "<rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"{background}\" stroke=\"{border}\"/>",
        width - 1.0,
        height - 1.0
    );
    put!(
        out,
        "<text x=\"{MARGIN}\" y=\"34\" fill=\"{text}\" font-family=\"{MONOSPACE}\">\
         sim.copy(\"/Docs\", \"/Archive\", CopyOptions::default())</text>"
    );
    put!(
        out,
        "<text x=\"{}\" y=\"34\" fill=\"{faint}\" text-anchor=\"end\">one item per second, manual clock</text>",
        width - MARGIN
    );
    chart(&mut out, observations, colors);
    for (number, one) in observations.iter().enumerate() {
        let before = number.checked_sub(1).map_or("", |number| &observations[number].archive);
        column(&mut out, left(number), one, before, colors);
    }
    out.push_str("</svg>\n");
    out
}

fn left(number: usize) -> f64 {
    MARGIN + COLUMN * number as f64
}

fn y_of(percent: f64) -> f64 {
    CHART.0 + CHART.1 * (1.0 - percent / 100.0)
}

/// Draws the percentage over time, with a point for each observation.
fn chart(out: &mut String, observations: &[Observation], colors: &Colors) {
    let right = left(observations.len());
    for percent in [0.0, 50.0, 100.0] {
        let y = y_of(percent);
        put!(
            out,
            "<path d=\"M{MARGIN} {y}H{right}\" stroke=\"{}\" stroke-dasharray=\"2 4\"/>",
            colors.border
        );
    }
    let x = |number: usize| left(number) + 6.0;
    let points = observations.iter().enumerate();
    let points: Vec<String> =
        points.map(|(number, one)| format!("{},{}", x(number), y_of(one.percent))).collect();
    put!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>",
        points.join(" "),
        colors.progress
    );
    for (number, one) in observations.iter().enumerate() {
        let (x, y, color) = (x(number), y_of(one.percent), color_of(one.status, colors));
        put!(
            out,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"{color}\" stroke=\"{}\" stroke-width=\"2\"/>",
            colors.background
        );
        put!(
            out,
            "<text x=\"{}\" y=\"{}\" fill=\"{}\" font-weight=\"600\">{} %</text>",
            x - 5.0,
            y - 12.0,
            colors.text,
            one.percent
        );
    }
}

/// Draws what a test sees at one moment: the status, and the outline of the target with new items highlighted.
fn column(out: &mut String, left: f64, one: &Observation, before: &str, colors: &Colors) {
    let Colors { text, faint, border, new, .. } = colors;
    let top = CHART.0 + CHART.1 + 32.0;
    let step = if one.seconds == 0 { "accepted".to_owned() } else { "advance(1 s)".to_owned() };
    put!(
        out,
        "<text x=\"{left}\" y=\"{top}\" fill=\"{faint}\" font-size=\"12\">{} s · {step}</text>",
        one.seconds
    );
    let color = color_of(one.status, colors);
    put!(
        out,
        "<text x=\"{left}\" y=\"{}\" fill=\"{color}\" font-weight=\"600\">{}</text>",
        top + 22.0,
        one.status
    );
    put!(out, "<path d=\"M{left} {}h{}\" stroke=\"{border}\"/>", top + 34.0, COLUMN - 16.0);
    put!(
        out,
        "<g font-family=\"{MONOSPACE}\" font-size=\"12\" xml:space=\"preserve\"><text x=\"{left}\" y=\"{}\" \
         fill=\"{faint}\">/Archive</text>",
        top + 52.0
    );
    let known: Vec<&str> = before.lines().collect();
    for (number, line) in one.archive.lines().enumerate() {
        let y = top + 52.0 + LINE * (number + 1) as f64;
        if !known.contains(&line) {
            let width = COLUMN - 12.0;
            put!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"18\" rx=\"3\" fill=\"{new}\"/>",
                left - 4.0,
                y - 13.0
            );
        }
        // An indent as an offset, because not every viewer keeps leading spaces.
        let name = line.trim_start();
        let x = left + 7.2 * (line.len() - name.len()) as f64;
        put!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"{text}\">{}</text>", escape(name));
    }
    put!(out, "</g>");
}

fn color_of(status: JobStatus, colors: &Colors) -> &'static str {
    match status {
        JobStatus::NotStarted => colors.faint,
        JobStatus::Completed => colors.done,
        _ => colors.progress,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
