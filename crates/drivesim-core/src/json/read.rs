//! Parses JSON (RFC 8259) into values. An object with a duplicate key is an error.

use std::collections::HashSet;

use super::Value;

/// The largest depth of nested values.
pub(super) const DEPTH_LIMIT: usize = 64;
/// The largest number of values and keys in a text: each uses far more memory than the two bytes that it may take
/// there.
const MAX_VALUES: usize = 50_000;

/// The error for a text that is not JSON.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {at}")]
pub struct ParseJsonError {
    /// The offset of the error in bytes.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl std::fmt::Debug for ParseJsonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

type Read<T> = Result<T, ParseJsonError>;

/// Parses a text that is one value, with optional blanks around it.
pub(super) fn parse_whole(text: &str) -> Read<Value> {
    let mut reader = Reader::of(text);
    reader.skip_blanks();
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.expected("the end of the value")) }
}

/// Parses the value at the start of a text; returns also its length in bytes.
pub(super) fn parse_prefix(text: &str) -> Read<(Value, usize)> {
    let mut reader = Reader::of(text);
    let value = reader.value(0)?;
    Ok((value, reader.at))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    n_values: usize,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Reader<'t> {
        Reader { text, at: 0, n_values: 0 }
    }

    /// Counts one more value or key.
    fn count(&mut self) -> Read<()> {
        self.n_values += 1;
        if self.n_values > MAX_VALUES { Err(self.expected("at most 50,000 values and keys")) } else { Ok(()) }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn expected(&self, expected: &'static str) -> ParseJsonError {
        ParseJsonError { at: self.at, expected }
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Skips `text` if it comes next.
    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > DEPTH_LIMIT {
            return Err(self.expected("at most 64 levels of lists and objects"));
        }
        self.count()?;
        let literals = [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
        for (literal, value) in literals {
            if self.take(literal) {
                return Ok(value);
            }
        }
        match self.rest().as_bytes().first() {
            Some(b'"') => self.text().map(Value::Text),
            Some(b'[') => self.list(depth),
            Some(b'{') => self.object(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.expected("a JSON value")),
        }
    }

    fn list(&mut self, depth: usize) -> Read<Value> {
        let mut elements = Vec::new();
        self.take("[");
        self.skip_blanks();
        if self.take("]") {
            return Ok(Value::List(elements));
        }
        loop {
            self.skip_blanks();
            elements.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.take("]") {
                return Ok(Value::List(elements));
            }
            if !self.take(",") {
                return Err(self.expected("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        let mut members: Vec<(String, Value)> = Vec::new();
        // A set, as an object may have very many members.
        let mut keys = HashSet::new();
        self.take("{");
        self.skip_blanks();
        if self.take("}") {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_blanks();
            let at = self.at;
            if !self.rest().starts_with('"') {
                return Err(self.expected("a quoted key"));
            }
            self.count()?;
            let key = self.text()?;
            if !keys.insert(key.clone()) {
                return Err(ParseJsonError { at, expected: "unique keys in an object" });
            }
            self.skip_blanks();
            if !self.take(":") {
                return Err(self.expected("`:`"));
            }
            self.skip_blanks();
            members.push((key, self.value(depth + 1)?));
            self.skip_blanks();
            if self.take("}") {
                return Ok(Value::Object(members));
            }
            if !self.take(",") {
                return Err(self.expected("`,` or `}`"));
            }
        }
    }

    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        self.take("-");
        if !self.take("0") && self.digits() == 0 {
            return Err(self.expected("a digit"));
        }
        if self.take(".") && self.digits() == 0 {
            return Err(self.expected("a digit"));
        }
        if self.take("e") || self.take("E") {
            let _has_sign = self.take("+") || self.take("-");
            if self.digits() == 0 {
                return Err(self.expected("a digit"));
            }
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        // Clients could not read a larger number.
        if digits.parse::<f64>().is_ok_and(f64::is_finite) {
            return Ok(Value::Number(digits.to_owned()));
        }
        Err(ParseJsonError { at: start, expected: "a number that a double can hold" })
    }

    /// Skips digits; returns their number.
    fn digits(&mut self) -> usize {
        let n_digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += n_digits;
        n_digits
    }

    fn text(&mut self) -> Read<String> {
        let mut text = String::new();
        self.take("\"");
        loop {
            let is_special = |c: char| c == '"' || c == '\\' || c < ' ';
            let n_plain = self.rest().find(is_special).unwrap_or(self.rest().len());
            text.push_str(self.rest().get(..n_plain).unwrap_or_default());
            self.at += n_plain;
            if self.take("\"") {
                return Ok(text);
            }
            if !self.take("\\") {
                return Err(self.expected("a closing `\"`"));
            }
            text.push(self.escape()?);
        }
    }

    /// Parses the rest of an escape after the backslash.
    fn escape(&mut self) -> Read<char> {
        let escapes = [
            ("\"", '"'),
            ("\\", '\\'),
            ("/", '/'),
            ("b", '\u{8}'),
            ("f", '\u{c}'),
            ("n", '\n'),
            ("r", '\r'),
            ("t", '\t'),
        ];
        if let Some((_, c)) = escapes.into_iter().find(|(letter, _)| self.take(letter)) {
            return Ok(c);
        }
        let wrong =
            self.expected("an escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and four hexadecimal digits");
        let first = self.unit().ok_or_else(|| wrong.clone())?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(wrong);
        }
        let second = if self.take("\\") { self.unit() } else { None };
        let second = second.filter(|unit| (0xdc00..0xe000).contains(unit)).ok_or_else(|| wrong.clone())?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(wrong)
    }

    /// Parses `u` and four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest().strip_prefix('u')?.get(..4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let unit = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        self.at += 5;
        Some(unit)
    }
}
