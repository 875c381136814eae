//! Decides which members a response of Box has: the standard ones, or those that `fields` names.

use std::borrow::Cow;

use crate::box_api::options::FieldsBase;
use drivesim::Profile;

use crate::box_api::error::BoxError;
use crate::box_api::ignored;
use crate::box_api::member_lists::{Member, MembersOf, USER, WireName, is_item_member};
use crate::http::request::ApiRequest;

/// The largest number of names in `fields`; no kind of item has as many members.
const MAX_NAMES: usize = 200;

/// The members that an item is rendered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fields {
    /// The short form, as in lists and inside other objects.
    Mini,
    /// The default form.
    Standard,
    /// The source of an event: the standard form without the entries of a folder.
    Source,
    /// The named members, and a few that are always present.
    Named(Vec<String>),
}

impl Fields {
    /// Parses `fields`, a list of names; without it returns `default`.
    pub(crate) fn read(request: &ApiRequest, default: Fields) -> Result<Fields, BoxError> {
        let Some(text) = request.query("fields") else { return Ok(default) };
        let names: Vec<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        match names.len() {
            0 => Ok(default),
            n_names if n_names > MAX_NAMES => {
                Err(BoxError::invalid("fields", "...", &format!("at most {MAX_NAMES} names")))
            }
            _ => {
                let (known, unknown): (Vec<String>, Vec<String>) =
                    names.into_iter().partition(|name| is_known(name));
                unknown
                    .iter()
                    .try_for_each(|name| ignored::note_ignored(request, format!("?fields={name}")))?;
                Ok(Fields::Named(known))
            }
        }
    }

    /// Returns the names with a dot, except those of members that are also requested as a whole.
    pub(crate) fn parts(&self) -> Vec<String> {
        let Fields::Named(names) = self else { return Vec::new() };
        let is_part = |name: &&String| {
            up_to_dot(name) != name.as_str() && !names.iter().any(|other| other == up_to_dot(name))
        };
        names.iter().filter(is_part).cloned().collect()
    }

    /// Returns whether items are rendered with all folders above them, which may be many in a deep drive.
    pub(crate) fn includes_path(&self) -> bool {
        match self {
            Fields::Mini => false,
            Fields::Standard | Fields::Source => true,
            Fields::Named(names) => names.iter().any(|name| up_to_dot(name) == Member::PathCollection.name()),
        }
    }

    /// Returns the members of a kind of object, in the order of the wire.
    ///
    /// ASSUMED: Unknown names of fields are ignored at Box (no option: no other reading is known).
    pub(crate) fn members<M: WireName>(
        &self,
        kind: &'static MembersOf<M>,
        base: FieldsBase,
    ) -> Cow<'static, [M]> {
        let names = match self {
            Fields::Mini => return Cow::Borrowed(kind.mini),
            Fields::Standard => return Cow::Borrowed(kind.standard),
            Fields::Source => {
                let is_included = |member: &M| member.name() != Member::ItemCollection.name();
                return kind.standard.iter().copied().filter(is_included).collect();
            }
            Fields::Named(names) => names,
        };
        let always = if base == FieldsBase::Base { kind.base } else { kind.mini };
        let is_included = |member: &M| {
            always.iter().any(|always| always.name() == member.name())
                || names.iter().any(|name| up_to_dot(name) == member.name())
        };
        kind.standard.iter().chain(kind.full_only).copied().filter(is_included).collect()
    }
}

/// Returns the name of the member in a name of a field: the text up to a dot.
fn up_to_dot(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// Returns whether any object has a member of this name, or a part of one: `permissions.can_upload`.
fn is_known(name: &str) -> bool {
    let is_of_users = |name: &str| USER.standard.iter().chain(USER.full_only).any(|member| *member == name);
    match name.split_once('.') {
        None => is_item_member(name) || is_of_users(name),
        Some((member, part)) => has_part(member, up_to_dot(part)),
    }
}

/// The members whose parts can be requested.
///
/// ASSUMED: Parts can only be requested of two members of Box: `metadata`, for which it is documented, and
/// `permissions`, of which box-ui-elements requests parts (no option: no other reading is known).
const WITH_PARTS: [&str; 2] = ["metadata", "permissions"];

/// Returns whether a part of a member can be requested by this name.
fn has_part(member: &str, part: &str) -> bool {
    let mut rules = Profile::BOX.members.iter().filter(|rule| rule.name == member);
    WITH_PARTS.contains(&member) && !part.is_empty() && rules.any(|rule| rule.has_part(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::box_api::member_lists::{FILE, FOLDER};

    fn names<M: WireName>(
        fields: &Fields,
        kind: &'static MembersOf<M>,
        base: FieldsBase,
    ) -> Vec<&'static str> {
        fields.members(kind, base).iter().map(|member| member.name()).collect()
    }

    #[test]
    fn named_fields_include_type_id_and_etag_in_the_order_of_the_wire() {
        let named = |names: &[&str]| Fields::Named(names.iter().map(|&name| name.to_owned()).collect());
        let fields = named(&["parent", "name", "nonsense"]);
        assert_eq!(names(&fields, &FILE, FieldsBase::Base), ["type", "id", "etag", "name", "parent"]);
        assert_eq!(
            names(&fields, &FOLDER, FieldsBase::Mini),
            ["type", "id", "sequence_id", "etag", "name", "parent"]
        );
        assert_eq!(names(&named(&["tags"]), &FILE, FieldsBase::Base), ["type", "id", "etag", "tags"]);
    }

    #[test]
    fn names_with_a_dot_request_a_part_of_a_member_that_has_parts() {
        let known = ["permissions.can_download", "metadata.global.properties"];
        let unknown = [
            "permissions.nosuch",
            "tags.0",
            "name.x",
            "nosuch.a",
            "permissions.",
            ".name",
            "metadata.",
            "parent.size",
            "parent.id",
            "owned_by.login",
            "shared_link.url",
        ];
        assert_eq!(known.into_iter().filter(|name| !is_known(name)).collect::<Vec<_>>(), [""; 0]);
        assert_eq!(unknown.into_iter().filter(|name| is_known(name)).collect::<Vec<_>>(), [""; 0]);
        let fields = Fields::Named(
            ["tags", "permissions.can_download", "lock", "lock.id"].map(str::to_owned).to_vec(),
        );
        assert_eq!(fields.parts(), ["permissions.can_download"]);
        assert_eq!(names(&fields, &FOLDER, FieldsBase::Base), ["type", "id", "etag", "permissions", "tags"]);
    }
}
