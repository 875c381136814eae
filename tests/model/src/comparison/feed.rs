//! Compares changes, searches and quotas of drives.

use drivesim::access::Access;
use drivesim::drive::DriveRef;
use drivesim::feed::{Change, ChangeToken, Tombstone};
use drivesim::item::ItemKind;

use super::coverage;
use super::engine::Engine;
use super::items::ModelView;
use crate::model::{Expectation, Gone, Key, Model, ModelDrive};

/// A token of a drive, and the number of the last change when it was taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct FeedToken {
    drive: u32,
    token: ChangeToken,
    since: u64,
}

/// The number of steps after which a token is taken.
const TOKEN_EVERY: usize = 4;

impl Engine {
    /// Compares the changes since an earlier token, all at once or page by page, and takes another token every few
    /// steps.
    pub(super) fn compare_changes(&mut self, view: &ModelView<'_>, drive: &ModelDrive) {
        let n_steps = view.model.n_steps;
        let tokens: Vec<FeedToken> =
            self.tokens.iter().copied().filter(|token| token.drive == drive.number).collect();
        // The latest, and another one that differs from step to step.
        let other = tokens.get(n_steps * 7 % tokens.len().max(1)).filter(|_| n_steps % 2 == 0);
        for (token, limit) in tokens.last().into_iter().zip([usize::MAX]).chain(other.into_iter().zip([2])) {
            let found = self.read_changes(&drive_ref(self, drive), token.token, limit);
            let expected = view.model.changes_since(drive, token.since);
            self.check_changes(view, found, expected);
        }
        if n_steps % TOKEN_EVERY == 0 || tokens.is_empty() {
            let token = self.sim.change_token(drive_ref(self, drive)).expect("a token");
            self.tokens.push(FeedToken { drive: drive.number, token, since: view.model.n_changes });
        }
    }

    /// Compares the listing of all items that a change feed begins with.
    pub(super) fn compare_listing(&mut self, view: &ModelView<'_>, drive: &ModelDrive) {
        let page = self.sim.changes(drive_ref(self, drive), None, 3).expect("a listing");
        let mut found = page.changes;
        found.extend(self.read_changes(&drive_ref(self, drive), page.token, 3));
        let items = view.model.seen_below(drive.root);
        let mut expected: Vec<_> = items
            .into_iter()
            .filter(|key| view.model.access_of(*key) >= Access::Read)
            .map(|key| (0, Expectation::Changed(key)))
            .collect();
        expected.sort_by_key(|(_, expectation)| self.id_of(expectation));
        found.sort_by_key(|change| match change {
            Change::Changed(item) => item.id,
            Change::Deleted(gone) => gone.id,
        });
        self.check_changes(view, found, expected);
    }

    fn id_of(&self, expectation: &Expectation) -> Option<drivesim::ItemId> {
        match expectation {
            Expectation::Changed(key) => self.ids.get(key).copied(),
            Expectation::Gone(gone) => self.ids.get(&gone.key).copied(),
        }
    }

    /// Reads all changes since a token.
    fn read_changes(&self, drive: &DriveRef, mut token: ChangeToken, limit: usize) -> Vec<Change> {
        let mut all = Vec::new();
        loop {
            let page = self.sim.changes(drive, Some(token), limit).expect("changes");
            assert!(page.changes.len() <= limit, "a page of changes is too long");
            all.extend(page.changes);
            coverage::count(format!(
                "look {}",
                if page.more { "page of changes" } else { "last page of changes" }
            ));
            if !page.more {
                let printed: Result<ChangeToken, _> = page.token.to_string().parse();
                assert_eq!(printed, Ok(page.token));
                return all;
            }
            assert_ne!(page.token, token, "a page leads to itself");
            token = page.token;
        }
    }

