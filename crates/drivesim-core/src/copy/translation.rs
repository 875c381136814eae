//! Translates handles of the source of a copy into handles of its target.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::arena::Node;
use crate::copy::check::CopyRoot;
use crate::copy::plan::Plan;
use crate::copy::view::SourceView;
use crate::error::Error;
use crate::name_table::NameId;

/// The handles in the target for those of the source, where they differ.
#[derive(Debug, Default)]
pub(crate) struct Translation {
    pub(crate) names: Handles<NameId>,
    pub(crate) contents: Handles<u32>,
    pub(crate) histories: Handles<u32>,
    /// By handle and whether it is a folder's. Items without an entry get the metadata of the copy.
    pub(crate) metadata: Handles<(u32, bool)>,
    crosses: bool,
}

/// Handles of one kind: those imported into the target, and those still to import.
#[derive(Debug)]
pub(crate) struct Handles<K> {
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
    pub(crate) fn import(
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

    /// Returns whether handles are left to import.
    pub(crate) fn is_pending(&self) -> bool {
        let Translation { names, contents, histories, metadata, crosses: _ } = self;
        let n_left =
            names.pending.len() + contents.pending.len() + histories.pending.len() + metadata.pending.len();
        n_left > 0
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
