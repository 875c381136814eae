//! Generates the test values of a parameter, and the verdict of the description on each of them.

use crate::strict::operation::{Parameter, ParameterLocation};
use crate::strict::schema::Schema;

/// Whether the description of a parameter allows a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    /// The description does not say.
    Unspecified,
}

use Verdict::{Invalid, Unspecified, Valid};

/// The value of a parameter as it is sent: JSON in a body, text elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterText {
    Absent,
    One(String),
    Twice(String, String),
    /// A part of a URL that is already encoded.
    Encoded(&'static str),
}

/// A test value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestValue {
    pub label: String,
    pub text: ParameterText,
    pub verdict: Verdict,
}

fn value(label: impl Into<String>, text: ParameterText, verdict: Verdict) -> TestValue {
    TestValue { label: label.into(), text, verdict }
}

fn one(label: &str, text: impl Into<String>, verdict: Verdict) -> TestValue {
    value(label, ParameterText::One(text.into()), verdict)
}

/// Returns the test values of a parameter.
pub fn test_values(parameter: &Parameter) -> Vec<TestValue> {
    let mut values = match parameter.location {
        ParameterLocation::Path => of_path(&parameter.name),
        ParameterLocation::Query | ParameterLocation::Header | ParameterLocation::Form => of_text(parameter),
        ParameterLocation::Body => of_member(&parameter.schema),
    };
    if parameter.location != ParameterLocation::Path {
        values.push(value(
            "absent",
            ParameterText::Absent,
            if parameter.is_required { Invalid } else { Unspecified },
        ));
    }
    values
}

/// Returns the values of a segment of a path. None of them is a valid id, but most are valid paths.
fn of_path(name: &str) -> Vec<TestValue> {
    let is_any = ["item-path", "q"].contains(&name);
    let long = "n".repeat(3000);
    let mut values: Vec<TestValue> = ["%zz", "%", "%FF", "%C0%AF", "%00", "%ED%A0%80"]
        .into_iter()
        .map(|text| value(format!("encoded {text}"), ParameterText::Encoded(text), Invalid))
        .collect();
    for (label, text) in [
        ("empty", ""),
        ("no id", "no such thing"),
        ("negative", "-1"),
        ("fraction", "1.5"),
        ("beyond", "99999999999999999999999999"),
        ("long", long.as_str()),
    ] {
        values.push(one(label, text, if label == "empty" || is_any { Unspecified } else { Invalid }));
    }
    values
}

/// Returns the values of a parameter of a query, a header or a form.
fn of_text(parameter: &Parameter) -> Vec<TestValue> {
    let schema = &parameter.schema;
    let name = parameter.name.as_str();
    let mut values = of_name(name);
    match schema.kind.as_str() {
        _ if !schema.enum_values.is_empty() => {
            values.extend(words(&schema.enum_values, |word| word.to_owned()))
        }
        "integer" => values.extend(number_texts(schema)),
        "boolean" => {
            values.extend(["true", "false"].map(|word| one(word, word, Valid)));
            for word in ["yes", "1", "0", "tru", "\"true\"", "null"] {
                values.push(one(word, word, Invalid));
            }
            values.extend(["True", "FALSE"].map(|word| one(word, word, Invalid)));
        }
        "array" if !schema.item_enum_values.is_empty() => {
            values.extend(words(&schema.item_enum_values, |word| word.to_owned()));
        }
        _ if schema.format == "date-time" => values.extend(times(|time| time.to_owned())),
        _ => values.push(one("text", "x", Unspecified)),
    }
    let is_text = schema.kind == "string" && schema.enum_values.is_empty();
    // A form parameter without a value counts as absent (RFC 6749, 3.2).
    let counts_as_absent = parameter.location == ParameterLocation::Form && !parameter.is_required;
    let is_open = counts_as_absent || (is_text || schema.kind == "array") && schema.format.is_empty();
    values.push(one("empty", "", if is_open { Unspecified } else { Invalid }));
    if parameter.location != ParameterLocation::Header {
        for text in ["%zz", "%FF", "%00"] {
            values.push(value(format!("encoded {text}"), ParameterText::Encoded(text), Invalid));
        }
    } else {
        values.push(one("no text", "\u{e9}", Unspecified));
    }
    let good = values.iter().find_map(|value| match &value.text {
        ParameterText::One(text) if value.verdict == Valid => Some(text.clone()),
        _ => None,
    });
    if parameter.location != ParameterLocation::Header {
        let good = good.unwrap_or_else(|| "x".to_owned());
        values.push(value("twice", ParameterText::Twice(good.clone(), good), Invalid));
    }
    values
}

