//! Implements `Debug` for profiles: the name, and the fields that differ from the constant of that name.

use std::fmt;

use super::Profile;

/// Writes the fields that differ. Does not compile if a field of [`Profile`] is missing from the list.
macro_rules! write_changed {
    ($f:ident, $profile:ident, $base:ident: $($field:ident),* $(,)?) => {{
        let Profile { service: _, $($field: _),* } = $profile;
        let mut output = $f.debug_struct(&format!("Profile::{}", $profile.name().to_uppercase()));
        $(
            if $profile.$field != $base.$field {
                output.field(stringify!($field), &$profile.$field);
            }
        )*
        output.finish()
    }};
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.service.profile();
        write_changed!(f, self, base:
            names, max_path, max_copy_items, copy_conflicts, create_conflicts,
            move_conflicts, late_conflict, copy_suffix, create_suffix, root_copy, max_versions,
            versions_keep_names, lists_deleted_versions, copy_keeps, members, copy_keeps_members, copied_child_etag,
            folder_replace, replaced_item, replace_onto_itself, replaced_until, partial_children, cyclic_copy,
            item_times_settable, item_time_follows_content, times_make_version, move_resets_fs_times,
            folder_fs_time_follows, folder_ctags,
            max_description_units, bin_days, restores_to_old_folder, quota_counts, unreadable, lock_refuses,
            async_item_threshold, listing_order, wire_ids, id_offset, wire,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_text_of_a_profile_is_its_name_and_its_changes() {
        assert_eq!(format!("{:?} {:#?}", Profile::BOX, Profile::PLAIN), "Profile::BOX Profile::PLAIN");
        let changed = Profile { max_path: Some(7), folder_ctags: true, ..Profile::BUSINESS };
        let expected = "Profile::BUSINESS { max_path: Some(7), folder_ctags: true }";
        assert_eq!(format!("{changed:?}"), expected);
        let mut named = Profile::PLAIN;
        named.names.max_name = Some(3);
        assert!(format!("{named:?}").starts_with("Profile::PLAIN { names: NameRules { "));
    }
}
