//! Compares single items: their metadata, their versions, the bin.

use std::collections::BTreeMap;

use drivesim::access::Access;
use drivesim::error::DriveError;
use drivesim::item::BinItem;
use drivesim::{Error, Item};

use super::coverage;
use super::engine::Engine;
use crate::model::{Bytes, Facts, Key, Model, ModelDrive, ModelItem};
use crate::time::timestamp;

/// A model with precomputed values that take long to determine repeatedly.
pub(super) struct ModelView<'a> {
    pub(super) model: &'a Model,
    /// The children of each folder that are not hidden, in canonical order.
    children: BTreeMap<Key, Vec<Key>>,
    /// The size of each item, with everything below it.
    sizes: BTreeMap<Key, u128>,
}

impl<'a> ModelView<'a> {
    pub(super) fn of(model: &'a Model) -> ModelView<'a> {
        let children = model.items.iter().filter(|(_, item)| item.kind == drivesim::item::ItemKind::Folder);
        let children = children.map(|(key, _)| (*key, model.seen_children(*key))).collect();
        let mut view = ModelView { model, children, sizes: BTreeMap::new() };
        let tops: Vec<Key> =
            model.items.iter().filter(|(_, item)| item.parent.is_none()).map(|(key, _)| *key).collect();
        for top in tops {
            view.sum(top);
        }
        view
    }

    fn sum(&mut self, key: Key) -> u128 {
        let children = self.children.get(&key).cloned().unwrap_or_default();
        let below: u128 = children.into_iter().map(|child| self.sum(child)).sum();
        let size = below + u128::from(self.model.items[&key].bytes.size());
        self.sizes.insert(key, size);
        size
    }

    /// Returns the children of a folder that callers can see.
    fn children(&self, key: Key) -> Vec<Key> {
        let mut children = self.children.get(&key).cloned().unwrap_or_default();
        children.retain(|child| self.model.access_of(*child) >= Access::Read);
        children
    }
}

impl Engine {
    /// Compares an item, and records the ids of its children.
    pub(super) fn compare_item(&mut self, view: &ModelView<'_>, key: Key) {
        let (model, expected) = (view.model, &view.model.items[&key]);
        let path = model.path(key);
        let by_path = self.drives[&expected.drive].at(path.as_str());
        let access = model.access_of(key);
        assert_eq!(self.sim.access(&by_path), Ok(access), "the access of {path}");
        if access == Access::None {
            assert!(!self.sim.exists(&by_path), "{path} can be seen");
            return;
        }
        if !self.ids.contains_key(&key) {
            // The item is in a folder that is not readable.
            let id = self.sim.item(&by_path).expect(&path).id;
            self.map_item(key, id);
        }
        let at = self.at(expected.drive, self.ids[&key]);
        let item = self.sim.item(&at).expect(&path);
        self.check_item(view, key, &item, &path);
        assert_eq!(self.sim.path(&at).as_ref(), Ok(&path));
        let parent = expected.parent.filter(|parent| self.ids.contains_key(parent));
        if let Some(parent) = parent {
            assert_eq!(item.parent, Some(self.ids[&parent]), "the parent of {path}");
        }
        if item.is_folder() {
            let children = view.children(key);
            let listed = self.sim.children(&at).expect(&path);
            let names: Vec<&str> = listed.iter().map(|child| child.name.as_str()).collect();
            let expected: Vec<&str> = children.iter().map(|child| model.items[child].name.as_str()).collect();
            assert_eq!(names, expected, "the children of {path}");
            for (child, item) in children.into_iter().zip(listed) {
                self.map_item(child, item.id);
            }
        } else if expected.changed > self.n_changes {
            self.compare_versions(model, key);
        }
    }

