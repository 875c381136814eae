//! The only place that finds the folder to copy to, and makes what is missing on the way.

use anyhow::anyhow;
use drivesim::{DriveError, Error, ItemId, Sim};

use crate::failure::Failure;

/// Finds the folder at `path`; folders missing on the way are made.
///
/// Nothing is made in the source: the way ends there, so that the drive can refuse a copy into itself.
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
    let mut way = String::new();
    for name in path.split('/').filter(|name| !name.is_empty()) {
        way.push('/');
        way.push_str(name);
        folder = match sim.item(&way) {
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
    fn folders_missing_on_the_way_are_made() {
        let sim = Sim::builder().outline("Docs/\nArchive/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        let made = target(&sim, source, "/Archive/2024/May/").unwrap();
        assert_eq!(sim.path(made).unwrap(), "/Archive/2024/May");
        assert_eq!(target(&sim, source, "/Archive/2024/May").unwrap(), made);
    }

    #[test]
    fn nothing_is_made_in_the_source() {
        let sim = Sim::builder().outline("Docs/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        assert_eq!(target(&sim, source, "/Docs/a/b").unwrap(), source);
        sim.assert_outline("Docs/\n");
    }

    #[test]
    fn a_text_that_is_no_path_is_bad_usage() {
        let sim = Sim::builder().outline("Docs/\n").build().unwrap();
        let source = sim.item("/Docs").unwrap().id;
        assert!(matches!(target(&sim, source, "Archive"), Err(Failure::Usage(_))));
        assert!(matches!(target(&sim, source, "/a//b"), Err(Failure::Usage(_))));
    }
}
