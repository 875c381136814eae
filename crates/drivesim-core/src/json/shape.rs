//! Checks the shapes of JSON values.

use jiff::Timestamp;

use super::{Json, Value};

/// The shape that a value must have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Bool,
    /// A non-negative integer.
    UnsignedInteger,
    Text,
    /// A text that is not empty.
    NonEmptyText,
    /// A text that is a time with an offset, as in RFC 3339.
    Time,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text, or a boolean, or a number.
    Scalar,
    /// A list of elements of one shape, and the largest number of them.
    List(&'static Shape, usize),
    /// An object with these members and no others.
    Object(&'static [MemberShape]),
    /// An object with any keys, whose values have one shape.
    Map(&'static Shape),
    /// An object with any members.
    AnyObject,
    /// The shape, or `null`.
    Nullable(&'static Shape),
}

/// A member of an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MemberShape {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) is_required: bool,
}

impl MemberShape {
    pub(crate) const fn of(name: &'static str, shape: Shape) -> MemberShape {
        MemberShape { name, shape, is_required: false }
    }

    pub(crate) const fn required(name: &'static str, shape: Shape) -> MemberShape {
        MemberShape { name, shape, is_required: true }
    }
}

impl Shape {
    /// Returns the error in a value: the place in it, starting with `name`, and the expected shape.
    pub(crate) fn fault(&self, name: &str, value: &Value) -> Option<String> {
        match (self, value) {
            (Shape::Nullable(_), Value::Null) => None,
            (Shape::Nullable(shape), value) => {
                let is_other = |fault: &String| *fault == shape.mismatch(name, value);
                shape
                    .fault(name, value)
                    .map(|fault| if is_other(&fault) { self.mismatch(name, value) } else { fault })
            }
            (Shape::Bool, Value::Bool(_)) | (Shape::Text, Value::Text(_)) => None,
            (Shape::Scalar, Value::Text(_) | Value::Bool(_) | Value::Number(_)) => None,
            (Shape::UnsignedInteger, Value::Number(digits)) if digits.parse::<u64>().is_ok() => None,
            (Shape::NonEmptyText, Value::Text(text)) if !text.is_empty() => None,
            (Shape::Time, Value::Text(text)) if is_time(text) => None,
            (Shape::OneOf(words), Value::Text(text)) if words.contains(&&**text) => None,
            (Shape::List(_, limit), Value::List(elements)) if elements.len() > *limit => {
                Some(format!("{name} must have at most {limit} elements, not {}", elements.len()))
            }
            (Shape::List(shape, _), Value::List(elements)) => {
                let mut elements = elements.iter().enumerate();
                elements.find_map(|(idx, element)| shape.fault(&format!("{name}[{idx}]"), element))
            }
            (Shape::AnyObject, Value::Object(_)) => None,
            (Shape::Map(shape), Value::Object(members)) => {
                members.iter().find_map(|(key, value)| shape.fault(&format!("{name}.{key}"), value))
            }
            (Shape::Object(fields), Value::Object(members)) => fault_of_members(fields, name, members),
            (shape, value) => Some(shape.mismatch(name, value)),
        }
    }

    /// Returns the message for a value of another shape.
    fn mismatch(&self, name: &str, value: &Value) -> String {
        format!("{name} must be {}, not {}", self.described(), shortened(&Json::from_value(value)))
    }

    fn described(&self) -> String {
        match self {
            Shape::Bool => "true or false".to_owned(),
            Shape::UnsignedInteger => "a non-negative integer".to_owned(),
            Shape::Text => "a string".to_owned(),
            Shape::NonEmptyText => "a non-empty string".to_owned(),
            Shape::Time => "a time such as \"2012-12-12T10:53:43-08:00\"".to_owned(),
            Shape::OneOf(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                format!("one of {}", words.join(", "))
            }
            Shape::Scalar => "a string, true, false or a number".to_owned(),
            Shape::List(..) => "a list".to_owned(),
            Shape::Object(_) | Shape::Map(_) | Shape::AnyObject => "an object".to_owned(),
            Shape::Nullable(shape) => format!("{} or null", shape.described()),
        }
    }

    /// Returns whether a value of this shape may have a member with this name.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        match self {
            Shape::Nullable(shape) => shape.has_member(name),
            Shape::Object(fields) => fields.iter().any(|field| field.name == name),
            Shape::Map(_) | Shape::AnyObject => true,
            _ => false,
        }
    }
}

fn fault_of_members(fields: &[MemberShape], name: &str, members: &[(String, Value)]) -> Option<String> {
    let is_present = |field: &&MemberShape| members.iter().any(|(key, _)| key == field.name);
    if let Some(missing) = fields.iter().filter(|field| field.is_required).find(|field| !is_present(field)) {
        return Some(format!("{name} must have the member {}", missing.name));
    }
    members.iter().find_map(|(key, value)| {
        let Some(field) = fields.iter().find(|field| field.name == *key) else {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            return Some(format!("{name} has no member {key:?}; it may have {}", names.join(", ")));
        };
        field.shape.fault(&format!("{name}.{key}"), value)
    })
}

fn is_time(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T') && text.parse::<Timestamp>().is_ok()
}

/// Returns the start of a long value.
fn shortened(json: &Json) -> String {
    const N_CHARS: usize = 60;
    let mut text: String = json.as_str().chars().take(N_CHARS).collect();
    if json.as_str().chars().nth(N_CHARS).is_some() {
        text.push('…');
    }
    text
}
