//! Defines the values of rules that are neither numbers nor flags.

/// What a copy keeps of its source besides names and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct CopyKeeps {
    /// The times of the content of files. An earlier version was modified when it was written.
    pub content_times: bool,
    /// Descriptions.
    pub description: bool,
}

/// What counts against the quota besides visible items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", deny_unknown_fields)
)]
pub struct QuotaCounts {
    /// Past versions of files.
    pub versions: bool,
    /// Items in the bin.
    pub bin: bool,
}

/// Which taken names a copy fails for in its job; the call fails for the others.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum LateConflict {
    /// None.
    Never,
    /// All but those that the call sets with the conflict behavior fail.
    Unnamed,
    /// All.
    Always,
}

/// How the root of a drive may be copied.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum RootCopy {
    /// Only its children, without the root itself.
    ChildrenOnly,
    /// Not at all.
    Never,
}

/// What happens to an item that is replaced.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ReplacedItem {
    /// It is purged.
    Gone,
    /// It goes to the bin.
    Bin,
}

/// What happens if a copy of a file would replace the file itself.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ReplaceOntoItself {
    /// The copy is a new item in its place.
    NewItem,
    /// It fails.
    Refuse,
}

/// How long a file that a copy replaces exists.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ReplacedUntil {
    /// Until the new file is complete.
    Done,
    /// Until the copy starts.
    Start,
}

/// What a copy of children only places if some of them cannot be placed.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum PartialChildren {
    /// The others.
    Kept,
    /// No child.
    None,
}

/// What happens to a copy of a folder into itself or below.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum CyclicCopy {
    /// It fails at once.
    Refuse,
    /// It is accepted, and its job fails.
    Fail,
}

/// How a verb fails for an item that may not be read.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Unreadable {
    /// As if the item did not exist.
    Hidden,
    /// With an error of its own.
    Refused,
}
