//! Tests of parsing JSON, its canonical form and its shapes.

use proptest::prelude::*;

use super::*;

fn canonical(text: &str) -> String {
    match text.parse::<Json>() {
        Ok(json) => json.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn json_is_written_without_blanks_and_in_the_same_order() {
    let cases = [
        (" [ 1 , -0.5e+3,\ttrue , null ] ", "[1,-0.5e+3,true,null]"),
        (r#"{"b": {}, "a": [ ]}"#, r#"{"b":{},"a":[]}"#),
        (r#""\u00e9 \/ \" \\ \b\n \ud83d\udcc1 '""#, r#""é / \" \\ \u0008\n 📁 '""#),
        ("\"\u{202e}\u{301}\"", r#""\u202e\u0301""#),
        ("\"\\ud800\\udc00\u{e0001}\"", r#""𐀀\udb40\udc01""#),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text), expected, "{text}");
    }
}

#[test]
fn invalid_json_fails_with_the_offset() {
    let cases = [
        ("", "expected a JSON value at byte 0"),
        ("[1,]", "expected a JSON value at byte 3"),
        ("[1 2]", "expected `,` or `]` at byte 3"),
        ("{a:1}", "expected a quoted key at byte 1"),
        (r#"{"a" 1}"#, "expected `:` at byte 5"),
        (r#"{"a":1,"\u0061":2}"#, "expected unique keys in an object at byte 7"),
        (r#""a"#, "expected a closing `\"` at byte 2"),
        ("\"a\nb\"", "expected a closing `\"` at byte 2"),
        ("01", "expected the end of the value at byte 1"),
        ("-", "expected a digit at byte 1"),
        ("1.", "expected a digit at byte 2"),
        ("1e", "expected a digit at byte 2"),
        ("1e999", "expected a number that a double can hold at byte 0"),
        ("nul", "expected a JSON value at byte 0"),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text), expected, "{text}");
    }
    for text in [r#""\ud800""#, r#""\ud800\u0041""#, r#""\x41""#, r#""\u+041""#, r#""\u00"#] {
        assert!(canonical(text).starts_with("expected an escape"), "{text}");
    }
    assert!(canonical(&"[".repeat(1000)).starts_with("expected at most 64 levels"));
    assert!("[".repeat(64).chars().chain("]".repeat(64).chars()).collect::<String>().parse::<Json>().is_ok());
}

#[test]
fn parts_of_an_object_are_kept_by_their_paths() {
    let parts = |paths: &[&str]| {
        let json: Json = r#"{"a":{"b":{"c":1},"d":2},"a.b":3,"e":4}"#.parse().unwrap();
        json.value().parts(paths).map(|value| Json::from_value(&value).to_string())
    };
    assert_eq!(parts(&["a.b"]).as_deref(), Some(r#"{"a":{"b":{"c":1}},"a.b":3}"#));
    assert_eq!(parts(&["a.d", "e"]).as_deref(), Some(r#"{"a":{"d":2},"e":4}"#));
    assert_eq!(parts(&["a.b.x", "e.f", "nothing"]), None);
    assert_eq!(parts(&[]), None);
}

#[test]
fn a_wrong_shape_fails_with_its_place_and_the_rule() {
    const WORDS: Shape = Shape::OneOf(&["on", "off"]);
    const ALL: &[MemberShape] = &[
        MemberShape::required("id", Shape::Text),
        MemberShape::of("n", Shape::UnsignedInteger),
        MemberShape::of("tag", Shape::NonEmptyText),
        MemberShape::of("at", Shape::Nullable(&Shape::Time)),
        MemberShape::of("list", Shape::List(&WORDS, 2)),
        MemberShape::of("any", Shape::AnyObject),
        MemberShape::of("map", Shape::Map(&Shape::Scalar)),
        MemberShape::of("is", Shape::Bool),
    ];
    let fault = |text: &str| Shape::Object(ALL).fault("x", &text.parse::<Json>().unwrap().value());
    let good = r#"{"id":"","n":7,"at":null,"tag":" ","list":["on"],"any":{"a":[]},"map":{"a":1,"b":true},"is":false}"#;
    assert_eq!(fault(good), None);
    assert_eq!(fault(r#"{"id":"","at":"2012-12-12T10:53:43-08:00"}"#), None);
    let cases = [
        ("7", "x must be an object, not 7"),
        ("{}", "x must have the member id"),
        (r#"{"id":7}"#, "x.id must be a string, not 7"),
        (r#"{"id":"","n":-1}"#, "x.n must be a non-negative integer, not -1"),
        (r#"{"id":"","n":1.0}"#, "x.n must be a non-negative integer, not 1.0"),
        (
            r#"{"id":"","at":"2012-12-12"}"#,
            "x.at must be a time such as \"2012-12-12T10:53:43-08:00\" or null, not \"2012-12-12\"",
        ),
        (r#"{"id":"","list":["on","in"]}"#, "x.list[1] must be one of \"on\", \"off\", not \"in\""),
        (r#"{"id":"","list":["on","on","on"]}"#, "x.list must have at most 2 elements, not 3"),
        (r#"{"id":"","map":{"a":[]}}"#, "x.map.a must be a string, true, false or a number, not []"),
        (r#"{"id":"","is":"true"}"#, "x.is must be true or false, not \"true\""),
        (r#"{"id":"","tag":""}"#, "x.tag must be a non-empty string, not \"\""),
        (r#"{"id":"","tag":7}"#, "x.tag must be a non-empty string, not 7"),
        (r#"{"id":"","so":1}"#, "x has no member \"so\"; it may have id, n, tag, at, list, any, map, is"),
    ];
    for (text, expected) in cases {
        assert_eq!(fault(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn an_object_with_too_many_members_fails() {
    let members: Vec<String> = (0..24_999).map(|number| format!("\"{number}\":0")).collect();
    let text = format!("{{{}}}", members.join(","));
    assert_eq!(text.parse::<Json>().unwrap().as_str(), text);
    let twice = format!("{{{},\"7\":0}}", members.join(","));
    assert_eq!(twice.parse::<Json>().unwrap_err().expected, "unique keys in an object");
    for more in [format!("{{{},\"a\":0}}", members.join(",")), format!("[{}0]", "0,".repeat(50_000))] {
        assert_eq!(more.parse::<Json>().unwrap_err().expected, "at most 50,000 values and keys");
    }
}

proptest! {
    #[test]
    fn all_parsed_json_is_valid_for_serde_json(text in ".{0,40}") {
        let (own, other) = (text.parse::<Json>(), serde_json::from_str::<serde_json::Value>(&text));
        prop_assert!(own.is_err() || other.is_ok(), "{:?}", own);
    }

    #[test]
    fn a_text_is_read_back_and_its_form_is_canonical(text in any::<String>()) {
        let json = Json::text(&text);
        prop_assert_eq!(serde_json::from_str::<String>(json.as_str()).unwrap(), text);
        prop_assert_eq!(json.as_str().parse::<Json>(), Ok(json.clone()));
        prop_assert!(json.as_str().chars().all(|c| !c.is_control()));
    }
}
