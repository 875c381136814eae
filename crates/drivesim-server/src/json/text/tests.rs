//! Tests that values are written as `serde_json` writes them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::compound::SHORT;
use super::*;

fn assert_same(value: &impl Serialize) {
    let written = String::from_utf8(to_vec(value, 0)).unwrap();
    assert_eq!(written, serde_json::to_string(value).unwrap());
}

#[derive(Serialize)]
enum Any {
    Unit,
    One(u8),
    Two(u8, f64),
    Named { a: i64, b: Option<&'static str> },
}

#[derive(Serialize)]
struct Pair(char, ());

#[test]
fn all_kinds_of_values_are_written_as_serde_json_does() {
    assert_same(&[Any::Unit, Any::One(1), Any::Two(2, 0.5), Any::Named { a: -3, b: None }]);
    assert_same(&Any::Named { a: i64::MIN, b: Some("\u{7f}é\"") });
    assert_same(&Pair('"', ()));
    assert_same(&(u64::MAX, 1.0e30, f32::MIN, "", [0_u8; 0]));
    assert_same(&BTreeMap::from([("a\"b", vec![Some(true), None]), ("c", vec![])]));
    assert_same(&json!({ "a": { "b": [], "c": {} }, "d": null, "e\n": "\u{0}\u{1f} \\ /" }));
}

#[test]
fn members_with_long_names_are_written_as_those_with_short_ones() {
    struct Named(&'static [&'static str]);
    impl Serialize for Named {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut members = serializer.serialize_struct("Named", self.0.len())?;
            for name in self.0 {
                members.serialize_field(name, &1)?;
            }
            members.end()
        }
    }
    // As long as the limit, and longer; in the first place and behind another.
    const FITS: &str = "m23456789012345678901234567890123456";
    const LONG: &str = "m234567890123456789012345678901234567";
    assert_eq!((FITS.len() + 4, LONG.len() + 4), (SHORT, SHORT + 1));
    for names in [&["a", FITS, LONG] as &[_], &[FITS, "a"], &[LONG, FITS]] {
        assert_same(&Named(names));
    }
}

#[test]
fn written_json_is_inserted_unchanged() {
    let raw = Verbatim::of(&json!({ "a": ["b\n", 1] }));
    let written = String::from_utf8(to_vec(&vec![("x", raw.clone()), ("y", raw)], 0)).unwrap();
    assert_eq!(written, r#"[["x",{"a":["b\n",1]}],["y",{"a":["b\n",1]}]]"#);
}

#[test]
fn text_without_escapes_is_written_like_any_text() {
    assert_eq!(to_vec(&[NoEscape("17"), NoEscape("")], 0), br#"["17",""]"#);
    assert_eq!(serde_json::to_string(&NoEscape("17")).unwrap(), r#""17""#);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[ -~\\t]{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_written_as_serde_json_does(value in any_json()) {
        assert_same(&value);
    }
}
