//! Serializes ids and errors, as the server names them.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::error::Error;
use crate::ids::{DriveId, JobId};

/// Serializes an id as a UUID in its usual form.
macro_rules! as_uuid {
    ($($type:ident),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                // drivesim never writes ids with braces or without hyphens.
                let uuid = Uuid::try_parse(&text).ok().filter(|_| text.len() == HYPHENATED);
                let wrong = || D::Error::custom(format!("{text:?} is not the UUID of an id, 8-4-4-4-12 digits"));
                uuid.map($type::from_uuid).ok_or_else(wrong)
            }
        }
    )*};
}

/// How many characters a UUID with hyphens has.
const HYPHENATED: usize = 36;

as_uuid!(DriveId, JobId);

/// The serde form of an error.
#[derive(Serialize, Deserialize)]
#[serde(expecting = "an error with its code and its message")]
struct ErrorForm {
    code: String,
    message: String,
}

impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ErrorForm { code: self.code().to_owned(), message: self.to_string() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Error, D::Error> {
        let ErrorForm { code, message } = ErrorForm::deserialize(deserializer)?;
        let known = CODES.into_iter().find(|known| *known == code);
        let unknown = || D::Error::custom(format!("{code:?} is not the code of an error"));
        Ok(Error::Reported { code: known.ok_or_else(unknown)?, message })
    }
}

/// All values of [`Error::code`].
const CODES: [&str; 12] = [
    "accessDenied",
    "invalidRequest",
    "itemNotFound",
    "nameAlreadyExists",
    "notSupported",
    "pathIsTooLong",
    "quotaLimitReached",
    "resourceLocked",
    "resourceModified",
    "resyncRequired",
    "someItemsFailed",
    "totalAffectedItemCountExceeded",
];
