//! Renders files and folders of Box.

mod on_request;

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use drivesim::item::{BinItem, Content, Timestamp};
use drivesim::{Item, ItemId};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::box_api::drive::BoxDrive;
use crate::box_api::entry_page::EntryPage;
use crate::box_api::fields::Fields;
use crate::box_api::ids;
use crate::box_api::json_objects::{Collection, FileVersion, MiniFile};
use crate::box_api::member_lists::{FILE, FOLDER, Member, WireName as _};
use crate::box_api::parts;
use crate::box_api::users::BoxUser;
use crate::http::request::ApiRequest;
use crate::json::decimal::Decimal;
use crate::json::ordered::{Value, json};
use crate::json::rfc3339::Rfc3339;
use crate::json::text::{NoEscape, Verbatim};
use crate::state::app::App;
use crate::state::hashes::{HashSelection, Hashes};

/// The name of the root.
const ALL_FILES: &str = "All Files";

/// Renders items, in the context of a request.
#[derive(Clone, Copy)]
pub(crate) struct BoxItemRenderer<'a> {
    pub(crate) app: &'a App,
    pub(crate) request: &'a ApiRequest,
    pub(crate) drive: &'a BoxDrive,
}

/// A folder, and the JSON of the path to its children.
type LastPath = RefCell<Option<(ItemId, Verbatim)>>;

fn shows_hash(member: &Member) -> bool {
    matches!(member, Member::Sha1 | Member::FileVersion)
}

/// An item to be written to a response: its members, and whether it is in the trash.
pub(crate) struct BoxItemView<'a> {
    renderer: BoxItemRenderer<'a>,
    item: ItemRef<'a>,
    bin_item: Option<&'a BinItem>,
    members: Cow<'static, [Member]>,
    is_mini: bool,
    /// Whether it is a file whose hash is among the members.
    needs_hash: bool,
    /// The page of a folder's entries.
    page: EntryPage,
    /// The content of the file, if it was looked up before.
    content: Option<Content>,
    /// The folder path that was rendered last, which most items of a list share.
    paths: Option<Rc<LastPath>>,
    /// The names of requested parts of members, which replace the whole member.
    parts: Vec<String>,
    /// Whether its shared link and its upload address are hidden.
    hides_links: bool,
}

/// An owned or borrowed item.
enum ItemRef<'a> {
    Owned(Box<Item>),
    Borrowed(&'a Item),
}

impl Deref for ItemRef<'_> {
    type Target = Item;

    fn deref(&self) -> &Item {
        match self {
            ItemRef::Owned(item) => item,
            ItemRef::Borrowed(item) => item,
        }
    }
}

impl<'a> BoxItemRenderer<'a> {
    /// Renders a user in short form.
    pub(crate) fn user(&self, name: &'a str) -> BoxUser<'a> {
        BoxUser::of(&self.app.options, name)
    }

    /// Renders an item.
    pub(crate) fn item(self, item: &'a Item, fields: &Fields) -> BoxItemView<'a> {
        self.show(ItemRef::Borrowed(item), None, fields)
    }

    /// Renders the items of a list. Their contents are looked up at once.
    pub(crate) fn items<'f>(
        self,
        items: &'a [Item],
        fields: &'f Fields,
    ) -> impl Iterator<Item = BoxItemView<'a>> + use<'a, 'f> {
        let needs_hash = self.needs_hash(fields);
        let hashed = items.iter().filter(|item| needs_hash && !item.is_folder()).map(|item| item.id);
        // A content that is missing here is looked up again by `hashes`.
        let mut contents =
            self.app.sim.contents(&self.drive.drive_ref, hashed).unwrap_or_default().into_iter();
        let paths = Rc::new(RefCell::default());
        items.iter().map(move |item| {
            let view = self.item(item, fields);
            let content = if view.needs_hash { contents.next().flatten() } else { None };
            BoxItemView { content, paths: Some(Rc::clone(&paths)), ..view }
        })
    }

    /// Returns whether the members of files include a hash.
    fn needs_hash(self, fields: &Fields) -> bool {
        fields.members(&FILE, self.drive.wire.fields_base).iter().any(shows_hash)
    }

    /// Renders an item of the trash.
    pub(crate) fn bin_item(self, bin_item: &'a BinItem, fields: &Fields) -> BoxItemView<'a> {
        self.show(ItemRef::Borrowed(&bin_item.item), Some(bin_item), fields)
    }

    /// Renders an item in its short form.
    fn mini(self, item: Item) -> BoxItemView<'a> {
        self.show(ItemRef::Owned(Box::new(item)), None, &Fields::Mini)
    }

