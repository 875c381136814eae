//! Assembles scenes: a tree, an item in it to copy, a target folder, and other items around.

use std::sync::Arc;

use drivesim::Profile;
use drivesim::item::ItemKind;
use drivesim::outline::LineContent;
use drivesim::profile::Level;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::copier::CopyRequest;
use super::tree::{Entry, Tree, join};
use crate::strategies::{accepted_names, no_names, trees_of};

/// The maximum number of items in a drawn folder, and next to a copy. Small numbers find the same failures as large
/// ones, but sooner.
pub(super) const MOST_ITEMS: usize = 20;
const MOST_SIBLINGS: usize = 5;

/// The common parameters of the scenes of a check.
#[derive(Clone)]
pub(super) struct Setting {
    pub profile: Profile,
    /// Returns whether the storage allows a name.
    pub accepts: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

/// The initial state and the request of one case.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub tree: Tree,
    pub request: CopyRequest,
    /// A second name, which is free in the target.
    pub second: String,
}

impl Scene {
    /// Returns the path of the copy if it has the requested name.
    pub fn copy_path(&self) -> String {
        join(&self.request.target, self.request.wanted_name())
    }

    /// Returns the source and everything below it, under the name of the copy.
    pub fn expected(&self) -> Tree {
        self.tree.cut(&self.request.source, self.request.wanted_name())
    }
}

pub(super) type Scenes = BoxedStrategy<Scene>;

/// An item with its name and everything below it. The tree contains it as `/name`.
#[derive(Clone, Debug)]
pub(super) struct NamedTree {
    pub name: String,
    pub tree: Tree,
}

/// Where the source and the target are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Layout {
    /// The source is in the root, the target is a folder next to it.
    Apart,
    /// The source is in a folder, the target in another one.
    Deep,
    /// The source is in a folder, the target is the root.
    Up,
    /// The source is copied into its own folder, under another name.
    Beside,
}

impl Layout {
    /// Returns the folders of the source and of the target.
    fn folders(self) -> (&'static str, &'static str) {
        match self {
            Layout::Apart => ("/", "/to"),
            Layout::Deep => ("/in", "/to/below"),
            Layout::Up => ("/in", "/"),
            Layout::Beside => ("/", "/"),
        }
    }
}

impl Setting {
    fn same(&self, a: &str, b: &str) -> bool {
        self.profile.names.same(a, b)
    }

    /// Draws names that the storage allows.
    pub fn names(&self, kind: ItemKind) -> BoxedStrategy<String> {
        self.names_that(kind, |_| true).unwrap_or_else(no_names)
    }

    /// Draws names that the storage allows and for which `is_fit` holds. Returns `None` if none were found.
    pub fn names_that(
        &self,
        kind: ItemKind,
        is_fit: impl Fn(&str) -> bool + 'static,
    ) -> Option<BoxedStrategy<String>> {
        let accepts = self.accepts.clone();
        // No common file system allows more bytes.
        accepted_names(&self.profile, kind, move |name| name.len() <= 255 && is_fit(name) && accepts(name))
    }

    /// Draws the items of a folder.
    pub fn trees(&self, most_items: usize) -> BoxedStrategy<Tree> {
        let accepts = self.accepts.clone();
        let content = contents().prop_map(LineContent::Bytes).boxed();
        let lines = trees_of(&self.profile, most_items, content, move |name| accepts(name));
        lines.prop_map(|outline| Tree::try_from(&outline).unwrap_or_default()).boxed()
    }

    pub fn file(&self) -> BoxedStrategy<NamedTree> {
        let entry = contents().prop_map(|bytes| (Entry::File(bytes), Tree::default()));
        top(self.names(ItemKind::File), entry.boxed())
    }

    pub fn folder_of(&self, below: BoxedStrategy<Tree>) -> BoxedStrategy<NamedTree> {
        top(self.names(ItemKind::Folder), below.prop_map(|below| (Entry::Folder, below)).boxed())
    }

    /// Draws a folder with a short name, so that the paths below it are not too long.
    pub fn short_folder_of(&self, below: BoxedStrategy<Tree>) -> BoxedStrategy<NamedTree> {
        let names = self.names_that(ItemKind::Folder, |name| name.len() <= 20).unwrap_or_else(no_names);
        top(names, below.prop_map(|below| (Entry::Folder, below)).boxed())
    }

    pub fn folder(&self) -> BoxedStrategy<NamedTree> {
        self.folder_of(self.trees(MOST_ITEMS))
    }

    pub fn any_item(&self) -> BoxedStrategy<NamedTree> {
        prop_oneof![1 => self.file(), 3 => self.folder()].boxed()
    }

