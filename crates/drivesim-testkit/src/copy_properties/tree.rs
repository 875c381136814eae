//! Represents a tree of files and folders as a list of paths with their bytes, and converts it to and from outlines.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use drivesim::item::ItemKind;
use drivesim::outline::{self, Attributes, ContentRef, LineContent, LineRef, Outline};

/// The maximum number of lines of a tree in a message.
const SHOWN_LINES: usize = 200;
/// The maximum number of bytes of a file in a message; a longer file is printed with its size.
const SHOWN_BYTES: usize = 64;

/// An item of a [`Tree`]: a folder, or a file with its bytes.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entry {
    /// A folder; its children are other items of the tree.
    Folder,
    /// A file with these bytes.
    File(Vec<u8>),
}

/// Files and folders by path, such as `/Docs/a.txt`, without the root.
///
/// A tree prints as an outline, and is parsed from one: this converts it to and from a [`drivesim::Sim`]. A path that
/// is inserted twice is kept twice, so that a listing with two items of one name differs from any tree without.
///
/// ```
/// use drivesim_testkit::copy_properties::{Entry, Tree};
///
/// let mut tree = Tree::default();
/// tree.insert("Docs", Entry::Folder);
/// tree.insert("Docs/a.txt", Entry::File(b"hi".to_vec()));
/// assert_eq!(tree.to_string(), "Docs/\n  a.txt = \"hi\"\n");
/// assert_eq!(tree.to_string().parse(), Ok(tree));
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// Sorted by the names of their paths, so that each folder comes before its children.
    items: Vec<(String, Entry)>,
}

/// Compares paths name by name: the items below a folder directly follow it.
fn by_names(a: &str, b: &str) -> Ordering {
    a.split('/').cmp(b.split('/'))
}

impl Tree {
    /// Adds an item. A path may begin with `/` or not.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::{Entry, Tree};
    ///
    /// let mut tree = Tree::default();
    /// tree.insert("/a", Entry::Folder);
    /// assert_eq!(tree.get("/a"), Some(&Entry::Folder));
    /// ```
    pub fn insert(&mut self, path: impl AsRef<str>, entry: Entry) {
        let path = format!("/{}", path.as_ref().trim_start_matches('/'));
        let is_before = |(other, existing): &(String, Entry)| {
            by_names(other, &path).then_with(|| existing.cmp(&entry)) == Ordering::Less
        };
        let at = self.items.partition_point(is_before);
        self.items.insert(at, (path, entry));
    }