    fn show(self, item: ItemRef<'a>, bin_item: Option<&'a BinItem>, fields: &Fields) -> BoxItemView<'a> {
        let kind = if item.is_folder() { &FOLDER } else { &FILE };
        let members = fields.members(kind, self.drive.wire.fields_base);
        BoxItemView {
            needs_hash: !item.is_folder() && members.iter().any(shows_hash),
            renderer: self,
            item,
            bin_item,
            members,
            is_mini: *fields == Fields::Mini,
            page: EntryPage::FIRST,
            content: None,
            paths: None,
            parts: fields.parts(),
            // The links of items in the trash do not work (reference of the trash).
            hides_links: bin_item.is_some(),
        }
    }

    /// Returns the child of a folder with a name.
    pub(crate) fn child(&self, folder: ItemId, name: &str) -> Option<Item> {
        let path = self.app.sim.path(self.drive.at(folder)).ok()?;
        let path = format!("{}/{name}", path.trim_end_matches('/'));
        self.app.sim.item(self.drive.at(path)).ok()
    }

    /// Renders the child of a folder with a name, in short form.
    pub(crate) fn render_child(self, folder: ItemId, name: &str) -> Option<Value> {
        // All keys are strings, so this cannot fail.
        Some(Value::of(&self.mini(self.child(folder, name)?)))
    }

    /// Renders a time in whole seconds, with the offset of the account's time zone.
    pub(crate) fn time(&self, time: Timestamp) -> Rfc3339 {
        Rfc3339::with_offset(time, self.drive.wire.time_zone)
    }
}

impl Serialize for BoxItemView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Computed once for the two members that contain it.
        let hashes = self.needs_hash.then(|| self.hashes()).flatten();
        let sha1 = hashes.as_ref().and_then(|hashes| hashes.sha1.as_deref());
        if self.is_mini && !self.item.is_folder() {
            return MiniFile::of(&self.renderer.drive.ids, &self.item, sha1).serialize(serializer);
        }
        let mut map = serializer.serialize_struct("Item", self.members.len())?;
        for &member in &*self.members {
            self.put(&mut map, member, sha1)?;
        }
        map.end()
    }
}

