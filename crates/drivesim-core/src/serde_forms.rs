//! Provides macros for the serde forms of values that are not derived.
//!
//! The form of a type is next to the type, in a file `serde_form.rs`.

/// Serializes a value as its text, and deserializes it with `$read`, whose error explains what is wrong.
macro_rules! as_text {
    ($($type:ty: $read:expr;)*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = String::deserialize(deserializer)?;
                $read(&text).map_err(D::Error::custom)
            }
        }
    )*};
}
pub(crate) use as_text;

/// Defines the deserialized form of a value: its fields, named in JSON as the services name them, and its name for
/// errors. A field that is not listed does not compile.
macro_rules! read_as {
    ($form:ident, $type:ident, $called:literal, $check:ident: $($field:ident: $of:ty),* $(,)?) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", expecting = $called)]
        pub(crate) struct $form {
            $($field: $of,)*
        }

        impl TryFrom<$form> for $type {
            type Error = &'static str;

            fn try_from(form: $form) -> Result<$type, &'static str> {
                let $form { $($field),* } = form;
                let value = $type { $($field),* };
                $check(&value).map(|()| value)
            }
        }
    };
}
pub(crate) use read_as;

/// Serializes and deserializes values that must keep a rule. If a value breaks it, both fail with the rule, so that
/// every written value can be read. `$find` returns the deserialized value.
macro_rules! held_to_a_rule {
    ($($(#[$doc:meta])* $name:ident: $type:ty as $read:ty, $find:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(value: &$type, serializer: S) -> Result<S::Ok, S::Error> {
                let find: fn(&$type) -> Result<$type, String> = $find;
                find(value).map_err(S::Error::custom)?.serialize(serializer)
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let find: fn(&$read) -> Result<$type, String> = $find;
                find(&<$read>::deserialize(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}
pub(crate) use held_to_a_rule;
