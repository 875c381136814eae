//! Implements `Serializer` for the writer.

use std::fmt;

use serde::{Serialize, Serializer};

use super::compound::Compound;
use super::text_kind::{NO_ESCAPE, TextKind, VERBATIM};
use super::writer::Writer;

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
