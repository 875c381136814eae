//! Finds the folder to copy to, and creates missing folders of its path.

use anyhow::anyhow;
use drivesim::error::DriveError;
use drivesim::{Error, ItemId, Sim};

use crate::failure::Failure;

/// Finds the folder at `path`, and creates missing folders of the path.
///
/// Nothing is created in the source: the path ends there, so that the drive can reject a copy into itself.
pub(crate) fn target(sim: &Sim, source: ItemId, path: &str) -> Result<ItemId, Failure> {
    match sim.item(path) {
        Ok(item) => return Ok(item.id),
        Err(Error::Drive(DriveError::NotFound { .. })) => {}
        Err(error @ Error::Drive(DriveError::BadPath { .. })) => {
            return Err(Failure::Usage(anyhow!("bad value for --into: {error}")));
        }
        Err(error) => return Err(error.into()),
    }
    let mut folder = sim.item("/")?.id;
    let mut prefix = String::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        prefix.push('/');
        prefix.push_str(name);
        folder = match sim.item(&prefix) {
            Ok(item) if item.id == source => return Ok(source),
            Ok(item) => item.id,
            Err(_) => sim.create_folder(folder, name)?,
        };
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_folders_of_the_path_are_created() {
        let sim = Sim::builder().outline("Docs/\nArchive/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        let created = target(&sim, source, "/Archive/2024/May/").unwrap();
        assert_eq!(sim.path(created).unwrap(), "/Archive/2024/May");
        assert_eq!(target(&sim, source, "/Archive/2024/May").unwrap(), created);
    }

    #[test]
    fn nothing_is_created_in_the_source() {
        let sim = Sim::builder().outline("Docs/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        assert_eq!(target(&sim, source, "/Docs/a/b").unwrap(), source);
        sim.assert_outline("Docs/\n");
    }

    #[test]
    fn a_text_that_is_not_a_path_is_bad_usage() {
        let sim = Sim::builder().outline("Docs/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        assert!(matches!(target(&sim, source, "Archive"), Err(Failure::Usage(_))));
        assert!(matches!(target(&sim, source, "/a//b"), Err(Failure::Usage(_))));
    }
}
