//! Implements serde for outlines: their text.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Outline, parse};
use crate::serde_forms::as_text;

as_text! {
    // The notation is the form of outlines everywhere; its errors have positions.
    Outline: parse;
}