    /// Returns the items with their paths, each folder before its children.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::Tree;
    ///
    /// let tree: Tree = "a/\n  b\n".parse()?;
    /// assert_eq!(tree.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["/a", "/a/b"]);
    /// # Ok::<(), drivesim_testkit::copy_properties::TreeError>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.items.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Returns the first item with this path, which begins with `/`.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::{Entry, Tree};
    ///
    /// let tree: Tree = "a = \"hi\"\n".parse()?;
    /// assert_eq!(tree.get("/a"), Some(&Entry::File(b"hi".to_vec())));
    /// assert_eq!(tree.get("/b"), None);
    /// # Ok::<(), drivesim_testkit::copy_properties::TreeError>(())
    /// ```
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.iter().find(|&(other, _)| other == path).map(|(_, entry)| entry)
    }

    /// Returns the number of items.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::Tree;
    ///
    /// assert_eq!("a/\n  b\n".parse::<Tree>()?.len(), 2);
    /// # Ok::<(), drivesim_testkit::copy_properties::TreeError>(())
    /// ```
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are no items.
    ///
    /// ```
    /// assert!(drivesim_testkit::copy_properties::Tree::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the size of all files.
    pub(super) fn n_bytes(&self) -> u64 {
        self.items.iter().map(|(_, entry)| entry.n_bytes()).sum()
    }

    /// Returns an item and everything below it, as if it were in the root under this name.
    pub(super) fn cut(&self, path: &str, name: &str) -> Tree {
        let below = format!("{path}/");
        let mut tree = Tree::default();
        for (item, entry) in self.iter() {
            let rest = if item == path { Some("") } else { item.strip_prefix(&below) };
            if let Some(rest) = rest {
                tree.insert(join(&format!("/{name}"), rest), entry.clone());
            }
        }
        tree
    }

    /// Returns the tree without an item and everything below it.
    pub(super) fn without(&self, path: &str) -> Tree {
        let below = format!("{path}/");
        let stays = |item: &str| item != path && !item.starts_with(&below);
        self.iter().filter(|(item, _)| stays(item)).map(|(item, entry)| (item, entry.clone())).collect()
    }

    /// Adds all of another tree below a folder.
    pub(super) fn graft(&mut self, folder: &str, below: &Tree) {
        below.iter().for_each(|(path, entry)| self.insert(join(folder, path), entry.clone()));
    }

    /// Returns the names in a folder.
    pub(super) fn names(&self, folder: &str) -> impl Iterator<Item = &str> {
        let below = join(folder, "");
        let below = if below.ends_with('/') { below } else { below + "/" };
        self.iter().filter_map(move |(path, _)| path.strip_prefix(&below).filter(|name| !name.contains('/')))
    }

    fn write(&self, out: &mut fmt::Formatter<'_>, is_brief: bool) -> fmt::Result {
        let most = if is_brief { SHOWN_LINES } else { usize::MAX };
        let attributes = Attributes::default();
        for (path, entry) in self.iter().take(most) {
            let depth = path.matches('/').count() - 1;
            let name = path.rsplit('/').next().unwrap_or_default();
            let kind = entry.kind();
            let content = match entry {
                Entry::Folder => ContentRef::Empty,
                Entry::File(bytes) if is_brief && bytes.len() > SHOWN_BYTES => {
                    ContentRef::Size(bytes.len() as u64)
                }
                Entry::File(bytes) => ContentRef::Bytes(bytes),
            };
            outline::write_line(out, LineRef { depth, name, kind, content, attributes: &attributes })?;
        }
        match self.len().saturating_sub(most) {
            0 => Ok(()),
            n_more => writeln!(out, "… and {n_more} more"),
        }
    }
}

/// Joins a folder and a path below it; either may be the root or empty.
pub(super) fn join(folder: &str, path: &str) -> String {
    match (folder.trim_end_matches('/'), path.trim_start_matches('/')) {
        ("", rest) => format!("/{rest}"),
        (folder, "") => folder.to_owned(),
        (folder, rest) => format!("{folder}/{rest}"),
    }
}

impl Entry {
    /// Returns whether this is a file or a folder.
    ///
    /// ```
    /// use drivesim_testkit::copy_properties::Entry;
    ///
    /// assert_eq!(Entry::Folder.kind(), drivesim::item::ItemKind::Folder);
    /// ```
    pub fn kind(&self) -> ItemKind {
        match self {
            Entry::Folder => ItemKind::Folder,
            Entry::File(_) => ItemKind::File,
        }
    }

    pub(super) fn n_bytes(&self) -> u64 {
        match self {
            Entry::Folder => 0,
            Entry::File(bytes) => bytes.len() as u64,
        }
    }
}

impl<P: AsRef<str>> FromIterator<(P, Entry)> for Tree {
    fn from_iter<I: IntoIterator<Item = (P, Entry)>>(items: I) -> Tree {
        let mut tree = Tree::default();
        items.into_iter().for_each(|(path, entry)| tree.insert(path, entry));
        tree
    }
}

/// Prints the tree as an outline, with all bytes of its files.
impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, false)
    }
}

/// Prints the tree as an outline with at most 200 lines, and long files with their size.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, true)
    }
}

/// Why a text is not a [`Tree`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeError(String);

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for TreeError {}

/// Parses an outline of one drive. Everything but names and bytes is ignored.
///
/// Fails if the text is not an outline, if it has several drives, or if a file has a size without bytes.
impl FromStr for Tree {
    type Err = TreeError;

