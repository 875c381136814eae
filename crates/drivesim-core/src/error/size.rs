//! Computes the memory of errors, for callers that store them.

use super::Error;

impl Error {
    /// Returns about how many bytes the error uses in addition to its own size.
    ///
    /// ```
    /// let error = drivesim_core::Error::NotFound { item: "/a.txt".to_owned() };
    /// assert_eq!(error.n_bytes(), 6);
    /// let error = drivesim_core::Error::SomeFailed { details: vec![error] };
    /// assert_eq!(error.n_bytes(), 6 + size_of::<drivesim_core::Error>());
    /// ```
    pub fn n_bytes(&self) -> usize {
        match self {
            Error::NotFound { item }
            | Error::NotAFolder { item }
            | Error::NotAFile { item }
            | Error::ChildrenOfAFile { item }
            | Error::TooManyItems { item, .. }
            | Error::TooDeep { item, .. }
            | Error::TagMismatch { item, .. }
            | Error::NothingToMatch { item }
            | Error::AccessDenied { item, .. }
            | Error::Locked { item }
            | Error::NoVersion { item, .. }
            | Error::CurrentVersion { item, .. }
            | Error::NotInBin { item } => item.len(),
            Error::BadPath { path, .. } => path.len(),
            Error::NameTaken { name, folder, .. } => name.len() + folder.len(),
            Error::BadName { name, .. }
            | Error::PathTooLong { name, .. }
            | Error::ChildrenOnlyWithName { name }
            | Error::SizeOverflow { name, .. }
            | Error::DriveFull { name }
            | Error::OverCapacity { name, .. }
            | Error::QuotaExceeded { name, .. } => name.len(),
            Error::IntoItself { source_path, target_path } => source_path.len() + target_path.len(),
            Error::NoMember { member, there, .. } => member.len() + size_of_val(&**there),
            Error::BadMember { member, fault } => member.len() + fault.len(),
            Error::NotEmpty { folder } => folder.len(),
            Error::WireId(fault) => fault.to_string().len(),
            Error::SomeFailed { details } => {
                let below: usize = details.iter().map(Error::n_bytes).sum();
                below + size_of_val(&**details)
            }
            Error::IsRoot { .. }
            | Error::ConflictNotOffered { .. }
            | Error::TimesNotSettable { .. }
            | Error::DescriptionTooLong { .. }
            | Error::NoLock { .. }
            | Error::ResyncRequired => 0,
        }
    }
}
