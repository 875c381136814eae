//! The only place where services differ: a service's rules as one value.

use crate::conflict::Conflicts;
use crate::name::{NameRules, Suffix};

/// The rules of one service. The constants are the readings drivesim stands for; to try another reading, change
/// a field of a clone.
///
/// | | plain | business | personal | box |
/// |---|---|---|---|---|
/// | conflict behaviours of a copy | all | all | fail | fail |
/// | a taken name is refused | at once | at once if named and fail, else by the job | at once | at once |
/// | number of a renamed copy | `x 1.ext` | `x1.ext` | `x 1.ext` | – |
/// | same name in other case | another name | taken | taken | taken |
/// | name of a copied file | checked | checked | checked | sanitised |
/// | copy of the root | children only | children only | children only | never |
/// | items in one copy | any | 30,000 | 30,000 | any |
/// | path | any | 400 UTF-16 units | 400 UTF-16 units | any |
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Profile {
    /// What the profile is called in messages and outlines.
    pub name: &'static str,
    /// Which names are allowed and which are the same.
    pub names: NameRules,
    /// How long a path may be in UTF-16 units, without the leading slash.
    pub max_path_units: Option<usize>,
    /// How many items one copy may have, its top item included.
    pub max_items_per_copy: Option<u32>,
    /// The conflict behaviours of a copy.
    pub copy_conflicts: Conflicts,
    /// The conflict behaviours of making a file or folder.
    pub create_conflicts: Conflicts,
    /// The conflict behaviours of a move.
    pub move_conflicts: Conflicts,
    /// When a copy learns that its name is taken.
    pub taken_name: TakenName,
    /// How the number of a renamed copy is put.
    pub copy_suffix: Suffix,
    /// How the number of a renamed new or moved item is put.
    pub create_suffix: Suffix,
    /// How the root may be copied.
    pub root_copy: RootCopy,
}

/// When a copy learns that its name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenName {
    /// The call is refused.
    AtOnce,
    /// The call is refused if it gave a name and wants to fail; otherwise the job fails.
    AtOnceIfNamed,
}

/// How the root of a drive may be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootCopy {
    /// Without itself: the items in it.
    ChildrenOnly,
    /// Not at all.
    Never,
}

impl Profile {
    /// No service: case-sensitive names, no limits, all behaviours.
    pub const PLAIN: Profile = Profile {
        name: "plain",
        names: NameRules::PLAIN,
        max_path_units: None,
        max_items_per_copy: None,
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        move_conflicts: Conflicts::ALL,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
    };

    /// OneDrive for work and SharePoint libraries, reached through Microsoft Graph.
    ///
    /// Behaviours and the 30,000 items: the Graph page on copying. 400 units: the support page on restrictions.
    /// The number without a space is that of SharePoint copy jobs; that Graph does the same is *assumed*. That a
    /// move only fails follows onedrive-api-docs issue 1383. When a taken name is refused follows
    /// onedrive-api-docs issues 981 and 1769.
    pub const BUSINESS: Profile = Profile {
        name: "business",
        names: NameRules::ONEDRIVE,
        max_path_units: Some(400),
        max_items_per_copy: Some(30_000),
        copy_conflicts: Conflicts::ALL,
        create_conflicts: Conflicts::ALL,
        move_conflicts: Conflicts::FAIL_ONLY,
        taken_name: TakenName::AtOnceIfNamed,
        copy_suffix: Suffix::Joined,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::ChildrenOnly,
    };

    /// OneDrive of a person, reached through Microsoft Graph or the OneDrive API.
    ///
    /// A copy has no conflict behaviour there, says the Graph page on copying; a taken name is refused at once
    /// (onedrive-api-docs issue 73). That a move may replace follows onedrive-api-docs issue 181. The limits are
    /// those of business, *assumed*.
    pub const PERSONAL: Profile = Profile {
        name: "personal",
        copy_conflicts: Conflicts::FAIL_ONLY,
        move_conflicts: Conflicts::ALL,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        ..Profile::BUSINESS
    };

    /// Box. It has no conflict behaviours: a taken name is always refused (Box API reference, copy file and copy
    /// folder); the root is never copied (copy folder, status 500).
    pub const BOX: Profile = Profile {
        name: "box",
        names: NameRules::BOX,
        max_path_units: None,
        max_items_per_copy: None,
        copy_conflicts: Conflicts::FAIL_ONLY,
        create_conflicts: Conflicts::FAIL_ONLY,
        move_conflicts: Conflicts::FAIL_ONLY,
        taken_name: TakenName::AtOnce,
        copy_suffix: Suffix::Spaced,
        create_suffix: Suffix::Spaced,
        root_copy: RootCopy::Never,
    };

    /// All profiles.
    pub const ALL: [Profile; 4] = [Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];

    /// Returns the profile with this name: `plain`, `business`, `personal` or `box`.
    pub fn named(name: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_profile_by_its_name_and_no_other() {
        for profile in Profile::ALL {
            assert_eq!(Profile::named(profile.name), Some(profile));
        }
        assert_eq!(Profile::named("Plain"), None);
    }
}
