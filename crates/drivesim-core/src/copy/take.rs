//! The only place that takes over what a copy keeps of its source, or needs from another drive: names, contents,
//! histories, times, descriptions and members. Each distinct one is taken once.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::act::Act;
use crate::arena::Node;
use crate::content::Content;
use crate::copy::check::RootWish;
use crate::copy::plan::{Plan, Planned};
use crate::copy::view::{Foreign, View};
use crate::drive::Drive;
use crate::error::Error;
use crate::history::History;
use crate::intern::NameId;
use crate::members::Members;

/// What the handles of the source are called in the target, as far as they are not the same.
#[derive(Debug, Default)]
pub(crate) struct Translation {
    names: Handles<NameId>,
    contents: Handles<u32>,
    histories: Handles<u32>,
    /// By handle and whether it is a folder's; those that are not there get the stamp of the copy.
    stamps: Handles<(u32, bool)>,
    crosses: bool,
}

/// Handles of one kind: what they are in the target, and those of which that is not yet known.
#[derive(Debug)]
struct Handles<K> {
    taken: HashMap<K, u32, FixedState>,
    left: Vec<K>,
}

impl<K> Default for Handles<K> {
    fn default() -> Handles<K> {
        Handles { taken: HashMap::default(), left: Vec::new() }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Handles<K> {
    /// Notes that a handle is wanted.
    fn want(&mut self, handle: K) {
        if self.taken.insert(handle, 0).is_none() {
            self.left.push(handle);
        }
    }

    fn get(&self, handle: K) -> Option<u32> {
        self.taken.get(&handle).copied()
    }

    /// Takes over at most `limit` handles; returns how many more could have been.
    fn take(&mut self, limit: usize, mut take: impl FnMut(K) -> Result<u32, Error>) -> Result<usize, Error> {
        let n_taken = self.left.len().min(limit);
        for handle in self.left.drain(..n_taken) {
            self.taken.insert(handle, take(handle)?);
        }
        Ok(limit - n_taken)
    }
}

impl Translation {
    /// Lists what is to be taken over, in the order of the plan.
    pub(crate) fn wanted(plan: &Plan, roots: &[RootWish], view: &View) -> Translation {
        let mut translation = Translation { crosses: view.foreign.is_some(), ..Translation::default() };
        if !translation.crosses && view.kept.is_none() && view.histories.is_none() {
            return translation;
        }
        for record in plan.records(roots, &view.nodes) {
            translation.want(view, record);
        }
        translation
    }

    fn want(&mut self, view: &View, node: &Node) {
        if self.crosses {
            self.names.want(node.name);
            if !node.is_folder() {
                self.contents.want(view.content_of(node));
            }
        }
        if let (Some(histories), Some(history)) = (&view.histories, node.history()) {
            if histories.has_several(history) {
                self.histories.want(history);
            }
        }
        if let Some(kept) = &view.kept {
            if kept.wants(node.stamp, node.is_folder()) {
                self.stamps.want((node.stamp, node.is_folder()));
            }
        }
    }

    pub(crate) fn name(&self, source: &Node) -> NameId {
        if self.crosses { self.names.get(source.name).unwrap_or(0) } else { source.name }
    }

    pub(crate) fn content(&self, view: &View, source: &Node) -> u32 {
        match (source.is_folder(), view.content_of(source)) {
            (true, _) => 0,
            (false, content) if self.crosses => self.contents.get(content).unwrap_or(0),
            (false, content) => content,
        }
    }

    /// Returns the stamp of a copied item, if it is not that of the copy.
    pub(crate) fn stamp(&self, source: &Node) -> Option<u32> {
        if self.stamps.taken.is_empty() {
            return None;
        }
        self.stamps.get((source.stamp, source.is_folder()))
    }

    /// Returns the history of a copied file.
    pub(crate) fn history(&self, source: &Node) -> Option<u32> {
        source.history().and_then(|history| self.histories.get(history))
    }
}

impl Drive {
    /// Takes over at most `limit` of the things that a copy keeps or needs from another drive; says whether more are
    /// left. To be called until none are.
    ///
    /// # Errors
    /// [`Error::DriveFull`], [`Error::OverCapacity`]; what was taken over is swept some time later.
    pub fn adopt<'a>(
        &mut self,
        planned: &mut Planned,
        limit: usize,
        act: impl Into<Act<'a>>,
    ) -> Result<bool, Error> {
        let stamp = self.new_copy_stamp(act.into());
        let (view, wanted) = (&planned.opened.view, &mut planned.translation);
        if view.foreign.is_some() || view.kept.is_some() {
            // A copy that is abandoned leaves contents and texts behind.
            self.tree.expect_unused();
        }
        let mut left = limit;
        if let Some(foreign) = &view.foreign {
            left = wanted.names.take(left, |name| self.take_name(foreign, name))?;
            left = wanted.contents.take(left, |content| self.take_content(foreign, content))?;
        }
        if let Some(histories) = &view.histories {
            left = wanted.histories.take(left, |handle| {
                let history = histories.copy_of(handle).unwrap_or_default();
                self.take_history(view.foreign.as_ref(), history)
            })?;
        }
        if let Some(keeper) = &view.kept {
            let keeps = keeper.keeps;
            wanted.stamps.take(left, |(handle, is_folder)| {
                let (mut kept, source) = (stamp.clone(), keeper.stamp(handle));
                if let Some(source) = source.filter(|_| keeps.fs_times && !is_folder) {
                    let old = view.old.map(|old| old.modified_at);
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
                self.tree.stamp(kept).ok_or_else(|| full("the times of an item"))
            })?;
        }
        let Translation { names, contents, histories, stamps, .. } = wanted;
        let n_left = names.left.len() + contents.left.len() + histories.left.len() + stamps.left.len();
        Ok(n_left > 0)
    }

    fn take_name(&mut self, foreign: &Foreign, name: NameId) -> Result<u32, Error> {
        let text = foreign.names.text(name);
        self.tree.names.intern(text).ok_or_else(|| full(text))
    }

    fn take_content(&mut self, foreign: &Foreign, content: u32) -> Result<u32, Error> {
        let content = foreign.contents.get(content).cloned().unwrap_or_else(Content::empty);
        self.claim("the content of a file", 0, content.n_given_bytes())?;
        self.tree.content(content).ok_or_else(|| full("the content of a file"))
    }

    fn take_history(&mut self, foreign: Option<&Foreign>, mut history: History) -> Result<u32, Error> {
        if let Some(foreign) = foreign {
            history.written.1 = self.tree.users.intern(&foreign.users.name(history.written.1));
            history.translate(|past| {
                past.modified_by = self.tree.users.intern(&foreign.users.name(past.modified_by));
                past.name = self.take_name(foreign, past.name)?;
                past.content = self.take_content(foreign, past.content)?;
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
