//! Selects parts of a member, for names of fields with a dot.

use crate::json::ordered::{Map, Value};

/// Returns the parts of an object at these paths, which are keys separated by dots; `None` if there are none. Values
/// other than objects, such as `null`, are returned unchanged.
///
/// Only `metadata.SCOPE.TEMPLATE` is documented; box-ui-elements requests `permissions.can_upload`.
///
/// ASSUMED: Box answers a name of a field with a dot with only that part of the member (no option: no other reading is
/// known).
/// ASSUMED: The scope `enterprise` of an instance of metadata stands for that of any enterprise, and `metadata` alone
/// requests all instances of Box (no option: no other reading is known).
pub(crate) fn select_parts(value: Value, paths: &[&str]) -> Option<Value> {
    let Value::Object(members) = value else { return Some(value) };
    let part = |(key, value): (String, Value)| {
        let below: Vec<&str> = paths.iter().filter_map(|path| below(path, &key)).collect();
        match below.iter().any(|path| path.is_empty()) {
            true => Some((key, value)),
            false if below.is_empty() => None,
            false if !matches!(value, Value::Object(_)) => None,
            false => select_parts(value, &below).map(|value| (key, value)),
        }
    };
    let parts: Vec<(String, Value)> = members.into_iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.into_iter().collect::<Map>().into())
}

/// Returns the rest of a path after a key, which may be empty; `None` if the path begins with another key.
fn below<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    let remainder = match path.strip_prefix(key) {
        Some(remainder) => remainder,
        // The key may have the id of an enterprise after the scope.
        None if key.starts_with("enterprise_") => path.strip_prefix("enterprise")?,
        None => return None,
    };
    if remainder.is_empty() { Some(remainder) } else { remainder.strip_prefix('.') }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::ordered::json;

    #[test]
    fn paths_select_parts_of_an_object() {
        let whole = json!({ "enterprise_1": { "a": { "x": 1 }, "b": 2 }, "global": { "a": null } });
        let part = |paths: &[&str]| select_parts(whole.clone(), paths).map(|value| value.to_string());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(part(&["enterprise_1.a"]), some(r#"{"enterprise_1":{"a":{"x":1}}}"#));
        assert_eq!(
            part(&["enterprise.b", "global"]),
            some(r#"{"enterprise_1":{"b":2},"global":{"a":null}}"#)
        );
        assert_eq!(part(&["enterprise_1.a.y", "enterprise_2.a", "glob"]), None);
        assert_eq!(select_parts(Value::Null, &["url"]), Some(Value::Null));
    }
}
