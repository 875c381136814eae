//! Defines the options of verbs: of a copy, a creation, a move, a restore, and an update of several properties.

use drivesim_core::{Conflict, Json, MemberChange, Times, Versions};
use drivesim_jobs::Pace;

use crate::address::Address;

/// What is visible of a copy while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Visibility {
    /// Each item of a copy appears when it is done, as was seen on business drives (onedrive-api-docs issue 1239).
    ///
    /// ASSUMED: Folders appear before the items in them (no option: `CopyOptions::visibility` sets what is seen
    /// meanwhile).
    #[default]
    Gradual,
    /// Everything appears when the job completes.
    OnCompletion,
}

/// What happens to the items of a copy whose job fails halfway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum OnFailure {
    /// Revealed items are kept.
    ///
    /// ASSUMED: A failed copy leaves what it has made so far (no option: `CopyOptions::on_failure` sets what stays).
    #[default]
    Keep,
    /// All items are removed.
    Remove,
}

/// Options of [`Sim::copy`](crate::Sim::copy). By default the whole item is copied under its own name at the simulator's pace, and a taken name
/// is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct CopyOptions {
    /// The name of the copy; by default that of the source.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
    /// Whether to copy the children of the source folder instead of the folder.
    pub children_only: bool,
    /// Which versions of its files to copy.
    pub versions: Versions,
    /// The pace of the job; by default the simulator's.
    pub pace: Option<Pace>,
    /// What is visible while the job runs; by default the simulator's choice.
    pub visibility: Option<Visibility>,
    /// What is kept if the job fails; by default the simulator's choice.
    #[cfg_attr(feature = "serde", serde(rename = "leftovers"))]
    pub on_failure: Option<OnFailure>,
}

impl CopyOptions {
    /// Creates options with a name for the copy.
    pub fn named(name: impl Into<String>) -> CopyOptions {
        CopyOptions { name: Some(name.into()), ..CopyOptions::default() }
    }

    /// Creates options that copy the children of the source folder instead of the folder.
    pub fn children_only() -> CopyOptions {
        CopyOptions { children_only: true, ..CopyOptions::default() }
    }

    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> CopyOptions {
        CopyOptions { conflict, ..self }
    }

    /// Sets which versions of its files to copy.
    pub fn versions(self, versions: Versions) -> CopyOptions {
        CopyOptions { versions, ..self }
    }

    /// Sets the pace of this job.
    pub fn pace(self, pace: Pace) -> CopyOptions {
        CopyOptions { pace: Some(pace), ..self }
    }

    /// Sets what is visible while this job runs.
    pub fn visibility(self, visibility: Visibility) -> CopyOptions {
        CopyOptions { visibility: Some(visibility), ..self }
    }

    /// Sets what is kept if this job fails.
    pub fn on_failure(self, on_failure: OnFailure) -> CopyOptions {
        CopyOptions { on_failure: Some(on_failure), ..self }
    }
}

/// Options of [`Sim::create_folder_with`](crate::Sim::create_folder_with) and
/// [`Sim::create_file_with`](crate::Sim::create_file_with). By default a taken name is an error. A [`Conflict`] alone
/// stands for options with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct CreateOptions {
    /// What to do when the name is taken.
    pub conflict: Conflict,
}

impl CreateOptions {
    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> CreateOptions {
        CreateOptions { conflict }
    }
}

impl From<Conflict> for CreateOptions {
    fn from(conflict: Conflict) -> CreateOptions {
        CreateOptions::default().on_conflict(conflict)
    }
}

/// Options of [`Sim::move_to_with`](crate::Sim::move_to_with). By default an item keeps its name, and a taken name is an
/// error. A [`Conflict`] alone stands for options with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct MoveOptions {
    /// The new name; by default the item keeps its name.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
}

