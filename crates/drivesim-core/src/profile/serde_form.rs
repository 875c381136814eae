//! Implements serde for profiles: the name, and the rules that differ from the constant of that name, each written
//! whole. Profiles that this form cannot express are not written.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    Conflicts, CopiedMembers, CopyKeeps, CyclicCopy, LateConflict, ListingOrder, LockRules, NameRules,
    PartialChildren, Profile, QuotaCounts, ReplaceOntoItself, ReplacedItem, ReplacedUntil, Replaces,
    RootCopy, Service, Suffix, Unreadable, WireOptions,
};
use crate::serde_forms::as_text;

as_text! {
    // The profile checks which members exist.
    CopiedMembers: |text: &str| CopiedMembers::parse(text).ok_or_else(|| format!("{text:?} is too long a list of members"));
}

/// Defines the form. A field of [`Profile`] that is not listed does not compile.
macro_rules! form {
    ($($field:ident: $type:ty),* $(,)?) => {
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a profile such as {\"name\":\"box\"}")]
        struct Form {
            name: String,
            $(
                #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "given")]
                $field: Option<$type>,
            )*
            #[serde(default, skip_serializing, deserialize_with = "moved_to_wire")]
            box_wire: (),
            #[serde(default, skip_serializing, deserialize_with = "moved_to_wire")]
            microsoft_wire: (),
        }

        impl From<Profile> for Form {
            fn from(profile: Profile) -> Form {
                let base = profile.service.profile();
                // Members and the form of ids belong to the name: they are the service itself.
                let Profile { service, members: _, wire_ids: _, $($field),* } = profile;
                Form { name: service.name().to_owned(), $($field: ($field != base.$field).then_some($field),)*
                    box_wire: (),
                    microsoft_wire: (),
                }
            }
        }

        impl TryFrom<Form> for Profile {
            type Error = String;

            fn try_from(form: Form) -> Result<Profile, String> {
                // They are rejected when they are read.
                let ((), ()) = (form.box_wire, form.microsoft_wire);
                let names = Service::ALL.map(Service::name).join(", ");
                let unknown = || format!("{:?} is not a profile; the profiles are {names}", form.name);
                let base = Profile::named(&form.name).ok_or_else(unknown)?;
                if form.max_versions == Some(Some(0)) {
                    return Err("maxVersions is at least 1: the current version is one".to_owned());
                }
                if let Some(copied) = &form.copy_keeps_members {
                    let copied = copied.to_string();
                    let unknown = || format!("copyKeepsMembers: {copied:?} has unknown members");
                    base.copied_members(&copied).ok_or_else(unknown)?;
                }
                let Profile { service, members, wire_ids, .. } = base;
                Ok(Profile { service, members, wire_ids, $($field: form.$field.unwrap_or(base.$field)),* })
            }
        }
    };
}

form! {
    names: NameRules,
    max_path: Option<usize>,
    max_copy_items: Option<u32>,
    copy_conflicts: Conflicts,
    create_conflicts: Conflicts,
    move_conflicts: Conflicts,
    late_conflict: LateConflict,
    copy_suffix: Suffix,
    create_suffix: Suffix,
    root_copy: RootCopy,
    max_versions: Option<u32>,
    versions_keep_names: bool,
    lists_deleted_versions: bool,
    copy_keeps: CopyKeeps,
    copy_keeps_members: CopiedMembers,
    copied_child_etag: u32,
    folder_replace: Replaces,
    replaced_item: ReplacedItem,
    replace_onto_itself: ReplaceOntoItself,
    replaced_until: ReplacedUntil,
    partial_children: PartialChildren,
    cyclic_copy: CyclicCopy,
    item_times_settable: bool,
    item_time_follows_content: bool,
    times_make_version: bool,
    move_resets_fs_times: bool,
    folder_fs_time_follows: bool,
    folder_ctags: bool,
    max_description_units: Option<usize>,
    bin_days: Option<u32>,
    restores_to_old_folder: bool,
    quota_counts: QuotaCounts,
    unreadable: Unreadable,
    lock_refuses: LockRules,
    async_item_threshold: Option<u32>,
    listing_order: ListingOrder,
    id_offset: u64,
    wire: WireOptions,
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form::from(self.clone());
        let read = Profile::try_from(form.clone()).map_err(S::Error::custom)?;
        let lost = [("members", read.members != self.members), ("wire_ids", read.wire_ids != self.wire_ids)];
        if let Some((field, _)) = lost.iter().find(|(_, is_lost)| *is_lost) {
            let name = self.name();
            return Err(S::Error::custom(format!(
                "{field} other than those of the profile {name:?} cannot be serialized"
            )));
        }
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Profile, D::Error> {
        Profile::try_from(Form::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Deserializes a rule that is present, also if it is `null`: no limit.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Rejects the wire options of 0.1, which had types and other names.
fn moved_to_wire<'de, D: Deserializer<'de>>(_: D) -> Result<(), D::Error> {
    let message = "boxWire and microsoftWire are forms of 0.1; wire options are texts now: {\"wire\":{\"copy_root_status\":\"400\"}}";
    Err(D::Error::custom(message))
}