    /// Compares changes. Those of the model with the same number are in any order.
    fn check_changes(
        &mut self,
        view: &ModelView<'_>,
        mut found: Vec<Change>,
        mut expected: Vec<(u64, Expectation)>,
    ) {
        assert_eq!(found.len(), expected.len(), "the number of changes: {found:#?} {expected:#?}");
        let mut from = 0;
        while let Some((number, _)) = expected.get(from).cloned() {
            let n_same = expected[from..].iter().take_while(|(other, _)| *other == number).count();
            if n_same > 1 && number > 0 {
                coverage::count("look restored together".to_owned());
            }
            if n_same > 1 {
                expected[from..from + n_same].sort_by_key(|(_, expectation)| self.id_of(expectation));
                found[from..from + n_same].sort_by_key(|change| match change {
                    Change::Changed(item) => item.id,
                    Change::Deleted(gone) => gone.id,
                });
            }
            from += n_same;
        }
        for (found, (_, expected)) in found.iter().zip(&expected) {
            match (found, expected) {
                (Change::Changed(item), Expectation::Changed(key)) => {
                    self.map_item(*key, item.id);
                    self.check_item(view, *key, item, &format!("the change of {}", view.model.path(*key)));
                    coverage::count("look change seen".to_owned());
                }
                (Change::Deleted(tombstone), Expectation::Gone(gone)) => {
                    self.check_tombstone(tombstone, gone)
                }
                _ => panic!("{found:?} instead of {expected:?}"),
            }
        }
    }

    fn check_tombstone(&mut self, found: &Tombstone, gone: &Gone) {
        self.map_item(gone.key, found.id);
        assert_eq!((&found.name, found.kind), (&gone.name, gone.kind), "the name and kind of the tombstone");
        assert_eq!(u128::from(found.size), gone.size, "the size of the tombstone of {}", gone.name);
        if let Some(parent) = gone.parent.and_then(|parent| self.ids.get(&parent)) {
            assert_eq!(found.parent, Some(*parent), "the old folder of {}", gone.name);
        }
        coverage::count("look tombstone seen".to_owned());
    }

    /// Compares the results of searches below a folder.
    pub(super) fn compare_search(&self, model: &Model, folder: Key) {
        let item = &model.items[&folder];
        if item.kind == ItemKind::File || model.visible(folder).is_none() {
            return;
        }
        let at = self.at(item.drive, self.ids[&folder]);
        for text in ["", "A", ".tx"] {
            let found = self.sim.search(&at, text).expect("a search");
            let found: Vec<_> = found.into_iter().map(|item| Some(item.id)).collect();
            let expected = model.search(folder, text);
            let expected: Vec<_> = expected.iter().map(|key| self.ids.get(key).copied()).collect();
            assert_eq!(found, expected, "the results for {text:?} below {}", model.path(folder));
            let page = self.sim.search_at(&at, text, 1, 2).expect("a page of a search");
            let page: Vec<_> = page.into_iter().map(|item| Some(item.id)).collect();
            let part: Vec<_> = expected.into_iter().skip(1).take(2).collect();
            assert_eq!(page, part, "a page of the results for {text:?}");
            if !found.is_empty() {
                coverage::count("look search".to_owned());
            }
        }
    }

    /// Compares the quota of a drive and the bytes that count against it.
    pub(super) fn compare_quota(&self, model: &Model, drive: &ModelDrive) {
        let quota = self.sim.quota(drive_ref(self, drive)).expect("a quota");
        let used = model.used(drive.number);
        let counted = used.counted(drive.service);
        let total = drive.quota.map_or(u128::from(u64::MAX), u128::from);
        assert_eq!(quota.total, drive.quota, "the quota of {}", drive.name);
        let expected = [counted, total.saturating_sub(counted), used.bin];
        let expected = expected.map(|n_bytes| u64::try_from(n_bytes).unwrap_or(u64::MAX));
        assert_eq!(
            [quota.used, quota.remaining, quota.deleted],
            expected,
            "the used bytes of {}",
            drive.name
        );
    }
}

fn drive_ref(engine: &Engine, drive: &ModelDrive) -> DriveRef {
    engine.drives[&drive.number].clone()
}