    fn from_str(text: &str) -> Result<Tree, TreeError> {
        let parsed = outline::parse(text).map_err(|error| TreeError(error.to_string()))?;
        Tree::try_from(&parsed)
    }
}

impl TryFrom<&Outline> for Tree {
    type Error = TreeError;

    fn try_from(outline: &Outline) -> Result<Tree, TreeError> {
        let [drive] = &outline.drives[..] else {
            let n_drives = outline.drives.len();
            return Err(TreeError(format!("a tree is of one drive, the outline has {n_drives}")));
        };
        let mut above: Vec<&str> = Vec::new();
        let mut tree = Tree::default();
        for line in &drive.lines {
            above.truncate(line.depth);
            above.push(&line.name);
            let path = above.join("/");
            let entry = match (line.kind, &line.content) {
                (ItemKind::Folder, _) => Entry::Folder,
                (ItemKind::File, LineContent::Empty) => Entry::File(Vec::new()),
                (ItemKind::File, LineContent::Bytes(bytes)) => Entry::File(bytes.clone()),
                (ItemKind::File, LineContent::Size(_)) => {
                    return Err(TreeError(format!("/{path} has a size and no bytes: write = \"text\"")));
                }
            };
            tree.insert(path, entry);
        }
        Ok(tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_follow_their_folder_whatever_their_names() {
        let paths = ["/a", "/a b", "/a/c", "/a-", "/a/c/d"];
        let tree: Tree = paths.into_iter().map(|path| (path, Entry::Folder)).collect();
        assert_eq!(tree.to_string(), "a/\n  c/\n    d/\na b/\na-/\n");
        assert_eq!(tree.to_string().parse(), Ok(tree));
    }

    #[test]
    fn two_items_with_one_path_are_kept() {
        let once: Tree = [("a", Entry::Folder)].into_iter().collect();
        let twice: Tree = [("a", Entry::Folder), ("/a", Entry::Folder)].into_iter().collect();
        assert_ne!(once, twice);
        assert_eq!(twice.to_string(), "a/\na/\n");
    }

    #[test]
    fn invalid_trees_are_rejected_with_a_reason() {
        let error = |text: &str| text.parse::<Tree>().unwrap_err().to_string();
        assert_eq!(error("a = 2 KiB\n"), "/a has a size and no bytes: write = \"text\"");
        assert_eq!(error("drive x\ndrive y\n"), "a tree is of one drive, the outline has 2");
        assert!(error("a\n    b\n").starts_with("line 2"), "{}", error("a\n    b\n"));
    }

    #[test]
    fn subtrees_are_cut_removed_and_grafted() {
        let tree: Tree = "a/\n  b = \"x\"\nab/\n".parse().unwrap();
        assert_eq!(tree.cut("/a", "c").to_string(), "c/\n  b = \"x\"\n");
        assert_eq!(tree.without("/a").to_string(), "ab/\n");
        assert_eq!(tree.names("/").collect::<Vec<_>>(), ["a", "ab"]);
        assert_eq!(tree.names("/a").collect::<Vec<_>>(), ["b"]);
        let mut grafted = tree.clone();
        grafted.graft("/ab", &tree.cut("/a/b", "d"));
        assert_eq!(grafted.to_string(), "a/\n  b = \"x\"\nab/\n  d = \"x\"\n");
    }

    #[test]
    fn messages_print_long_files_as_sizes_and_cut_long_lists() {
        let mut tree: Tree = (0..300).map(|n| (format!("{n:03}"), Entry::Folder)).collect();
        tree.insert("/!", Entry::File(vec![b'x'; 2048]));
        let shown = format!("{tree:?}");
        assert!(shown.starts_with("! = 2 KiB\n000/\n"), "{shown}");
        assert!(shown.ends_with("198/\n… and 101 more\n"), "{shown}");
    }
}