impl MoveOptions {
    /// Creates options with a new name for the item.
    pub fn named(name: impl Into<String>) -> MoveOptions {
        MoveOptions { name: Some(name.into()), ..MoveOptions::default() }
    }

    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> MoveOptions {
        MoveOptions { conflict, ..self }
    }
}

impl From<Conflict> for MoveOptions {
    fn from(conflict: Conflict) -> MoveOptions {
        MoveOptions::default().on_conflict(conflict)
    }
}

/// Options of [`Sim::restore_item_with`](crate::Sim::restore_item_with). By default an item returns to its previous
/// folder under its own name, and a taken name is an error. A [`Conflict`] alone stands for options with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct RestoreOptions {
    /// The folder, in the same drive; by default the previous one.
    pub folder: Option<Address>,
    /// The new name; by default the item keeps its name.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
}

impl RestoreOptions {
    /// Creates options with another folder of the same drive.
    pub fn to(folder: impl Into<Address>) -> RestoreOptions {
        RestoreOptions { folder: Some(folder.into()), ..RestoreOptions::default() }
    }

    /// Creates options with a new name for the item.
    pub fn named(name: impl Into<String>) -> RestoreOptions {
        RestoreOptions::default().name(name)
    }

    /// Sets the new name of the item.
    pub fn name(self, name: impl Into<String>) -> RestoreOptions {
        RestoreOptions { name: Some(name.into()), ..self }
    }

    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> RestoreOptions {
        RestoreOptions { conflict, ..self }
    }
}

impl From<Conflict> for RestoreOptions {
    fn from(conflict: Conflict) -> RestoreOptions {
        RestoreOptions::default().on_conflict(conflict)
    }
}

/// An update of several properties of an item in one step, for [`Sim::update`](crate::Sim::update). The default changes
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Update {
    /// The new name; `None` keeps the name.
    pub name: Option<String>,
    /// The new folder; `None` keeps the folder.
    pub parent: Option<Address>,
    /// What to do when the name is taken there.
    pub conflict: Conflict,
    /// The new description; an empty text removes it.
    pub description: Option<String>,
    /// The new times.
    pub times: Times,
    /// Whether the times came with the current content of the file: then they create no version.
    pub times_of_upload: bool,
    /// Members of its service to be set, or to be removed where there is no value.
    pub members: Vec<MemberChange>,
}

impl Update {
    /// Sets the name of the item.
    pub fn name(self, name: impl Into<String>) -> Update {
        Update { name: Some(name.into()), ..self }
    }

    /// Sets the folder of the item, in the same drive.
    pub fn parent(self, parent: impl Into<Address>) -> Update {
        Update { parent: Some(parent.into()), ..self }
    }

    /// Sets what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> Update {
        Update { conflict, ..self }
    }

    /// Sets the description; an empty text removes it.
    pub fn description(self, description: impl Into<String>) -> Update {
        Update { description: Some(description.into()), ..self }
    }

    /// Sets a member of its service; `None` removes it.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim};
    /// # use drivesim::options::Update;
    /// let sim = Sim::builder().profile(Profile::BOX).outline("a.txt\n").build()?;
    /// let tags = r#"["approved"]"#.parse().ok();
    /// sim.update("/a.txt", Update::default().name("b.txt").member("tags", tags))?;
    /// let item = sim.item("/b.txt")?;
    /// assert_eq!((item.etag, format!("{:?}", item.members)), (1, r#"{"tags": ["approved"]}"#.to_owned()));
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    pub fn member(self, name: impl Into<String>, value: Option<Json>) -> Update {
        let mut members = self.members;
        members.push((name.into(), value));
        Update { members, ..self }
    }

    /// Sets times of the item.
    pub fn times(self, times: Times) -> Update {
        Update { times, ..self }
    }

    /// Sets times that came with the current content of the file. They create no version, while business drives create
    /// one for other times.
    pub fn times_of_upload(self, times: Times) -> Update {
        Update { times, times_of_upload: true, ..self }
    }
}
