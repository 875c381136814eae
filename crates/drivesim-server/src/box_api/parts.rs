//! Picks parts of a member: what names of fields with a dot ask for.

use crate::ordered_json::{Map, Value};

/// Returns of an object only what these paths lead to, each a key or several with dots between; `None` if nothing is left.
/// What is no object, as `null`, stays as it is.
///
/// Only `metadata.SCOPE.TEMPLATE` is documented; box-ui-elements asks for `permissions.can_upload`. That Box answers a
/// name of a field with a dot with that part of the member and no other is *assumed* (no option: no other reading is
/// known). That the scope `enterprise` of an instance of metadata stands for that of any enterprise, and that
/// `metadata` alone asks for all instances, is *assumed* of Box (no option: no other reading is known).
pub(crate) fn of(value: Value, paths: &[&str]) -> Option<Value> {
    let Value::Object(members) = value else { return Some(value) };
    let part = |(key, value): (String, Value)| {
        let below: Vec<&str> = paths.iter().filter_map(|path| below(path, &key)).collect();
        match below.iter().any(|path| path.is_empty()) {
            true => Some((key, value)),
            false if below.is_empty() => None,
            false if !matches!(value, Value::Object(_)) => None,
            false => of(value, &below).map(|value| (key, value)),
        }
    };
    let kept: Vec<(String, Value)> = members.into_iter().filter_map(part).collect();
    (!kept.is_empty()).then(|| kept.into_iter().collect::<Map>().into())
}

/// Returns what follows a key in a path, nothing if it ends with it; `None` if another key stands there.
fn below<'a>(path: &'a str, key: &str) -> Option<&'a str> {
    let rest = match path.strip_prefix(key) {
        Some(rest) => rest,
        // Scopes and templates may have an id behind.
        None if key.starts_with("enterprise_") => path.strip_prefix("enterprise")?,
        None => return None,
    };
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ordered_json::json;

    #[test]
    fn paths_lead_to_parts_of_an_object() {
        let whole = json!({ "enterprise_1": { "a": { "x": 1 }, "b": 2 }, "global": { "a": null } });
        let part = |paths: &[&str]| of(whole.clone(), paths).map(|value| value.to_string());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(part(&["enterprise_1.a"]), some(r#"{"enterprise_1":{"a":{"x":1}}}"#));
        assert_eq!(
            part(&["enterprise.b", "global"]),
            some(r#"{"enterprise_1":{"b":2},"global":{"a":null}}"#)
        );
        assert_eq!(part(&["enterprise_1.a.y", "enterprise_2.a", "glob"]), None);
        assert_eq!(of(Value::Null, &["url"]), Some(Value::Null));
    }
}
