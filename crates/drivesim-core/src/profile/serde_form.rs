//! Implements serde for profiles: the name, and the rules that differ from the constant of that name, each written
//! whole. Profiles that this form cannot express are not written.

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    BoxWire, Conflicts, CopiedMembers, CopyKeeps, Duration, ListingOrder, LockRules, MicrosoftWire,
    NameRules, Profile, QuotaCounts, Replaces, RootCopy, Suffix, TakenName,
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
        }

        impl From<Profile> for Form {
            fn from(profile: Profile) -> Form {
                let base = Profile::named(profile.name).unwrap_or(Profile::PLAIN);
                // Members and the form of ids belong to the name: they are the service itself.
                let Profile { name, members: _, wire_ids: _, $($field),* } = profile;
                Form { name: name.to_owned(), $($field: ($field != base.$field).then_some($field)),* }
            }
        }

        impl TryFrom<Form> for Profile {
            type Error = String;

            fn try_from(form: Form) -> Result<Profile, String> {
                let names = Profile::ALL.map(|profile| profile.name).join(", ");
                let unknown = || format!("{:?} is not a profile; the profiles are {names}", form.name);
                let base = Profile::named(&form.name).ok_or_else(unknown)?;
                if form.max_versions == Some(Some(0)) {
                    return Err("maxVersions is at least 1: the current version is one".to_owned());
                }
                if let Some(copied) = &form.copied_members {
                    let copied = copied.to_string();
                    let unknown = || format!("copiedMembers: {copied:?} has unknown members");
                    base.copied_members(&copied).ok_or_else(unknown)?;
                }
                let Profile { name, members, wire_ids, .. } = base;
                Ok(Profile { name, members, wire_ids, $($field: form.$field.unwrap_or(base.$field)),* })
            }
        }
    };
}

form! {
    names: NameRules,
    max_path_units: Option<usize>,
    max_items_per_copy: Option<u32>,
    copy_conflicts: Conflicts,
    create_conflicts: Conflicts,
    move_conflicts: Conflicts,
    taken_name: TakenName,
    copy_suffix: Suffix,
    create_suffix: Suffix,
    root_copy: RootCopy,
    max_versions: Option<u32>,
    versions_keep_names: bool,
    lists_deleted_versions: bool,
    copy_keeps: CopyKeeps,
    copied_members: CopiedMembers,
    copied_child_etag: u32,
    copy_replaces: Replaces,
    bins_replaced: bool,
    replaces_itself: bool,
    replaces_at_start: bool,
    children_all_or_none: bool,
    cyclic_copy_in_job: bool,
    item_times_settable: bool,
    item_time_follows_content: bool,
    times_make_version: bool,
    move_resets_fs_times: bool,
    folder_fs_time_follows: bool,
    folder_ctags: bool,
    max_description_units: Option<usize>,
    bin_keeps: Option<Duration>,
    restores_to_old_folder: bool,
    quota_counts: QuotaCounts,
    refuses_unreadable: bool,
    lock_refuses: LockRules,
    copy_locks_from: Option<u32>,
    listing_order: ListingOrder,
    box_wire: BoxWire,
    microsoft_wire: MicrosoftWire,
}

// Not derived by `from` and `into`: the name is `'static`, and deserialized text is not.
impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = Form::from(self.clone());
        let read = Profile::try_from(form.clone()).map_err(S::Error::custom)?;
        let lost = [("members", read.members != self.members), ("wire_ids", read.wire_ids != self.wire_ids)];
        if let Some((field, _)) = lost.iter().find(|(_, is_lost)| *is_lost) {
            let name = self.name;
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
