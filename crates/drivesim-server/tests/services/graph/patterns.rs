//! Compares responses with the patterns of transcripts.

use serde_json::Value;

/// Replaces the placeholders of a text by their values. Unknown placeholders stay.
pub(crate) fn expand(text: &str, known: &dyn Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, key, after)) = placeholder(rest) {
        filled += before;
        match known(key) {
            Some(text) => filled += &text,
            None => filled += &format!("[{key}]"),
        }
        rest = after;
    }
    filled + rest
}

/// Finds the first placeholder: a bracket, a letter or one of `=*`, no quotes, a bracket.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find('[')?;
        let end = at + text[at..].find(']')?;
        let key = &text[at + 1..end];
        let starts_key =
            key.starts_with(|first: char| first.is_ascii_lowercase() || matches!(first, '=' | '*'));
        if starts_key && !key.contains(['"', '[', '{', ',']) {
            return Some((&text[..at], key, &text[end + 1..]));
        }
        from = at + 1;
    }
}

/// Matches a text against a pattern and returns the parts to keep, by name.
pub(crate) fn match_text(pattern: &str, text: &str) -> Option<Vec<(String, String)>> {
    let Some((before, key, after)) = placeholder(pattern) else {
        return (pattern == text).then(Vec::new);
    };
    let rest = text.strip_prefix(before)?;
    let next = placeholder(after).map_or(after, |(before, _, _)| before);
    let ends = (0..=rest.len()).filter(|&end| rest.is_char_boundary(end) && rest[end..].starts_with(next));
    for end in ends {
        if let Some(mut kept) = match_text(after, &rest[end..]) {
            if let Some(name) = key.strip_prefix('=') {
                kept.push((name.to_owned(), rest[..end].to_owned()));
            }
            return Some(kept);
        }
    }
    None
}

/// Returns the first difference between a value and a pattern.
pub(crate) fn match_value(
    pattern: &Value,
    value: &Value,
    fits: &mut dyn FnMut(&str, &str) -> bool,
    at: &str,
) -> Result<(), String> {
    let differs = || Err(format!("{at} is {value}, expected {pattern}"));
    match (pattern, value) {
        (Value::String(pattern), _) if pattern == "[*]" => Ok(()),
        (Value::String(pattern), Value::String(text)) if fits(pattern, text) => Ok(()),
        (Value::Number(pattern), Value::Number(number)) if pattern.as_f64() == number.as_f64() => Ok(()),
        (Value::Array(patterns), Value::Array(values)) if patterns.len() == values.len() => {
            let mut pairs = patterns.iter().zip(values).enumerate();
            pairs.try_for_each(|(index, (pattern, value))| {
                match_value(pattern, value, fits, &format!("{at}[{index}]"))
            })
        }
        (Value::Object(patterns), Value::Object(values)) => {
            let has_more = values.keys().find(|key| !patterns.contains_key(*key));
            if let (Some(key), false) = (has_more, patterns.contains_key("...")) {
                return Err(format!("{at} has a member {key:?} that is not expected"));
            }
            let mut expected = patterns.iter().filter(|(key, _)| *key != "...");
            expected.try_for_each(|(key, pattern)| match values.get(key) {
                Some(value) => match_value(pattern, value, fits, &format!("{at}.{key}")),
                None => Err(format!("{at} has no member {key:?}")),
            })
        }
        _ if pattern == value => Ok(()),
        _ => differs(),
    }
}
