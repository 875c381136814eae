//! Names operations, for counts and messages.

use super::{Op, Terms};

impl<T: Terms> Op<T> {
    /// Returns the name of the verb of a simulator.
    pub fn name(&self) -> &'static str {
        match self {
            Op::CreateFolder { .. } => "create_folder_with",
            Op::CreateFile { .. } => "create_file_with",
            Op::CreateSized { .. } => "create_sized",
            Op::Write { .. } => "write",
            Op::Rename { .. } => "rename",
            Op::Move { .. } => "move_to_with",
            Op::Update { .. } => "update",
            Op::Delete { .. } => "delete",
            Op::DeletePermanently { .. } => "delete_permanently",
            Op::RestoreItem { .. } => "restore_item_with",
            Op::Purge { .. } => "purge",
            Op::PurgeAll { .. } => "purge_all",
            Op::RestoreVersion { .. } => "restore_version",
            Op::DeleteVersion { .. } => "delete_version",
            Op::SetTimes { .. } => "set_times",
            Op::SetDescription { .. } => "set_description",
            Op::SetAccess { .. } => "set_access",
            Op::SetQuota { .. } => "set_quota",
            Op::Lock { .. } => "lock",
            Op::Unlock { .. } => "unlock",
            Op::Copy { options, .. } if options.children_only => "copy children",
            Op::Copy { .. } => "copy",
            Op::Poll { .. } => "poll",
            Op::Step { .. } => "step",
            Op::Advance { .. } => "advance",
            Op::StepClock => "step_clock",
            Op::RunUntilIdle => "run_until_idle",
            Op::AddDrive { .. } => "add_drive",
            Op::RemoveDrive { .. } => "remove_drive",
            Op::ReadItem { .. } => "item",
            Op::ReadTags { .. } => "item (tags)",
            Op::List { .. } => "children",
            Op::ListAll { .. } => "children of all folders",
            Op::Search { .. } => "search",
            Op::ReadVersions { .. } => "versions",
            Op::ReadBin { .. } => "bin",
            Op::ReadChanges { .. } => "changes",
            Op::Extra(_) => "extra",
        }
    }
}
