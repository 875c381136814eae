//! Implements `Debug` for outlines: the outline itself, for messages of failing tests.

use std::fmt;

use super::{DriveOutline, Outline, write_drive};

impl fmt::Debug for Outline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_with_margin(f, &self.to_string())
    }
}

impl fmt::Debug for DriveOutline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write_drive(&mut text, self)?;
        write_with_margin(f, &text)
    }
}

/// The maximum number of lines that are written.
const MANY: usize = 100;

/// Writes an outline below a headline, with a margin that parsing drops.
fn write_with_margin(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    if text.is_empty() {
        return f.write_str("outline: (nothing)");
    }
    f.write_str("outline:")?;
    text.lines().take(MANY).try_for_each(|line| write!(f, "\n    {line}"))?;
    match text.lines().skip(MANY).count() {
        0 => Ok(()),
        n_more => write!(f, "\n    (and {n_more} more lines)"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn the_debug_text_of_an_outline_is_the_outline() {
        let outline = parse("Docs/\n  a.txt = \"hi\"\nTo/\n").unwrap();
        let expected = "outline:\n    Docs/\n      a.txt = \"hi\"\n    To/";
        assert_eq!(format!("{outline:?}"), expected);
        assert_eq!(format!("{:#?}", outline.drives[0]), expected);
        assert_eq!(format!("{:?}", parse("").unwrap()), "outline: (nothing)");
        let long: String = (0..1000).map(|number| format!("{number}\n")).collect();
        let printed = format!("{:?}", parse(&long).unwrap());
        assert!(printed.ends_with("\n    99\n    (and 900 more lines)"), "{printed}");
    }
}