    /// Compares the data of an item, except its parent.
    pub(super) fn check_item(&self, view: &ModelView<'_>, key: Key, item: &Item, path: &str) {
        let expected = &view.model.items[&key];
        assert_eq!((item.name.as_str(), item.kind), (expected.name.as_str(), expected.kind), "{path}");
        assert_eq!(u128::from(item.size), view.sizes[&key], "the size of {path}");
        assert_eq!(item.child_count as usize, view.children(key).len(), "the child count of {path}");
        assert_eq!(item.version, expected.version, "the version of {path}");
        let Facts { times, created_by, modified_by, etag, ctag, description } = &expected.facts;
        let found = [item.created_at, item.modified_at, item.fs_created_at, item.fs_modified_at];
        assert_eq!(found, times.map(timestamp), "the times of {path}");
        assert_eq!(
            (&*item.created_by, &*item.modified_by),
            (*created_by, *modified_by),
            "the users of {path}"
        );
        assert_eq!((item.etag, item.ctag), (*etag, *ctag), "the tags of {path}");
        assert_eq!(item.description.as_deref().unwrap_or_default(), description, "the description of {path}");
    }

    /// Compares the versions of a file and their content.
    pub(super) fn compare_versions(&self, model: &Model, key: Key) {
        let item = &model.items[&key];
        if item.kind == drivesim::item::ItemKind::Folder || model.visible(key).is_none() {
            return;
        }
        let (at, path) = (self.at(item.drive, self.ids[&key]), model.path(key));
        let found = self.sim.versions(&at).expect(&path);
        let found: Vec<_> = found
            .iter()
            .map(|found| {
                let by = found.modified_by.to_string();
                (found.number, found.size, found.modified_at, by, found.deleted_at, found.is_current)
            })
            .collect();
        assert_eq!(found, listed_versions(item), "the versions of {path}");
        for (number, ..) in found {
            let content = self.sim.version_content(&at, number);
            match (content, item.bytes_of(number)) {
                (Ok(content), Some(Bytes::Text(text))) => {
                    let mut bytes = vec![0; text.len() + 1];
                    let n_read = content.read_at(0, &mut bytes);
                    assert_eq!(&bytes[..n_read], text.as_bytes(), "version {number} of {path}");
                }
                (Ok(content), Some(bytes)) => assert_eq!(content.size(), bytes.size()),
                (content, bytes) => assert!(
                    bytes.is_none() && matches!(content, Err(Error::Drive(DriveError::NoVersion { .. }))),
                    "version {number} of {path}: {content:?}"
                ),
            }
        }
    }

    /// Compares the items in the bin of a drive.
    pub(super) fn compare_bin(&self, view: &ModelView<'_>, drive: &ModelDrive) {
        let found = self.sim.bin(&self.drives[&drive.number]).expect("a bin");
        let mut expected = view.model.bin(drive.number);
        expected.retain(|key| view.model.access_of(*key) >= Access::Read);
        let ids: Vec<_> = expected.iter().map(|key| self.ids.get(key).copied()).collect();
        let found_ids: Vec<_> = found.iter().map(|binned| Some(binned.item.id)).collect();
        assert_eq!(found_ids, ids, "the bin of {}", drive.name);
        for (key, found) in expected.into_iter().zip(found) {
            self.check_binned(view, key, &found);
            let at = self.at(drive.number, found.item.id);
            assert_eq!(self.sim.bin_item(at).as_ref(), Ok(&found));
            coverage::count("look bin".to_owned());
        }
    }

    fn check_binned(&self, view: &ModelView<'_>, key: Key, found: &BinItem) {
        self.check_item(view, key, &found.item, "an item of the bin");
        let Some(binned) = &view.model.items[&key].binned else { return };
        assert_eq!(found.deleted_at, timestamp(binned.at), "when it was deleted");
        assert_eq!(&*found.deleted_by, binned.by, "who deleted it");
        assert_eq!(found.purge_at, binned.purge_at.map(timestamp), "when it is purged");
        if let Some(parent) = self.ids.get(&binned.parent) {
            assert_eq!(found.item.parent, Some(*parent), "its old folder");
        }
    }
}

type Listed = (u32, u64, drivesim::item::Timestamp, String, Option<drivesim::item::Timestamp>, bool);

/// Returns the expected listing of a file's versions.
fn listed_versions(item: &ModelItem) -> Vec<Listed> {
    let (at, by) = (timestamp(item.written.at), item.written.by.to_owned());
    let mut listed = vec![(item.version, item.bytes.size(), at, by, None, true)];
    listed.extend(item.past.iter().rev().map(|past| {
        let (at, by) = (timestamp(past.written.at), past.written.by.to_owned());
        (past.number, past.bytes.size(), at, by, past.deleted_at.map(timestamp), false)
    }));
    listed
}
