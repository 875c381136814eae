//! The only place for what a caller may ask of a copy, and of a change of several facts in one step.

use drivesim_core::{Conflict, Json, MemberChange, Times, Versions};
use drivesim_jobs::Pace;

use crate::address::Address;

/// What is seen of a copy while it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Visibility {
    /// Each item of a copy appears when it is done, as was seen on business drives (onedrive-api-docs issue 1239); that
    /// folders come before what is in them is *assumed* (no option: `CopyOptions::visibility` sets what is seen
    /// meanwhile).
    #[default]
    Gradual,
    /// Everything appears when the job completes.
    OnCompletion,
}

/// What stays of a copy whose job fails halfway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Leftovers {
    /// What was revealed stays. That a failed copy leaves what it has made so far is *assumed* (no option:
    /// `CopyOptions::leftovers` sets what stays).
    #[default]
    Keep,
    /// Nothing stays.
    Remove,
}

/// How to copy. The default copies the whole item under its own name, refuses a taken name and follows the
/// simulator's pace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase", default, deny_unknown_fields)
)]
pub struct CopyOptions {
    /// The name of the copy; without it that of the source.
    pub name: Option<String>,
    /// What to do when the name is taken.
    pub conflict: Conflict,
    /// Whether to copy what is in the source folder instead of the folder.
    pub children_only: bool,
    /// Which versions of its files to copy.
    pub versions: Versions,
    /// The pace of the job; without it the simulator's.
    pub pace: Option<Pace>,
    /// What is seen while the job runs; without it the simulator's choice.
    pub visibility: Option<Visibility>,
    /// What stays if the job fails; without it the simulator's choice.
    pub leftovers: Option<Leftovers>,
}

impl CopyOptions {
    /// Gives the copy a name.
    pub fn named(name: impl Into<String>) -> CopyOptions {
        CopyOptions { name: Some(name.into()), ..CopyOptions::default() }
    }

    /// Copies what is in the source folder instead of the folder.
    pub fn children_only() -> CopyOptions {
        CopyOptions { children_only: true, ..CopyOptions::default() }
    }

    /// Returns what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> CopyOptions {
        CopyOptions { conflict, ..self }
    }

    /// Returns which versions of its files to copy.
    pub fn versions(self, versions: Versions) -> CopyOptions {
        CopyOptions { versions, ..self }
    }

    /// Sets the pace of this job.
    pub fn pace(self, pace: Pace) -> CopyOptions {
        CopyOptions { pace: Some(pace), ..self }
    }

    /// Sets what is seen while this job runs.
    pub fn visibility(self, visibility: Visibility) -> CopyOptions {
        CopyOptions { visibility: Some(visibility), ..self }
    }

    /// Sets what stays if this job fails.
    pub fn leftovers(self, leftovers: Leftovers) -> CopyOptions {
        CopyOptions { leftovers: Some(leftovers), ..self }
    }
}

/// What is to change of an item in one step. The default changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Update {
    /// Its name; without it the item is called as before.
    pub name: Option<String>,
    /// The folder it is in; without it the item stays there.
    pub parent: Option<Address>,
    /// What to do when the name is taken there.
    pub conflict: Conflict,
    /// What the item is about; an empty text takes the description away.
    pub description: Option<String>,
    /// Its times.
    pub times: Times,
    /// Whether the times came with the content that the file has: then no version is made for them.
    pub times_of_upload: bool,
    /// Members of its service that it gets, or loses where there is no value.
    pub members: Vec<MemberChange>,
}

impl Update {
    /// Gives the item another name.
    pub fn name(self, name: impl Into<String>) -> Update {
        Update { name: Some(name.into()), ..self }
    }

    /// Puts the item into a folder of its drive.
    pub fn parent(self, parent: impl Into<Address>) -> Update {
        Update { parent: Some(parent.into()), ..self }
    }

    /// Returns what to do when the name is taken.
    pub fn on_conflict(self, conflict: Conflict) -> Update {
        Update { conflict, ..self }
    }

    /// Returns what the item is about; an empty text takes the description away.
    pub fn description(self, description: impl Into<String>) -> Update {
        Update { description: Some(description.into()), ..self }
    }

    /// Gives a member of its service a value; `None` takes it away.
    ///
    /// ```
    /// # use drivesim::{Profile, Sim, Update};
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

    /// Sets times that came with the content the file has. No version is made for them, as business drives do for others.
    pub fn times_of_upload(self, times: Times) -> Update {
        Update { times, times_of_upload: true, ..self }
    }
}