impl<'a> BoxItemView<'a> {
    /// Sets the page of a folder's entries.
    pub(crate) fn with_page(self, page: EntryPage) -> BoxItemView<'a> {
        BoxItemView { page, ..self }
    }

    /// Hides the shared link and the upload address, as for an item that was just restored from the trash (reference of
    /// the trash).
    pub(crate) fn without_links(self) -> BoxItemView<'a> {
        BoxItemView { hides_links: true, ..self }
    }

    fn is_root(&self) -> bool {
        self.item.parent.is_none() && self.bin_item.is_none()
    }

    /// Writes a member, or its requested parts. A member without any of them is left out.
    fn put<M: SerializeStruct>(
        &self,
        map: &mut M,
        member: Member,
        sha1: Option<&str>,
    ) -> Result<(), M::Error> {
        let key = member.name();
        if self.parts.is_empty() {
            return self.put_whole(map, member, sha1);
        }
        let paths: Vec<&str> =
            self.parts.iter().filter_map(|path| path.strip_prefix(key)?.strip_prefix('.')).collect();
        if paths.is_empty() {
            return self.put_whole(map, member, sha1);
        }
        let whole = Value::of(&SingleMember { view: self, member, sha1 });
        match whole.get(key).cloned().and_then(|value| parts::select_parts(value, &paths)) {
            Some(value) => map.serialize_field(key, &value),
            None => Ok(()),
        }
    }

    /// Writes a member, with the value that was set for it if there is one.
    fn put_whole<M: SerializeStruct>(
        &self,
        map: &mut M,
        member: Member,
        sha1: Option<&str>,
    ) -> Result<(), M::Error> {
        let (item, renderer, key) = (&*self.item, &self.renderer, member.name());
        let unless_root = |time| (!self.is_root()).then(|| renderer.time(time));
        let (is_folder, bin_item) = (item.is_folder(), self.bin_item);
        if let Some(value) = self.set_value(key) {
            return map.serialize_field(key, &value);
        }
        match member {
            Member::Type => map.serialize_field(key, if is_folder { "folder" } else { "file" }),
            Member::Id => map.serialize_field(key, &renderer.drive.ids.of(item)),
            Member::FileVersion => {
                map.serialize_field(key, &FileVersion::of(&renderer.drive.ids, item, sha1))
            }
            Member::SequenceId | Member::Etag if self.is_root() => map.serialize_field(key, &()),
            Member::SequenceId | Member::Etag => map.serialize_field(key, &Decimal(item.etag.into())),
            // It is a string in all schemas: an unknown one is left out.
            Member::Sha1 => sha1.map_or(Ok(()), |hash| map.serialize_field(key, &NoEscape(hash))),
            Member::Name => map.serialize_field(key, if self.is_root() { ALL_FILES } else { &item.name }),
            Member::Description => map.serialize_field(key, item.description.as_deref().unwrap_or_default()),
            Member::Size => map.serialize_field(key, &item.size),
            Member::PathCollection => self.put_path(map, key),
            Member::CreatedAt => map.serialize_field(key, &unless_root(item.created_at)),
            Member::ModifiedAt => map.serialize_field(key, &unless_root(item.modified_at)),
            Member::TrashedAt => {
                map.serialize_field(key, &bin_item.map(|bin_item| renderer.time(bin_item.deleted_at)))
            }
            Member::PurgedAt => {
                let at = bin_item.and_then(|bin_item| bin_item.purge_at);
                map.serialize_field(key, &at.map(|at| renderer.time(at)))
            }
            Member::ContentCreatedAt => map.serialize_field(key, &unless_root(item.fs_created_at)),
            Member::ContentModifiedAt => map.serialize_field(key, &unless_root(item.fs_modified_at)),
            Member::CreatedBy if self.is_root() => map.serialize_field(key, &BoxUser::NOBODY),
            Member::CreatedBy => map.serialize_field(key, &renderer.user(&item.created_by)),
            Member::ModifiedBy => map.serialize_field(key, &renderer.user(&item.modified_by)),
            Member::OwnedBy => map.serialize_field(key, &renderer.user(&renderer.drive.owner)),
            Member::Parent => map.serialize_field(key, &self.parent()),
            Member::ItemStatus => {
                map.serialize_field(key, if bin_item.is_some() { "trashed" } else { "active" })
            }
            Member::ItemCollection => self.put_entries(map, key),
            _ => self.put_on_request(map, member),
        }
    }

    /// Returns the value that was set for a member.
    fn set_value(&self, key: &str) -> Option<Value> {
        // A fast path: most items have no such members, and this runs for each member.
        if self.item.members.is_empty() {
            return None;
        }
        let mut links = [Member::SharedLink, Member::FolderUploadEmail].into_iter();
        let is_hidden = self.hides_links && links.any(|link| link.name() == key);
        let value = self.item.members.get(key).filter(|_| !is_hidden)?;
        Some(Value::parse(value.as_str()))
    }

    /// Returns the hashes of the file's content.
    fn hashes(&self) -> Option<Arc<Hashes>> {
        let (renderer, at) = (&self.renderer, || self.renderer.drive.at(self.item.id));
        let looked_up;
        let content = match &self.content {
            Some(content) => content,
            None => {
                let sim = &renderer.app.sim;
                looked_up = sim.content(at()).or_else(|_| sim.bin_content(at())).ok()?;
                &looked_up
            }
        };
        renderer.app.hashes.of_listed_content(renderer.request, content, HashSelection::Box)
    }

    /// Writes the entries of a folder; a folder in the trash has none.
    fn put_entries<M: SerializeStruct>(&self, map: &mut M, key: &'static str) -> Result<(), M::Error> {
        let items = self.page.items(self.renderer.app, self.renderer.drive, &self.item).unwrap_or_default();
        let total_count = if self.bin_item.is_some() { 0 } else { self.item.child_count };
        map.serialize_field(
            key,
            &self.page.listing(total_count, self.renderer.items(&items, &Fields::Mini).collect()),
        )
    }

    /// Returns the parent of the item; for an item in the trash, its former parent.
    fn parent(&self) -> Option<BoxItemView<'_>> {
        let parent = self.renderer.app.sim.item(self.renderer.drive.at(self.item.parent?)).ok()?;
        Some(self.renderer.mini(parent))
    }

    /// Writes the folders from the root to the parent. They are serialized once for items of one folder.
    fn put_path<M: SerializeStruct>(&self, map: &mut M, key: &'static str) -> Result<(), M::Error> {
        let (Some(paths), Some(parent), None) = (&self.paths, self.item.parent, self.bin_item) else {
            return map.serialize_field(key, &Collection::of(self.ancestors()));
        };
        let mut last = paths.borrow_mut();
        let path = match last.take() {
            Some(same) if same.0 == parent => same,
            _ => (parent, Verbatim::of(&Collection::of(self.ancestors()))),
        };
        let result = map.serialize_field(key, &path.1);
        *last = Some(path);
        result
    }

    /// Returns the folders from the root to the parent; for an item in the trash, the trash.
    fn ancestors(&self) -> Vec<PathFolder<'_>> {
        if self.bin_item.is_some() {
            return vec![PathFolder::Trash];
        }
        let (mut folders, mut parent) = (Vec::new(), self.item.parent);
        while let Some(id) = parent {
            let Ok(folder) = self.renderer.app.sim.item(self.renderer.drive.at(id)) else { break };
            parent = folder.parent;
            folders.push(PathFolder::Of(Box::new(self.renderer.mini(folder))));
        }
        folders.reverse();
        folders
    }
}

/// An object with one member of an item.
struct SingleMember<'a, 'b> {
    view: &'b BoxItemView<'a>,
    member: Member,
    sha1: Option<&'b str>,
}

impl Serialize for SingleMember<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Item", 1)?;
        self.view.put_whole(&mut map, self.member, self.sha1)?;
        map.end()
    }
}

/// A folder in the path of an item.
enum PathFolder<'a> {
    Of(Box<BoxItemView<'a>>),
    Trash,
}

impl Serialize for PathFolder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PathFolder::Of(folder) => folder.serialize(serializer),
            PathFolder::Trash => json!({
                "type": "folder", "id": ids::TRASH, "sequence_id": null, "etag": null, "name": "Trash",
            })
            .serialize(serializer),
        }
    }
}
