//! Writes ordered values, and creates them from serializable values.

use std::fmt;

use serde::ser::{
    Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleStruct,
};
use serde::{Serialize, Serializer};

use super::{Map, Number, Value};
use crate::json::text::VERBATIM;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(Number::Unsigned(number)) => serializer.serialize_u64(*number),
            Value::Number(Number::Signed(number)) => serializer.serialize_i64(*number),
            Value::Number(Number::Float(number)) => serializer.serialize_f64(*number),
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(values) => serializer.collect_seq(values),
            Value::Object(members) => members.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Creates a value. Fails for variants with content, which no response contains.
pub(super) struct ValueWriter;

/// A list that is being written.
pub(super) struct ArrayWriter(Vec<Value>);

/// An object that is being written.
pub(super) struct ObjectWriter {
    members: Map,
    key: String,
}

type WriteResult = Result<Value, fmt::Error>;

/// Writes the smaller types of numbers as the widest.
macro_rules! widened {
    ($($name:ident: $type:ty => $wide:ident),*) => {
        $(fn $name(self, number: $type) -> WriteResult { self.$wide(number.into()) })*
    };
}

impl Serializer for ValueWriter {
    type Ok = Value;
    type Error = fmt::Error;
    type SerializeSeq = ArrayWriter;
    type SerializeTuple = ArrayWriter;
    type SerializeTupleStruct = ArrayWriter;
    type SerializeTupleVariant = Impossible<Value, fmt::Error>;
    type SerializeMap = ObjectWriter;
    type SerializeStruct = ObjectWriter;
    type SerializeStructVariant = Impossible<Value, fmt::Error>;

    widened! {
        serialize_i8: i8 => serialize_i64, serialize_i16: i16 => serialize_i64, serialize_i32: i32 => serialize_i64,
        serialize_u8: u8 => serialize_u64, serialize_u16: u16 => serialize_u64, serialize_u32: u32 => serialize_u64,
        serialize_f32: f32 => serialize_f64
    }

    fn serialize_bool(self, value: bool) -> WriteResult {
        Ok(Value::Bool(value))
    }

    fn serialize_i64(self, number: i64) -> WriteResult {
        Ok(Value::Number(number.try_into().map_or(Number::Signed(number), Number::Unsigned)))
    }

    fn serialize_u64(self, number: u64) -> WriteResult {
        Ok(Value::Number(Number::Unsigned(number)))
    }

    fn serialize_f64(self, number: f64) -> WriteResult {
        Ok(if number.is_finite() { Value::Number(Number::Float(number)) } else { Value::Null })
    }

    fn serialize_char(self, value: char) -> WriteResult {
        Ok(Value::String(value.into()))
    }

    fn serialize_str(self, text: &str) -> WriteResult {
        Ok(Value::String(text.to_owned()))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> WriteResult {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> WriteResult {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> WriteResult {
        value.serialize(self)
    }

    fn serialize_unit(self) -> WriteResult {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> WriteResult {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> WriteResult {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> WriteResult {
        match value.serialize(self)? {
            Value::String(json) if name == VERBATIM => serde_json::from_str(&json).map_err(|_| fmt::Error),
            value => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> WriteResult {
        Err(fmt::Error)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<ArrayWriter, fmt::Error> {
        Ok(ArrayWriter(Vec::with_capacity(len.unwrap_or_default())))
    }

    fn serialize_tuple(self, len: usize) -> Result<ArrayWriter, fmt::Error> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<ArrayWriter, fmt::Error> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<ObjectWriter, fmt::Error> {
        Ok(ObjectWriter { members: Map::new(), key: String::new() })
    }

    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<ObjectWriter, fmt::Error> {
        self.serialize_map(Some(len))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, fmt::Error> {
        Err(fmt::Error)
    }
}

impl SerializeSeq for ArrayWriter {
    type Ok = Value;
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.0.push(value.serialize(ValueWriter)?);
        Ok(())
    }

    fn end(self) -> WriteResult {
        Ok(Value::Array(self.0))
    }
}

impl SerializeTuple for ArrayWriter {
    type Ok = Value;
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> WriteResult {
        SerializeSeq::end(self)
    }
}

impl SerializeTupleStruct for ArrayWriter {
    type Ok = Value;
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> WriteResult {
        SerializeSeq::end(self)
    }
}

impl SerializeMap for ObjectWriter {
    type Ok = Value;
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.key = match key.serialize(ValueWriter)? {
            Value::String(key) => key,
            Value::Number(key) => Value::Number(key).to_string(),
            _ => return Err(fmt::Error),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let value = value.serialize(ValueWriter)?;
        self.members.insert(std::mem::take(&mut self.key), value);
        Ok(())
    }

    fn end(self) -> WriteResult {
        Ok(Value::Object(self.members))
    }
}

impl SerializeStruct for ObjectWriter {
    type Ok = Value;
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> fmt::Result {
        self.members.insert(key.to_owned(), value.serialize(ValueWriter)?);
        Ok(())
    }

    fn end(self) -> WriteResult {
        Ok(Value::Object(self.members))
    }
}
