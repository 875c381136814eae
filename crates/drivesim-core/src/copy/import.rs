//! Imports what a copy keeps of its source, or needs from another drive: names, contents, histories, times,
//! descriptions and members. Each distinct one is imported once.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::actor::Actor;
use crate::arena::Node;
use crate::content::Content;
use crate::copy::check::CopyRoot;
use crate::copy::plan::{Plan, Planned};
use crate::copy::view::{CrossDrive, SourceView};
use crate::drive::Drive;
use crate::error::Error;
use crate::history::History;
use crate::members::Members;
use crate::name_table::NameId;

/// The handles in the target for those of the source, where they differ.
#[derive(Debug, Default)]
pub(crate) struct Translation {
    names: Handles<NameId>,
    contents: Handles<u32>,
    histories: Handles<u32>,
    /// By handle and whether it is a folder's. Items without an entry get the metadata of the copy.
    metadata: Handles<(u32, bool)>,
    crosses: bool,
}

/// Handles of one kind: those imported into the target, and those still to import.
#[derive(Debug)]
struct Handles<K> {
    imported: HashMap<K, u32, FixedState>,
    pending: Vec<K>,
}

impl<K> Default for Handles<K> {
    fn default() -> Handles<K> {
        Handles { imported: HashMap::default(), pending: Vec::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Handles<K> {
    /// Adds a handle to import.
    fn add(&mut self, handle: K) {
        if self.imported.insert(handle, 0).is_none() {
            self.pending.push(handle);
        }
    }

    fn get(&self, handle: K) -> Option<u32> {
        self.imported.get(&handle).copied()
    }

    /// Imports at most `limit` handles; returns how many more could have been imported.
    fn import(
        &mut self,
        limit: usize,
        mut import: impl FnMut(K) -> Result<u32, Error>,
    ) -> Result<usize, Error> {
        let n_imported = self.pending.len().min(limit);
        for handle in self.pending.drain(..n_imported) {
            self.imported.insert(handle, import(handle)?);
        }
        Ok(limit - n_imported)
    }
}

impl Translation {
    /// Lists the handles to import, in the order of the plan.
    pub(crate) fn collect(plan: &Plan, roots: &[CopyRoot], view: &SourceView) -> Translation {
        let mut translation = Translation { crosses: view.cross_drive.is_some(), ..Translation::default() };
        if !translation.crosses && view.kept_metadata.is_none() && view.histories.is_none() {
            return translation;
        }
        for record in plan.records(roots, &view.nodes) {
            translation.add_handles(view, record);
        }
        translation
    }

    fn add_handles(&mut self, view: &SourceView, node: &Node) {
        if self.crosses {
            self.names.add(node.name);
            if !node.is_folder() {
                self.contents.add(view.content_of(node));
            }
        }
        if let (Some(histories), Some(history)) = (&view.histories, node.history()) {
            if histories.has_past_versions(history) {
                self.histories.add(history);
            }
        }
        if let Some(kept) = &view.kept_metadata {
            if kept.keeps_any(node.metadata, node.is_folder()) {
                self.metadata.add((node.metadata, node.is_folder()));
            }
        }
    }

    pub(crate) fn name(&self, source: &Node) -> NameId {
        if self.crosses { self.names.get(source.name).unwrap_or(0) } else { source.name }
    }

    pub(crate) fn content(&self, view: &SourceView, source: &Node) -> u32 {
        match (source.is_folder(), view.content_of(source)) {
            (true, _) => 0,
            (false, content) if self.crosses => self.contents.get(content).unwrap_or(0),
            (false, content) => content,
        }
    }

    /// Returns the metadata of a copied item if it differs from that of the copy.
    pub(crate) fn metadata(&self, source: &Node) -> Option<u32> {
        if self.metadata.imported.is_empty() {
            return None;
        }
        self.metadata.get((source.metadata, source.is_folder()))
    }

    /// Returns the history of a copied file.
    pub(crate) fn history(&self, source: &Node) -> Option<u32> {
        source.history().and_then(|history| self.histories.get(history))
    }
}

impl Drive {
    /// Imports at most `limit` of the handles that a copy keeps or needs from another drive. Returns whether more are
    /// left; call it until none are.
    ///
    /// # Errors
    /// [`Error::DriveFull`], [`Error::OverCapacity`]; what was imported is swept some time later.
    pub fn import<'a>(
        &mut self,
        planned: &mut Planned,
        limit: usize,
        act: impl Into<Actor<'a>>,
    ) -> Result<bool, Error> {
        let metadata = self.new_copy_metadata(act.into());
        let (view, translation) = (&planned.opened.view, &mut planned.translation);
        if view.cross_drive.is_some() || view.kept_metadata.is_some() {
            // A copy that is abandoned leaves contents and texts behind.
            self.tree.expect_unused();
        }
        let mut left = limit;
        if let Some(foreign) = &view.cross_drive {
            left = translation.names.import(left, |name| self.import_name(foreign, name))?;
            left = translation.contents.import(left, |content| self.import_content(foreign, content))?;
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
                if let Some(source) = source.filter(|_| keeps.fs_times && !is_folder) {
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
        let Translation { names, contents, histories, metadata, .. } = translation;
        let n_left =
            names.pending.len() + contents.pending.len() + histories.pending.len() + metadata.pending.len();
        Ok(n_left > 0)
    }

    fn import_name(&mut self, foreign: &CrossDrive, name: NameId) -> Result<u32, Error> {
        let text = foreign.names.text(name);
        self.tree.names.intern(text).ok_or_else(|| full(text))
    }

    fn import_content(&mut self, foreign: &CrossDrive, content: u32) -> Result<u32, Error> {
        let content = foreign.contents.get(content).cloned().unwrap_or_else(Content::empty);
        self.claim("the content of a file", 0, content.n_given_bytes())?;
        self.tree.content(content).ok_or_else(|| full("the content of a file"))
    }

    fn import_history(&mut self, foreign: Option<&CrossDrive>, mut history: History) -> Result<u32, Error> {
        if let Some(foreign) = foreign {
            history.written.1 = self.tree.users.intern(&foreign.users.name(history.written.1));
            history.translate(|past| {
                past.modified_by = self.tree.users.intern(&foreign.users.name(past.modified_by));
                past.name = self.import_name(foreign, past.name)?;
                past.content = self.import_content(foreign, past.content)?;
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
