//! Draws a badge as SVG, from a label and a value.

/// The width of a character.
const CHARACTER: usize = 7;
/// The space on each side of a text.
const PADDING: usize = 8;

/// Returns the badge.
pub fn draw(label: &str, value: &str) -> String {
    let (left, right) = (width(label), width(value));
    let (all, label_x, value_x) = (left + right, left / 2, left + right / 2);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"20\" role=\"img\" \
         aria-label=\"{label}: {value}\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" \
         text-anchor=\"middle\" fill=\"#ffffff\">\n\
         <title>{label}: {value}</title>\n\
         <clipPath id=\"round\"><rect width=\"{all}\" height=\"20\" rx=\"3\"/></clipPath>\n\
         <g clip-path=\"url(#round)\"><rect width=\"{left}\" height=\"20\" fill=\"#555555\"/>\
         <rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"#0969da\"/></g>\n\
         <text x=\"{label_x}\" y=\"14\">{label}</text><text x=\"{value_x}\" y=\"14\">{value}</text>\n\
         </svg>\n"
    )
}

fn width(text: &str) -> usize {
    text.chars().count() * CHARACTER + 2 * PADDING
}
