//! Checks code that copies folders, whatever its storage is, against the properties of a copy.
//!
//! Implement [`Copier`] for the code: how to populate its storage, how to copy, how to list its items. Then
//! [`Check::run`] draws trees and copies of them, and if a property is broken, prints the smallest tree that shows it.
//! This checks a function that copies folders of the file system:
//!
//! ```
//! # use std::path::Path;
//! # use drivesim::{Conflict, Profile};
//! use drivesim_testkit::copy_properties::{Check, Copier, CopyRequest, Outcome, Tree};
//! # fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
//! #     if !from.is_dir() {
//! #         return std::fs::copy(from, to).map(drop);
//! #     }
//! #     std::fs::create_dir(to)?;
//! #     std::fs::read_dir(from)?.try_for_each(|found| {
//! #         let found = found?;
//! #         copy_all(&found.path(), &to.join(found.file_name()))
//! #     })
//! # }
//! # fn my_copy(root: &Path, it: &CopyRequest) -> Outcome<Option<String>> {
//! #     let (from, to) = (root.join(&it.source[1..]), root.join(&it.target[1..]).join(it.wanted_name()));
//! #     if it.conflict != Conflict::Fail {
//! #         return Err(drivesim_testkit::copy_properties::Unsupported("conflict behaviors").into());
//! #     }
//! #     if to.exists() || to.starts_with(&from) || !to.parent().is_some_and(Path::is_dir) {
//! #         return Err("refused".into());
//! #     }
//! #     if [".", "..", ""].contains(&it.wanted_name()) || it.wanted_name().contains(['/', '\0']) {
//! #         return Err("no name".into());
//! #     }
//! #     copy_all(&from, &to)?;
//! #     Ok(None)
//! # }
//!
//! struct Mine(tempfile::TempDir);
//! impl Copier for Mine {
//!     fn populate(&mut self, tree: &Tree) -> Outcome { Ok(tree.write_dir(&self.0)?) }
//!     fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> { my_copy(self.0.path(), it) }
//!     fn tree(&mut self) -> Outcome<Tree> { Ok(Tree::read_dir(&self.0)?) }
//! }
//!
//! println!("{}", Check::new(Profile::PLAIN).cases(8).run(|| Mine(tempfile::tempdir().unwrap())));
//! ```
//!
//! The printed report names the properties that were not checked. Here these include whether a copy is independent of
//! its source: that needs [`Copier::write`], and without it a hard link passes for a copy.
//!
//! [`properties`] lists the properties with their names, definitions and sources. [`Check::only`] and [`Check::skip`]
//! choose among them, and [`copy_property_tests`](crate::copy_property_tests) makes each one a separate test. A profile
//! defines which names are allowed and which are the same, the conflict behaviors, and how a copy is numbered; its
//! fields can be changed for a storage that is between two profiles.
//!
//! To add a property, write its check in `rules.rs`, the strategy for its scenes in `scenes.rs` (`setting.rs` assembles
//! scenes), the precondition of a scene in `preconditions.rs`, and a row in `table.rs`.

mod check;
mod copier;
mod dir;
mod failure;
mod preconditions;
mod rules;
mod scenes;
mod setting;
mod shrinking;
mod stage;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use check::{Check, Report};
pub use copier::{Copier, CopyRequest, Outcome, Unsupported};
pub use failure::Failure;
pub use subject::SubjectCopier;
pub use table::{Property, properties};
pub use tree::{Entry, Tree, TreeError};

/// Creates a `#[test]` for each property, in a module.
///
/// The arguments are the name of the module, a [`Check`], and a function that returns a copier with an empty storage.
/// The test of a property that is not checked passes and prints why; if none is checked, the test
/// `something_is_checked` fails.
///
/// ```
/// use drivesim::{Profile, Sim};
/// use drivesim_testkit::copy_properties::{Check, Copier, CopyRequest, Outcome, Tree};
///
/// struct Simulated(Sim);
///
/// impl Copier for Simulated {
///     fn populate(&mut self, tree: &Tree) -> Outcome {
///         self.0 = Sim::builder().profile(Profile::BOX).outline(tree.to_string()).build()?;
///         Ok(())
///     }
///
///     fn copy(&mut self, it: &CopyRequest) -> Outcome<Option<String>> {
///         let mut options = drivesim::CopyOptions::default().on_conflict(it.conflict);
///         options.name = it.name.clone();
///         let copy = self.0.copy(&*it.source, &*it.target, options)?.outcome().expect("it is instant")?;
///         Ok(Some(self.0.item(copy)?.name))
///     }
///
///     fn tree(&mut self) -> Outcome<Tree> {
///         Ok(self.0.outline()?.parse()?)
///     }
/// }
///
/// fn new() -> Simulated {
///     Simulated(Sim::builder().build().unwrap())
/// }
///
/// drivesim_testkit::copy_property_tests!(a_copy_on_box, Check::new(Profile::BOX), new);
/// # println!("{}", Check::new(Profile::BOX).cases(2).run(new));
/// ```
#[macro_export]
macro_rules! copy_property_tests {
    ($module:ident, $check:expr, $make:expr) => {
        mod $module {
            #[allow(unused_imports, reason = "the copier may come from anywhere")]
            use super::*;

            $crate::each_copy_property! { $check, $make }
        }
    };
}

/// Creates a `#[test]` for each property.
#[doc(hidden)]
#[macro_export]
macro_rules! each_copy_property {
    ($check:expr, $make:expr) => {
        $crate::each_copy_property! { $check, $make;
            paths_are_kept
            kinds_are_kept
            contents_are_kept
            empty_folders_are_copied
            deep_chains_are_copied
            wide_folders_are_copied
            odd_names_are_kept
            a_copy_has_the_given_name
            the_source_stays
            all_else_stays
            no_item_is_lost_or_added
            sizes_add_up
            reported_sizes_add_up
            the_name_is_reported
            a_copy_may_be_made_again
            a_copy_of_a_copy_is_the_same
            a_copy_is_independent
            fail_refuses_a_taken_name
            replace_leaves_one_file
            replace_fails_with_folders
            rename_keeps_both
            rename_takes_the_lowest_free_number
            a_free_name_is_kept
            behaviors_not_offered_are_refused
            another_case_is_as_the_profile_says
            a_folder_is_not_copied_into_itself
            a_refused_name_changes_nothing
            a_missing_source_is_refused
            a_missing_target_is_refused
            a_file_cannot_be_the_target
        }
    };
    ($check:expr, $make:expr; $($name:ident)+) => {
        /// The names of the tests, to test that they include all properties.
        #[allow(dead_code, reason = "only the testkit reads it")]
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),+];

        #[test]
        fn something_is_checked() {
            $check.run_any($make);
        }

        $(
            #[test]
            fn $name() {
                $check.run_one(stringify!($name), $make);
            }
        )+
    };
}