/// Returns the words of an enumeration, and some other words.
fn words(words: &[String], write: impl Fn(&str) -> String) -> Vec<TestValue> {
    let mut values: Vec<TestValue> = words.iter().take(8).map(|word| one(word, write(word), Valid)).collect();
    values.push(one("no word of these", write("nosuch"), Invalid));
    let other = words.iter().map(|word| (word.to_lowercase(), word.to_uppercase()));
    let other = other.flat_map(|(lower, upper)| [lower, upper]).find(|word| !words.contains(word));
    values.extend(other.map(|word| one("other case", write(&word), Invalid)));
    values
}

/// Returns valid and invalid integers as text.
fn number_texts(schema: &Schema) -> Vec<TestValue> {
    let mut values = vec![one("1", "1", Valid)];
    if let Some(most) = schema.maximum {
        values.push(one("most", most.to_string(), Valid));
        values.push(one("beyond", (most + 1).to_string(), Invalid));
    }
    let is_positive = schema.minimum == Some(1);
    values.push(one("0", "0", if is_positive { Invalid } else { Unspecified }));
    values.push(one("negative", "-1", Invalid));
    for (label, text) in [
        ("word", "abc"),
        ("fraction", "1.5"),
        ("far beyond", "99999999999999999999999999"),
        ("plus", "+1"),
        ("hexadecimal", "0x1"),
        ("exponent", "1e1"),
        ("space", " 1"),
        ("two numbers", "1,2"),
        ("boolean", "true"),
    ] {
        values.push(one(label, text, Invalid));
    }
    values
}

/// Returns valid and invalid times by RFC 3339.
pub fn times(write: impl Fn(&str) -> String) -> Vec<TestValue> {
    let right = ["2024-01-31T12:00:00Z", "2024-01-31T12:00:00+01:00", "2024-02-29T23:59:59-08:00"];
    let wrong = [
        "yesterday",
        "2024-01-31",
        "12:00:00Z",
        "2024-01-31T12:00:00",
        "2024-01-31T12:00Z",
        "2024-01-31 12:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-02-30T00:00:00Z",
        "2023-02-29T00:00:00Z",
        "2024-01-31T24:00:00Z",
        "2024-01-31T12:60:00Z",
        "2024-01-31T12:00:61Z",
        "2024-01-31T12:00:00+0100",
        "2024-01-31T12:00:00+01",
        "2024-01-31T12:00:00+25:00",
        "2024-01-31T12:00:00.Z",
        "2024-01-31T12:00:00Z ",
        "20240131T120000Z",
        "2024-01-31T12:00:00[UTC]",
        "2024-01-31T12:00:00Z[Europe/Paris]",
        "-2024-01-31T12:00:00Z",
        "+002024-01-31T12:00:00Z",
        "24-01-31T12:00:00Z",
        "1706700000",
        "Wed, 31 Jan 2024 12:00:00 GMT",
    ];
    let right = right.iter().map(|time| one(time, write(time), Valid));
    right.chain(wrong.iter().map(|time| one(time, write(time), Invalid))).collect()
}

/// Returns the values of a member of a JSON body.
fn of_member(schema: &Schema) -> Vec<TestValue> {
    let quoted = |text: &str| format!("{text:?}");
    let mut values = vec![
        one("null", "null", if schema.is_nullable { Unspecified } else { Invalid }),
        one("1e400", "1e400", Invalid),
    ];
    let mut of_kinds = |kinds: &[(&str, &str)]| {
        values.extend(kinds.iter().map(|(label, text)| one(label, *text, Invalid)));
    };
    let (number, boolean, list, object, text) = (
        [("a number", "7")],
        [("a boolean", "true")],
        [("a list", "[]"), ("a list of one", "[7]")],
        [("an object", "{}")],
        [("a text", "\"x\"")],
    );
    match schema.kind.as_str() {
        "string" => {
            of_kinds(&number);
            of_kinds(&boolean);
            of_kinds(&list);
            of_kinds(&object);
            values.extend(texts(schema, quoted));
        }
        "integer" | "number" => {
            of_kinds(&boolean);
            of_kinds(&list);
            of_kinds(&object);
            of_kinds(&text);
            of_kinds(&[("a number as text", "\"7\""), ("an empty text", "\"\"")]);
            if schema.kind == "integer" {
                of_kinds(&[("a fraction", "1.5"), ("far beyond", "99999999999999999999999999")]);
            }
            values.push(one("7", "7", Valid));
            values.push(one("negative", "-1", Unspecified));
            values.extend(schema.maximum.map(|most| one("beyond", (most + 1).to_string(), Invalid)));
        }
        "boolean" => {
            of_kinds(&number);
            of_kinds(&list);
            of_kinds(&object);
            of_kinds(&text);
            of_kinds(&[("true as text", "\"true\""), ("0", "0"), ("1", "1"), ("an empty text", "\"\"")]);
            values.extend(["true", "false"].map(|word| one(word, word, Valid)));
        }
        "array" => {
            of_kinds(&number);
            of_kinds(&boolean);
            of_kinds(&object);
            of_kinds(&text);
            values.push(one("empty", "[]", Unspecified));
            if schema.item_kind == "string" || schema.item_kind == "object" {
                values.push(one("a list of a number", "[7]", Invalid));
            }
        }
        "object" => {
            of_kinds(&number);
            of_kinds(&boolean);
            of_kinds(&list);
            of_kinds(&text);
            of_kinds(&[("an empty text", "\"\"")]);
            values.push(one("empty", "{}", Unspecified));
        }
        _ => {}
    }
    let again = match schema.kind.as_str() {
        "string" => "\"x\"",
        "boolean" => "true",
        "object" => "{}",
        "array" => "[]",
        _ => "7",
    };
    values.push(value("twice", ParameterText::Twice(again.to_owned(), again.to_owned()), Invalid));
    values
}

