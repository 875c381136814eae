//! Lists names that tests of names start from.

/// Names that every service accepts, and that conflict with each other in some way.
pub const VALID_NAMES: [&str; 12] =
    ["a", "A", "b", "c", "x", "a.txt", "A.txt", "a 1.txt", "a1.txt", "a 1", "a1", "a.tar.gz"];
/// Names that some service rejects, or that need special handling.
pub const TRICKY_NAMES: [&str; 34] = [
    "",
    ".",
    "..",
    "a/b",
    "a:b",
    "a\\b",
    " a",
    "a ",
    "a.",
    "CON",
    "con.txt",
    "COM",
    "COM.txt",
    "LPT7",
    ".lock",
    "desktop.ini",
    "forms",
    "Forms",
    "~a",
    "~$a.txt",
    "x_vti_y",
    "&#169;",
    "&#x;",
    "a\u{1}b",
    "b/ ",
    "🎉",
    ".hidden",
    "é",
    "É",
    "\u{17F}",
    "æ",
    "AE",
    "\u{FA16}",
    "\u{732A}",
];
