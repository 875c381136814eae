//! The only place that writes answers as JSON.
//!
//! `serde_json` looks at each byte of each name and text by itself, which is most of the time that a list takes. Here
//! names of members are taken to need no escapes, and eight bytes of a text are looked at together. Numbers are left to
//! `serde_json`.

mod escapes;
mod known;

use std::fmt;

use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};
use serde::{Serialize, Serializer};

use self::escapes::{is_rare, needs_escapes};
use self::known::{Known, PLAIN};
pub(crate) use self::known::{Plain, RAW, Raw};

/// Writes a value into bytes, for which room is made beforehand.
pub(crate) fn to_vec(value: &impl Serialize, capacity: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(capacity);
    append(&mut out, value);
    out
}

/// Writes a value behind what was written before.
pub(crate) fn append(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let written = value.serialize(&mut Writer { out, known: Known::Nothing });
    // Only what writes itself can fail, and nothing that is answered does.
    debug_assert!(written.is_ok(), "{written:?}");
}

// Names are known where they are written: what is inlined there copies as many bytes as they have, without a loop.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    /// What is known of the next text.
    known: Known,
}

impl Writer<'_> {
    #[inline(always)]
    fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Leaves a number to `serde_json`.
    fn rare(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        serde_json::to_writer(&mut *self.out, value).map_err(|_| fmt::Error)
    }

    fn text(&mut self, text: &str) {
        match std::mem::take(&mut self.known) {
            Known::Raw => self.raw(text),
            Known::Plain => {
                debug_assert!(!needs_escapes(text.as_bytes()), "{text:?} is not plain");
                self.quoted(text);
            }
            Known::Nothing if needs_escapes(text.as_bytes()) => self.escaped(text),
            Known::Nothing => self.quoted(text),
        }
    }

    fn escaped(&mut self, text: &str) {
        self.raw("\"");
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| is_rare(&byte)) {
            let (before, from) = rest.split_at(at);
            self.raw(before);
            let mut bytes = from.bytes();
            match bytes.next().unwrap_or_default() {
                b'"' => self.raw("\\\""),
                b'\\' => self.raw("\\\\"),
                b'\n' => self.raw("\\n"),
                b'\r' => self.raw("\\r"),
                b'\t' => self.raw("\\t"),
                0x08 => self.raw("\\b"),
                0x0C => self.raw("\\f"),
                control => self.raw(&format!("\\u{control:04x}")),
            }
            rest = &from[1..];
        }
        self.raw(rest);
        self.raw("\"");
    }

    #[inline(always)]
    fn quoted(&mut self, text: &str) {
        self.raw("\"");
        self.raw(text);
        self.raw("\"");
    }

    /// Writes the name of a variant that something follows, in an object of its own.
    fn variant(&mut self, name: &str, open: &str) {
        self.raw("{");
        self.quoted(name);
        self.raw(":");
        self.raw(open);
    }
}

/// A list or an object that is being written.
struct Open<'w, 'a> {
    writer: &'w mut Writer<'a>,
    is_first: bool,
    close: &'static str,
}

/// How many bytes the name of a member has at most with what stands around it, if it is to be written at once.
const SHORT: usize = 40;

impl<'w, 'a> Open<'w, 'a> {
    fn new(writer: &'w mut Writer<'a>, close: &'static str) -> Open<'w, 'a> {
        Open { writer, is_first: true, close }
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
        // A name is known where it is written: this becomes a few stores of what is known with it.
        let end = name.len() + 4;
        let mut piece = [0; SHORT];
        if end <= SHORT {
            piece[..2].copy_from_slice(b",\"");
            piece[2..end - 2].copy_from_slice(name.as_bytes());
            piece[end - 2..end].copy_from_slice(b"\":");
            let piece = if is_first { &piece[1..end] } else { &piece[..end] };
            self.writer.out.extend_from_slice(piece);
        } else {
            self.writer.raw(if is_first { "\"" } else { ",\"" });
            self.writer.raw(name);
            self.writer.raw("\":");
        }
        value.serialize(&mut *self.writer)
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        self.next();
        value.serialize(&mut *self.writer)
    }

    fn finish(self) -> Result<(), fmt::Error> {
        self.writer.raw(self.close);
        Ok(())
    }
}

/// Makes a number be written as `serde_json` does.
macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {
        $(
            fn $name(self, number: $type) -> Result<(), fmt::Error> {
                self.rare(&number)
            }
        )*
    };
}

