//! Writes the elements of lists and the members of objects, with the punctuation between them.

use std::fmt;

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::writer::Writer;

/// A list or an object that is being written.
pub(super) struct Compound<'w, 'a> {
    writer: &'w mut Writer<'a>,
    is_first: bool,
    close: &'static str,
}

/// The maximal number of bytes of a member's name, with its punctuation, that is written at once.
pub(super) const SHORT: usize = 40;

impl<'w, 'a> Compound<'w, 'a> {
    pub(super) fn new(writer: &'w mut Writer<'a>, close: &'static str) -> Compound<'w, 'a> {
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
