//! Tests ordered values against `serde_json`.

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::value::{Error, MapDeserializer};

use super::{Map, Value};
use crate::json::text::{NoEscape, Verbatim, to_vec};

#[test]
fn members_keep_the_order_in_which_they_were_added() {
    let key = "d";
    let mut value =
        json!({ "z": 1, "a": { "y": null, "b": [] }, key: [null, true, { "x": -1, "c": "t" }, [2.5]] });
    value["m"] = json!("new");
    value["z"] = json!(2);
    let text = r#"{"z":2,"a":{"y":null,"b":[]},"d":[null,true,{"x":-1,"c":"t"},[2.5]],"m":"new"}"#;
    assert_eq!(value.to_string(), text);
    assert_eq!(serde_json::from_str::<Value>(text).unwrap().to_string(), text);
    assert_eq!(Value::of(&value).to_string(), text);
}

#[test]
fn objects_are_equal_whatever_their_order() {
    let (left, right) = (json!({ "a": 1, "b": 2 }), json!({ "b": 2, "a": 1 }));
    assert_eq!(left, right);
    assert_ne!(left, json!({ "a": 1 }));
    assert_ne!(left, json!({ "a": 1, "b": 3 }));
}

#[test]
fn written_json_is_parsed_and_plain_text_is_a_string() {
    #[derive(serde::Serialize)]
    struct Item {
        b: Verbatim,
        a: NoEscape<&'static str>,
    }
    let item = Item { b: Verbatim::of(&json!({ "z": 1, "y": [] })), a: NoEscape("17") };
    assert_eq!(json!(item).to_string(), r#"{"b":{"z":1,"y":[]},"a":"17"}"#);
}

#[test]
fn a_missing_member_is_null_and_indexing_turns_any_value_into_an_object() {
    let mut value = json!([1]);
    assert_eq!(value["a"], Value::Null);
    value["a"] = json!(1);
    assert_eq!(value, json!({ "a": 1 }));
    assert_eq!(value["b"], Value::Null);
}

#[test]
fn a_list_is_not_a_map() {
    assert!(serde_json::from_str::<Map>("[]").is_err());
    assert_eq!(Value::from(serde_json::from_str::<Map>(r#"{"a":1}"#).unwrap()), json!({ "a": 1 }));
}

#[test]
fn numbers_of_any_precision_are_numbers() {
    for (digits, value) in [("7", json!(7)), ("-7", json!(-7)), ("33.3", json!(33.3)), ("1e3", json!(1000.0))]
    {
        let members = [("$serde_json::private::Number", digits)];
        let read = Value::deserialize(MapDeserializer::<_, Error>::new(members.into_iter()));
        assert_eq!(read.unwrap(), value, "{digits}");
    }
    let members = [("$serde_json::private::Number", "x")];
    assert!(Value::deserialize(MapDeserializer::<_, Error>::new(members.into_iter())).is_err());
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<u64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_survives_a_round_trip(json in any_json()) {
        let text = to_vec(&json, 0);
        let value = Value::of(&json);
        prop_assert_eq!(to_vec(&value, 0), text.clone());
        let read: Value = serde_json::from_slice(&text).unwrap();
        // `serde_json` may read the digits of a fraction as an adjacent number.
        let again: serde_json::Value = serde_json::from_slice(&text).unwrap();
        prop_assert_eq!(to_vec(&read, 0), to_vec(&again, 0));
    }
}
