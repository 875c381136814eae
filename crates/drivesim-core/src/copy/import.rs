//! Imports what a copy keeps of its source, or needs from another drive: names, contents, histories, times,
//! descriptions and members. Each distinct one is imported once.

use crate::actor::Actor;
use crate::content::Content;
use crate::copy::planned::Planned;
use crate::copy::view::CrossDrive;
use crate::drive::Drive;
use crate::error::Error;
use crate::history::History;
use crate::members::Members;
use crate::name_table::NameId;

impl Drive {
    /// Imports at most `limit` of the handles that a copy keeps or needs from another drive. Returns whether more are
    /// left; call it until none are.
    ///
    /// ```
    /// # use drivesim_core::{Drive, Profile, Timestamp, outline, copy::{CopySpec, open}};
    /// # let now = Timestamp::UNIX_EPOCH;
    /// # let lines = outline::parse("Docs/\n  a.txt = \"hi\"\nTo/\n")?.drives.remove(0).lines;
    /// # let drive = Drive::from_lines(Profile::PLAIN, &lines, now)?;
    /// # let mut target = Drive::new(Profile::BOX, now);
    /// let spec = CopySpec::new(drive.find("/Docs")?, target.root());
    /// let mut planned = open(&drive, &target, &spec)?.plan()?;
    /// // A thousand names, contents and so on at a time, so that nobody waits long for the target.
    /// while target.import(&mut planned, 1000, now)? {}
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DriveFull`], [`Error::OverCapacity`]; what was imported is swept some time later.
    pub fn import<'a>(
        &mut self,
        planned: &mut Planned,
        limit: usize,
        actor: impl Into<Actor<'a>>,
    ) -> Result<bool, Error> {
        let metadata = self.new_copy_metadata(actor.into());
        let (view, translation) = (&planned.opened.view, &mut planned.translation);
        if view.cross_drive.is_some() || view.kept_metadata.is_some() {
            // A copy that is abandoned leaves contents and texts behind.
            self.tree.expect_unused();
        }
        let mut left = limit;
        if let Some(cross_drive) = &view.cross_drive {
            left = translation.names.import(left, |name| self.import_name(cross_drive, name))?;
            left = translation.contents.import(left, |content| self.import_content(cross_drive, content))?;
        }
        if let Some(histories) = &view.histories {
            left = translation.histories.import(left, |handle| {
                let history = histories.copied_history(handle).unwrap_or_default();
                self.import_history(view.cross_drive.as_ref(), history)
            })?;
        }
        if let Some(keeper) = &view.kept_metadata {
            let keeps = keeper.keeps;
            translation.metadata.import(left, |(handle, is_folder)| {
                let (mut kept, source) = (metadata.clone(), keeper.metadata(handle));
                if let Some(source) = source.filter(|_| keeps.content_times && !is_folder) {
                    let old = view.old_version.map(|old| old.modified_at);
                    kept.fs_created_at = source.fs_created_at;
                    kept.fs_modified_at = old.unwrap_or(source.fs_modified_at);
                }
                if let Some(source) = source.filter(|_| keeps.description) {
                    kept.description.clone_from(&source.description);
                }
                kept.members = source.map_or(Members::NONE, |source| keeper.members_of(source));
                let n_text_bytes = kept.n_text_bytes();
                if n_text_bytes > 0 {
                    self.claim("the description of an item", 0, n_text_bytes)?;
                }
                self.tree.intern_metadata(kept).ok_or_else(|| full("the times of an item"))
            })?;
        }
        Ok(translation.is_pending())
    }

    fn import_name(&mut self, cross_drive: &CrossDrive, name: NameId) -> Result<u32, Error> {
        let text = cross_drive.names.text(name);
        self.tree.names.intern_text(text).ok_or_else(|| full(text))
    }

    fn import_content(&mut self, cross_drive: &CrossDrive, content: u32) -> Result<u32, Error> {
        let content = cross_drive.contents.get(content).cloned().unwrap_or_else(Content::empty);
        self.claim("the content of a file", 0, content.n_stored_bytes())?;
        self.tree.content(content).ok_or_else(|| full("the content of a file"))
    }

    fn import_history(
        &mut self,
        cross_drive: Option<&CrossDrive>,
        mut history: History,
    ) -> Result<u32, Error> {
        if let Some(cross_drive) = cross_drive {
            history.written.1 = self.tree.users.intern(&cross_drive.users.name(history.written.1));
            history.translate(|past| {
                past.modified_by = self.tree.users.intern(&cross_drive.users.name(past.modified_by));
                past.name = self.import_name(cross_drive, past.name)?;
                past.content = self.import_content(cross_drive, past.content)?;
                Ok(())
            })?;
        }
        self.tree.histories.add(history).ok_or_else(|| full("the versions of a file"))
    }
}

fn full(what: &str) -> Error {
    Error::DriveFull { name: what.to_owned() }
}

#[cfg(test)]
mod tests;