impl<'w, 'a> Serializer for &'w mut Writer<'a> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Open<'w, 'a>;
    type SerializeTuple = Open<'w, 'a>;
    type SerializeTupleStruct = Open<'w, 'a>;
    type SerializeTupleVariant = Open<'w, 'a>;
    type SerializeMap = Open<'w, 'a>;
    type SerializeStruct = Open<'w, 'a>;
    type SerializeStructVariant = Open<'w, 'a>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64, serialize_char: char
    }

    fn serialize_bool(self, value: bool) -> Result<(), fmt::Error> {
        self.raw(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), fmt::Error> {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), fmt::Error> {
        self.rare(bytes)
    }

    fn serialize_none(self) -> Result<(), fmt::Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), fmt::Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), fmt::Error> {
        self.raw("null");
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
            RAW => Known::Raw,
            PLAIN => Known::Plain,
            _ => Known::Nothing,
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
        self.raw("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'w, 'a>, fmt::Error> {
        self.raw("[");
        Ok(Open::new(self, "]"))
    }

    fn serialize_tuple(self, n_elements: usize) -> Result<Open<'w, 'a>, fmt::Error> {
        self.serialize_seq(Some(n_elements))
    }

    fn serialize_tuple_struct(self, _: &'static str, n: usize) -> Result<Open<'w, 'a>, fmt::Error> {
        self.serialize_seq(Some(n))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'w, 'a>, fmt::Error> {
        self.variant(name, "[");
        Ok(Open::new(self, "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'w, 'a>, fmt::Error> {
        self.raw("{");
        Ok(Open::new(self, "}"))
    }

    fn serialize_struct(self, _: &'static str, n_members: usize) -> Result<Open<'w, 'a>, fmt::Error> {
        self.serialize_map(Some(n_members))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Open<'w, 'a>, fmt::Error> {
        self.variant(name, "{");
        Ok(Open::new(self, "}}"))
    }
}

/// Makes the several kinds of lists be written alike.
macro_rules! lists {
    ($($kind:ident: $method:ident),*) => {
        $(
            impl $kind for Open<'_, '_> {
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

/// Makes the kinds of objects whose members are known be written alike.
macro_rules! objects {
    ($($kind:ident),*) => {
        $(
            impl $kind for Open<'_, '_> {
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

impl SerializeMap for Open<'_, '_> {
    type Ok = ();
    type Error = fmt::Error;

    /// Keys are texts in all that is answered.
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

    fn same(value: &impl Serialize) {
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
    fn whatever_can_be_written_is_written_as_serde_json_does() {
        same(&[Any::Unit, Any::One(1), Any::Two(2, 0.5), Any::Named { a: -3, b: None }]);
        same(&Any::Named { a: i64::MIN, b: Some("\u{7f}é\"") });
        same(&Pair('"', ()));
        same(&(u64::MAX, 1.0e30, f32::MIN, "", [0_u8; 0]));
        same(&BTreeMap::from([("a\"b", vec![Some(true), None]), ("c", vec![])]));
        same(&json!({ "a": { "b": [], "c": {} }, "d": null, "e\n": "\u{0}\u{1f} \\ /" }));
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
        // As long as what is written at once, and longer, in the first place and behind another.
        const FITS: &str = "m23456789012345678901234567890123456";
        const LONG: &str = "m234567890123456789012345678901234567";
        assert_eq!((FITS.len() + 4, LONG.len() + 4), (SHORT, SHORT + 1));
        for names in [&["a", FITS, LONG] as &[_], &[FITS, "a"], &[LONG, FITS]] {
            same(&Named(names));
        }
    }

    #[test]
    fn what_was_written_before_is_put_in_as_it_is() {
        let raw = Raw::of(&json!({ "a": ["b\n", 1] }));
        let written = String::from_utf8(to_vec(&vec![("x", raw.clone()), ("y", raw)], 0)).unwrap();
        assert_eq!(written, r#"[["x",{"a":["b\n",1]}],["y",{"a":["b\n",1]}]]"#);
    }

    #[test]
    fn what_needs_no_escapes_is_written_as_any_text() {
        assert_eq!(to_vec(&[Plain("17"), Plain("")], 0), br#"["17",""]"#);
        assert_eq!(serde_json::to_string(&Plain("17")).unwrap(), r#""17""#);
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
            same(&value);
        }
    }
}