/// Returns strings of a member: the shortest, the longest, and a longer one.
fn texts(schema: &Schema, quoted: impl Fn(&str) -> String) -> Vec<TestValue> {
    if schema.format == "date-time" {
        let mut values = times(quoted);
        values.push(one("empty", "\"\"", Invalid));
        return values;
    }
    if !schema.enum_values.is_empty() {
        let mut values = words(&schema.enum_values, quoted);
        values.push(one("empty", "\"\"", Invalid));
        return values;
    }
    let is_empty_wrong = schema.min_length.is_some_and(|least| least > 0);
    let mut values = vec![
        one("empty", "\"\"", if is_empty_wrong { Invalid } else { Unspecified }),
        one("least", "\"x\"", Unspecified),
        one("a lone surrogate", "\"\\ud800\"", Invalid),
        one("a zero byte", "\"a\\u0000b\"", Unspecified),
    ];
    if let Some(most) = schema.max_length {
        values.push(one("most", quoted(&"n".repeat(most)), Unspecified));
        values.push(one("beyond", quoted(&"n".repeat(most + 1)), Invalid));
    }
    values.push(one("long", quoted(&"n".repeat(10_000)), Unspecified));
    values
}

/// Returns values of parameters that the descriptions define as plain strings, with verdicts from other pages.
fn of_name(name: &str) -> Vec<TestValue> {
    let (right, wrong): (&[&str], &[&str]) = match name.to_ascii_lowercase().as_str() {
        "$select" => (&["id,name", "*"], &[]),
        "$expand" => (&["children", "children($select=id)"], &["nosuch", "children(", "children($nosuch=1)"]),
        "$orderby" => {
            (&["name", "name desc", "name asc"], &["nosuch", "name sideways", "name,size", "name desc x"])
        }
        "$skiptoken" => (&["MQ"], &["!!", "x", "LTE", "MA"]),
        "if-match" => (&["*"], &["\"no tag of this\"", "\"open", "x"]),
        "if-none-match" => (&["\"no tag of this\""], &["\"open"]),
        "range" => (&["bytes=0-0", "bytes=-1", "bytes=0-"], &[]),
        "content-range" => (
            &[],
            &[
                "bytes",
                "0-1/2",
                "bytes 0-1",
                "bytes 1-0/2",
                "bytes 0-2/2",
                "bytes a-b/c",
                "bytes 0-1/*",
                "bytes=0-1/2",
                "bytes */2",
                "lines 0-1/2",
                "bytes +0-1/2",
            ],
        ),
        "digest" => (&[], &["x", "sha=", "sha=x", "md5=x", "sha256=x", "sha=2jmj7l5rSw0yVb/vlWAYkK/YBwk"]),
        "content-md5" => (
            &["a9993e364706816aba3e25717850c26c9cd0d89d"],
            &["x", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
        ),
        "stream_position" => (&["now", "0"], &["abc", "-1", "1.5"]),
        "created_at_range" | "updated_at_range" | "deleted_at_range" => (
            &["2024-01-31T12:00:00Z,", ",2024-01-31T12:00:00Z", "2024-01-31T12:00:00Z,2024-02-01T12:00:00Z"],
            &["yesterday,", "2024-01-31T12:00:00Z", "2024-01-31,", "1,2,3"],
        ),
        "size_range" => (&["1,", ",1", "1,2"], &["a,b", "1", "1,2,3", "-1,", "1.5,2"]),
        "ancestor_folder_ids" => (&["0"], &["x", "1.5"]),
        "marker" => (&[], &["x", "!!"]),
        "version" => (&[], &["x", "0", "99999999999"]),
        _ => (&[], &[]),
    };
    let right = right.iter().map(|text| one(text, *text, Valid));
    right.chain(wrong.iter().map(|text| one(text, *text, Invalid))).collect()
}
