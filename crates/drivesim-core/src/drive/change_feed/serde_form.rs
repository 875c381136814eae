//! Implements serde for tokens of the change feed: their text.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ChangeToken;
use crate::serde_forms::as_text;

as_text! {
    ChangeToken: |text: &str| text.parse().map_err(|error| format!("{text:?}: {error}"));
}
