//! Writes responses as JSON.
//!
//! `serde_json` examines each byte of each name and text separately, which takes most of the time of a listing. Here
//! names of members need no escapes, and eight bytes of a text are examined at once. Numbers are left to `serde_json`.

mod escapes;
mod text_kind;

use std::fmt;

use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use self::escapes::{must_escape, needs_escapes};
use self::text_kind::{NO_ESCAPE, TextKind};
pub(crate) use self::text_kind::{NoEscape, VERBATIM, Verbatim};

/// Writes a value into a new buffer of some capacity.
pub(crate) fn to_vec(value: &impl Serialize, capacity: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(capacity);
    append(&mut out, value);
    out
}

/// Appends a value to a buffer.
pub(crate) fn append(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let written = value.serialize(&mut Writer { out, known: TextKind::Unknown });
    // Only custom implementations can fail, and no type of a response does.
    debug_assert!(written.is_ok(), "{written:?}");
}

// Names are known at compile time: inlining copies their bytes without a loop.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// What is known about the next text.
    known: TextKind,
}

impl Writer<'_> {
    #[inline(always)]
    fn push(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes a value with `serde_json`.
    fn fallback(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        serde_json::to_writer(&mut *self.out, value).map_err(|_| fmt::Error)
    }

    fn text(&mut self, text: &str) {
        match std::mem::take(&mut self.known) {
            TextKind::Verbatim => self.push(text),
            TextKind::NoEscape => {
                debug_assert!(!needs_escapes(text.as_bytes()), "{text:?} is not plain");
                self.quoted(text);
            }
            TextKind::Unknown if needs_escapes(text.as_bytes()) => self.escaped(text),
            TextKind::Unknown => self.quoted(text),
        }
    }

    fn escaped(&mut self, text: &str) {
        self.push("\"");
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| must_escape(&byte)) {
            let (before, from) = rest.split_at(at);
            self.push(before);
            let mut bytes = from.bytes();
            match bytes.next().unwrap_or_default() {
                b'"' => self.push("\\\""),
                b'\\' => self.push("\\\\"),
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                0x08 => self.push("\\b"),
                0x0C => self.push("\\f"),
                control => self.push(&format!("\\u{control:04x}")),
            }
            rest = &from[1..];
        }
        self.push(rest);
        self.push("\"");
    }

    #[inline(always)]
    fn quoted(&mut self, text: &str) {
        self.push("\"");
        self.push(text);
        self.push("\"");
    }

    /// Starts an object with the name of a variant as its only key.
    fn variant(&mut self, name: &str, open: &str) {
        self.push("{");
        self.quoted(name);
        self.push(":");
        self.push(open);
    }
}

/// A list or an object that is being written.
struct Compound<'w, 'a> {
    writer: &'w mut Writer<'a>,
    is_first: bool,
    close: &'static str,
}

/// The maximal number of bytes of a member's name, with its punctuation, that is written at once.
const SHORT: usize = 40;

impl<'w, 'a> Compound<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>, close: &'static str) -> Compound<'w, 'a> {
        Compound { writer, is_first: true, close }
    }

    #[inline(always)]
    fn next(&mut self) {
        if !std::mem::take(&mut self.is_first) {
            self.writer.out.push(b',');
        }
    }

    #[inline(always)]
    fn member(&mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        let is_first = std::mem::take(&mut self.is_first);
        // Names are known at compile time: this becomes a few stores.
        let end = name.len() + 4;
        let mut piece = [0; SHORT];
        if end <= SHORT {
            piece[..2].copy_from_slice(b",\"");
            piece[2..end - 2].copy_from_slice(name.as_bytes());
            piece[end - 2..end].copy_from_slice(b"\":");
            let piece = if is_first { &piece[1..end] } else { &piece[..end] };
            self.writer.out.extend_from_slice(piece);
        } else {
            self.writer.push(if is_first { "\"" } else { ",\"" });
            self.writer.push(name);
            self.writer.push("\":");
        }
        value.serialize(&mut *self.writer)
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        self.next();
        value.serialize(&mut *self.writer)
    }

    fn finish(self) -> Result<(), fmt::Error> {
        self.writer.push(self.close);
        Ok(())
    }
}

/// Writes numbers as `serde_json` does.
macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {
        $(
            fn $name(self, number: $type) -> Result<(), fmt::Error> {
                self.fallback(&number)
            }
        )*
    };
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Compound<'w, 'a>;
    type SerializeTuple = Compound<'w, 'a>;
    type SerializeTupleStruct = Compound<'w, 'a>;
    type SerializeTupleVariant = Compound<'w, 'a>;
    type SerializeMap = Compound<'w, 'a>;
    type SerializeStruct = Compound<'w, 'a>;
    type SerializeStructVariant = Compound<'w, 'a>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char
    }

    fn serialize_bool(self, value: bool) -> Result<(), fmt::Error> {
        self.push(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), fmt::Error> {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), fmt::Error> {
        self.fallback(bytes)
    }

    fn serialize_none(self) -> Result<(), fmt::Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), fmt::Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), fmt::Error> {
        self.push("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), fmt::Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), fmt::Error> {
        self.quoted(name);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), fmt::Error> {
        self.known = match name {
            VERBATIM => TextKind::Verbatim,
            NO_ESCAPE => TextKind::NoEscape,
            _ => TextKind::Unknown,
        };
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), fmt::Error> {
        self.variant(name, "");
        value.serialize(&mut *self)?;
        self.push("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.push("[");
        Ok(Compound::new(self, "]"))
    }

    fn serialize_tuple(self, n_elements: usize) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.serialize_seq(Some(n_elements))
    }

    fn serialize_tuple_struct(self, _: &'static str, n: usize) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.serialize_seq(Some(n))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.variant(name, "[");
        Ok(Compound::new(self, "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.push("{");
        Ok(Compound::new(self, "}"))
    }

    fn serialize_struct(self, _: &'static str, n_members: usize) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.serialize_map(Some(n_members))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Compound<'w, 'a>, fmt::Error> {
        self.variant(name, "{");
        Ok(Compound::new(self, "}}"))
    }
}

/// Implements the traits of the several kinds of lists.
macro_rules! lists {
    ($($kind:ident: $method:ident),*) => {
        $(
            impl $kind for Compound<'_, '_> {
                type Ok = ();
                type Error = fmt::Error;

                fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
                    self.element(value)
                }

                fn end(self) -> Result<(), fmt::Error> {
                    self.finish()
                }
            }
        )*
    };
}

lists! {
    SerializeSeq: serialize_element, SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field
}

/// Implements the traits of objects with known members.
macro_rules! objects {
    ($($kind:ident),*) => {
        $(
            impl $kind for Compound<'_, '_> {
                type Ok = ();
                type Error = fmt::Error;

                #[inline(always)]
                fn serialize_field<T: Serialize + ?Sized>(
                    &mut self,
                    name: &'static str,
                    value: &T,
                ) -> Result<(), fmt::Error> {
                    self.member(name, value)
                }

                fn end(self) -> Result<(), fmt::Error> {
                    self.finish()
                }
            }
        )*
    };
}

objects! { SerializeStruct, SerializeStructVariant }

impl SerializeMap for Compound<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    /// All keys in responses are texts.
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), fmt::Error> {
        self.element(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), fmt::Error> {
        self.writer.out.push(b':');
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), fmt::Error> {
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

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
}