    /// Draws the name of a copy: none, or one that is allowed for files and folders.
    fn new_names(&self) -> BoxedStrategy<Option<String>> {
        let rules = self.profile.names.clone();
        let is_of_files = move |name: &str| rules.check(name, ItemKind::File, Level::Root).is_ok();
        option::of(self.names_that(ItemKind::Folder, is_of_files).unwrap_or_else(no_names)).boxed()
    }

    /// Draws scenes around a source without a conflict, with other items in the target.
    pub fn around(&self, source: BoxedStrategy<NamedTree>, layouts: Vec<Layout>) -> Scenes {
        self.build(source, layouts, self.new_names(), Just(None).boxed())
    }

    /// Draws scenes in which an item in the target has the name of the copy.
    pub fn taken(&self, source: BoxedStrategy<NamedTree>, holder: BoxedStrategy<NamedTree>) -> Scenes {
        self.build(source, LAYOUTS.to_vec(), self.new_names(), holder.prop_map(Some).boxed())
    }

    pub fn build(
        &self,
        source: BoxedStrategy<NamedTree>,
        layouts: Vec<Layout>,
        new_name: BoxedStrategy<Option<String>>,
        holder: BoxedStrategy<Option<NamedTree>>,
    ) -> Scenes {
        let setting = self.clone();
        let drawn = (select(layouts), source, new_name, self.trees(MOST_SIBLINGS), holder);
        let scene =
            drawn.prop_filter_map("two items of one name", move |(layout, top, name, siblings, holder)| {
                setting.assemble(layout, &top, name, &siblings, holder.as_ref())
            });
        scene.boxed()
    }

    /// Assembles a scene; `None` if two of its items would have the same name in one folder.
    fn assemble(
        &self,
        layout: Layout,
        top: &NamedTree,
        name: Option<String>,
        siblings: &Tree,
        holder: Option<&NamedTree>,
    ) -> Option<Scene> {
        let (above, target) = layout.folders();
        let name = match layout {
            Layout::Beside => Some(name.unwrap_or_else(|| "new".to_owned())),
            _ => name,
        };
        let mut tree = Tree::default();
        for folder in ["/in", "/to", "/to/below"] {
            let is_needed =
                [above, target].iter().any(|path| join(path, "/x").starts_with(&join(folder, "/")));
            if is_needed {
                tree.insert(folder, Entry::Folder);
            }
        }
        self.is_free(&tree, above, &top.name).then(|| tree.graft(above, &top.tree))?;
        let request = CopyRequest { name, ..CopyRequest::new(join(above, &top.name), target) };
        let wanted = request.wanted_name().to_owned();
        self.is_free(&tree, target, &wanted).then_some(())?;
        if let Some(holder) = holder {
            // A name that is allowed for files may be reserved for folders.
            let kind = holder.tree.get(&join("/", &holder.name)).map_or(ItemKind::File, Entry::kind);
            self.profile.names.check(&wanted, kind, Level::Root).ok()?;
            tree.graft(target, &holder.tree.cut(&join("/", &holder.name), &wanted));
        }
        let second = ["second", "third", "fourth"].into_iter().find(|name| !self.same(name, &wanted))?;
        for sibling in siblings.names("/") {
            let is_wanted = [second, &wanted].iter().any(|name| self.same(name, sibling));
            if !is_wanted && self.is_free(&tree, target, sibling) {
                tree.graft(target, &siblings.cut(&join("/", sibling), sibling));
            }
        }
        self.is_free(&tree, target, second).then(|| Scene { tree, request, second: second.to_owned() })
    }

    pub fn is_free(&self, tree: &Tree, folder: &str, name: &str) -> bool {
        !tree.names(folder).any(|other| self.same(other, name))
    }
}

fn top(names: BoxedStrategy<String>, entry: BoxedStrategy<(Entry, Tree)>) -> BoxedStrategy<NamedTree> {
    let tops = (names, entry).prop_map(|(name, (entry, below))| {
        let mut tree = Tree::default();
        tree.insert(&name, entry);
        tree.graft(&join("/", &name), &below);
        NamedTree { name, tree }
    });
    tops.boxed()
}

pub(super) const LAYOUTS: [Layout; 4] = [Layout::Apart, Layout::Deep, Layout::Up, Layout::Beside];

/// Draws the bytes of a file: mostly short ones, some arbitrary ones, and some longer than usual buffers.
pub(super) fn contents() -> BoxedStrategy<Vec<u8>> {
    let short = select(vec!["", "x", "y", "hello\n"]).prop_map(|text| text.as_bytes().to_vec());
    let long = (any::<u8>(), 8_000usize..70_000).prop_map(|(first, len)| {
        let mut block: Vec<u8> =
            (0..=250).map(|at: u8| first.wrapping_add(at)).collect::<Vec<u8>>().repeat(len / 251 + 1);
        block.truncate(len);
        block
    });
    prop_oneof![12 => short, 6 => vec(any::<u8>(), 0..40), 1 => long].boxed()
}
