//! Keeps the options of a drive that only a server reads, as texts.

use std::fmt;
use std::sync::Arc;

use crate::options::OptionError;

/// What the name of such an option begins with in outlines.
pub(crate) const PREFIX: &str = "wire.";
/// The maximum length of a name in bytes, without the prefix.
const MAX_NAME: usize = 64;
/// The maximum length of a value in bytes.
const MAX_VALUE: usize = 1024;

/// The options of a drive that decide how a server responds, `wire.NAME=value` in an outline: names without the prefix,
/// and values, in the order of the names.
///
/// The drive keeps them and does not know them: the server that serves the drive checks names and values, and fails
/// with the name of an option that it does not have. Without a server they have no effect. A clone shares the texts.
///
/// ```
/// # use drivesim_core::Profile;
/// let mut profile = Profile::BOX;
/// profile.set_option("wire.copy_root_status", "400")?;
/// assert_eq!(profile.wire.get("copy_root_status"), Some("400"));
/// assert_eq!(profile.wire.to_string(), "wire.copy_root_status=400");
/// # Ok::<(), drivesim_core::OptionError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WireOptions(Option<Arc<Texts>>);

/// Names and values, in the order of the names.
type Texts = Vec<(Box<str>, Box<str>)>;

impl WireOptions {
    /// No options.
    pub const NONE: WireOptions = WireOptions(None);

    /// Returns whether there are none.
    ///
    /// ```
    /// assert!(drivesim_core::Profile::BOX.wire.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the value of an option, named without the prefix.
    ///
    /// ```
    /// assert_eq!(drivesim_core::Profile::BOX.wire.get("copy_root_status"), None);
    /// ```
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// Returns the names, without the prefix, and the values, in the order of the names.
    ///
    /// ```
    /// assert_eq!(drivesim_core::Profile::BOX.wire.iter().count(), 0);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|texts| texts.iter()).map(|(name, value)| (&**name, &**value))
    }

    /// Sets an option, named without the prefix.
    ///
    /// ```
    /// # use drivesim_core::WireOptions;
    /// let mut options = WireOptions::NONE;
    /// options.set("time_zone", "+01:00")?;
    /// options.set("time_zone", "+02:00")?;
    /// assert_eq!(options.to_string(), "wire.time_zone=+02:00");
    /// assert!(options.set("Time Zone", "+01:00").is_err());
    /// # Ok::<(), drivesim_core::OptionError>(())
    /// ```
    ///
    /// # Errors
    /// [`OptionError::WireName`], [`OptionError::WireValue`]; then nothing has changed.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), OptionError> {
        if !is_name(name) {
            return Err(OptionError::WireName { option: format!("{PREFIX}{name}") });
        }
        if value.len() > MAX_VALUE {
            return Err(OptionError::WireValue { option: format!("{PREFIX}{name}"), n_bytes: value.len() });
        }
        let texts = Arc::make_mut(self.0.get_or_insert_default());
        match texts.binary_search_by(|(own, _)| (**own).cmp(name)) {
            Ok(at) => {
                if let Some((_, own)) = texts.get_mut(at) {
                    *own = value.into();
                }
            }
            Err(at) => texts.insert(at, (name.into(), value.into())),
        }
        Ok(())
    }
}

/// Returns whether a text is a name: letters of ASCII in lower case, digits and underscores, with a letter first.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

impl fmt::Display for WireOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, value)) in self.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{PREFIX}{name}={value}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for WireOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
mod serde_form {
    use std::collections::BTreeMap;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::WireOptions;

    impl Serialize for WireOptions {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.iter())
        }
    }

    impl<'de> Deserialize<'de> for WireOptions {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<WireOptions, D::Error> {
            let mut options = WireOptions::NONE;
            for (name, value) in <BTreeMap<String, String>>::deserialize(deserializer)? {
                options.set(&name, &value).map_err(D::Error::custom)?;
            }
            Ok(options)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_in_the_order_of_their_names_and_each_is_there_once() {
        let mut options = WireOptions::NONE;
        for (name, value) in [("b", "1"), ("a", "2"), ("c_9", "3"), ("b", "4")] {
            options.set(name, value).unwrap();
        }
        assert_eq!(options.iter().collect::<Vec<_>>(), [("a", "2"), ("b", "4"), ("c_9", "3")]);
        assert_eq!(
            format!("{options} {options:?}"),
            "wire.a=2 wire.b=4 wire.c_9=3 {\"a\": \"2\", \"b\": \"4\", \"c_9\": \"3\"}"
        );
    }

    #[test]
    fn a_change_of_a_clone_leaves_the_original_as_it_is() {
        let mut options = WireOptions::NONE;
        options.set("a", "1").unwrap();
        let mut other = options.clone();
        other.set("a", "2").unwrap();
        assert_eq!((options.get("a"), other.get("a")), (Some("1"), Some("2")));
    }

    #[test]
    fn only_the_form_of_names_and_the_lengths_are_checked() {
        let mut options = WireOptions::NONE;
        let (longest, too_long) = ("x".repeat(MAX_NAME), "x".repeat(MAX_NAME + 1));
        for name in ["", "A", "a-b", "a.b", "a b", "9a", "_a", "ä", &too_long] {
            let error = options.set(name, "1").unwrap_err().to_string();
            assert!(error.contains("is not `wire.` and a name"), "{error}");
        }
        let value = "x".repeat(MAX_VALUE + 1);
        let error = options.set("a", &value).unwrap_err().to_string();
        assert_eq!(error, "the value of the option wire.a has 1025 bytes, at most 1024 are allowed");
        assert!(options.is_empty());
        options.set(&longest, &value[1..]).unwrap();
    }
}
