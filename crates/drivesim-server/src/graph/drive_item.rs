//! Renders items as driveItems.

use std::cell::OnceCell;
use std::sync::Arc;

use drivesim::item::Content;
use drivesim::{Item, ItemId};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::graph::context::DriveContext;
use crate::graph::drive_type::DriveType;
use crate::graph::error::GraphError;
use crate::graph::parent_reference::ParentReference;
use crate::graph::tags::{Tag, Tags};
use crate::graph::{download_url, ids, json, mime_type};
use crate::http::url;
use crate::json::ordered::Value;
use crate::json::rfc3339::Rfc3339;
use crate::json::text::{NoEscape, Verbatim};
use crate::state::caller::ActorParts;
use crate::state::hashes::{self, HashSelection};
use crate::state::options::ServerOptions;

/// The JSON of an item.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DriveItem<'a> {
    #[serde(rename = "@odata.context", skip_serializing_if = "Option::is_none")]
    context: Option<NoEscape<&'a str>>,
    id: NoEscape<ids::WireId>,
    name: &'a str,
    size: u64,
    created_date_time: Rfc3339,
    last_modified_date_time: Rfc3339,
    web_url: NoEscape<String>,
    created_by: Actor<'a>,
    last_modified_by: Actor<'a>,
    file_system_info: FileSystemInfo,
    parent_reference: &'a ParentReference<'a>,
    #[serde(rename = "eTag", skip_serializing_if = "Option::is_none")]
    etag: Option<Verbatim<Tag>>,
    #[serde(rename = "cTag", skip_serializing_if = "Option::is_none")]
    ctag: Option<Verbatim<Tag>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<Root>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<Folder>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<File>,
    /// The name of the member: resource page on driveItem; concept page on the differences of the direct endpoints.
    #[serde(rename = "@microsoft.graph.downloadUrl", skip_serializing_if = "Option::is_none")]
    download_url: Option<NoEscape<String>>,
    /// The same on endpoints without a gateway.
    #[serde(rename = "@content.downloadUrl", skip_serializing_if = "Option::is_none")]
    direct_download_url: Option<NoEscape<String>>,
}

/// The user and the application that created or changed an item. It is written once for the items of a list, most of
/// which have the same actor.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Actor<'a> {
    Of {
        #[serde(skip_serializing_if = "Option::is_none")]
        application: Option<Identity<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        user: Option<Identity<'a>>,
    },
    Written(&'a Verbatim),
}

impl<'a> Actor<'a> {
    /// Parses the name of an actor. The application that a user acts through is shown next to the user (resource page
    /// on identitySet).
    ///
    /// ASSUMED: Changes by an application without a user have no `user`: real responses with one and without were seen
    /// (no option: no other reading is known).
    fn of(options: &'a ServerOptions, name: &'a str) -> Actor<'a> {
        let ActorParts { user, application } = ActorParts::parse(name);
        let identity = |name: &'a str| match options.user_of(name) {
            Some(user) => Identity { id: &user.id, display_name: &user.name },
            None => Identity { id: name, display_name: name },
        };
        Actor::Of { application: application.map(identity), user: user.map(identity) }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    id: &'a str,
    display_name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileSystemInfo {
    created_date_time: Rfc3339,
    last_modified_date_time: Rfc3339,
}

#[derive(Debug, Serialize)]
struct Root {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Folder {
    child_count: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    mime_type: NoEscape<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<Hashes>,
}

/// The hashes of a file. Business drives have only quickXorHash, personal ones sha1Hash and sha256Hash as well
/// (resource page on hashes; sha1Hash in upper case from memory of real responses).
///
/// ASSUMED: `sha256Hash` is in lower case (no option: no other reading is known).
#[derive(Debug)]
struct Hashes(Arc<hashes::Hashes>);

impl Serialize for Hashes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hashes = &*self.0;
        let mut members = serializer.serialize_struct("Hashes", 3)?;
        if let Some(hash) = &hashes.quick_xor {
            members.serialize_field("quickXorHash", &NoEscape(hash))?;
        }
        if let Some(hash) = &hashes.sha1 {
            members.serialize_field("sha1Hash", &NoEscape(hash.to_ascii_uppercase()))?;
        }
        if let Some(hash) = &hashes.sha256 {
            members.serialize_field("sha256Hash", &NoEscape(hash))?;
        }
        members.end()
    }
}

/// Whether an item is rendered alone or in a list. The items of a list share one limit on the bytes to hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rendered {
    Alone,
    InList,
    /// In a list, where it was decided before whether the item is hashed.
    Decided(bool),
}

/// An item to be written to a response: whole, or with the selected members.
#[derive(Debug)]
pub(crate) enum ItemView<'a> {
    Whole(FullItem<'a>),
    Selected(Value),
}

/// An item with all its members. Its JSON is created when it is written.
#[derive(Debug)]
pub(crate) struct FullItem<'a> {
    renderer: &'a ItemRenderer<'a>,
    item: &'a Item,
    rendered: Rendered,
    /// The content of the file, if it was looked up before.
    content: Option<Content>,
    context: Option<String>,
}

impl Serialize for ItemView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ItemView::Selected(value) => value.serialize(serializer),
            ItemView::Whole(FullItem { renderer, item, rendered, content, context }) => {
                let mut members = renderer.unhashed(item);
                if let Some(file) = &mut members.file {
                    file.hashes = renderer.hashes(item, *rendered, content.as_ref());
                }
                members.context = context.as_deref().map(NoEscape);
                members.serialize(serializer)
            }
        }
    }
}

/// Renders the items of one folder, or the root. It holds the values that they have in common.
#[derive(Debug)]
pub(crate) struct ItemRenderer<'a> {
    context: DriveContext<'a>,
    parent_reference: ParentReference<'a>,
    /// The beginning of the items' `webUrl`s.
    web_head: String,
    /// The beginning of the files' download URLs.
    download_head: String,
    /// The creator of the item that is rendered first, and its JSON.
    first_actor: OnceCell<(Arc<str>, Verbatim)>,
}

impl<'a> ItemRenderer<'a> {
    /// Returns a renderer for one item.
    pub(crate) fn for_item(context: DriveContext<'a>, item: &Item) -> Result<Self, GraphError> {
        let Some(parent) = item.parent else { return Ok(ItemRenderer::new(context, None)) };
        let path = context.app.sim.path(context.drive.at(item.id))?;
        let parent_path = path.rsplit_once('/').map_or("", |(parent_path, _)| parent_path);
        Ok(ItemRenderer::new(context, Some((parent, parent_path))))
    }

    /// Returns a renderer for the children of a folder.
    pub(crate) fn for_children(context: DriveContext<'a>, folder: ItemId) -> Result<Self, GraphError> {
        let path = context.app.sim.path(context.drive.at(folder))?;
        let renderer = ItemRenderer::new(context, Some((folder, path.trim_end_matches('/'))));
        Ok(ItemRenderer { parent_reference: renderer.parent_reference.serialized(), ..renderer })
    }

    fn new(context: DriveContext<'a>, folder: Option<(ItemId, &str)>) -> Self {
        let DriveContext { request, drive, .. } = context;
        let mut web_head = drive.web_url(request);
        if let Some((_, path)) = folder {
            url::push_path(&mut web_head, path);
        }
        let download_head = download_url::head(request, &drive.drive_ref);
        let parent_reference = ParentReference::of(drive, folder);
        let first_actor = OnceCell::new();
        ItemRenderer { context, parent_reference, web_head, download_head, first_actor }
    }

    /// Renders an item with the selected members.
    pub(crate) fn render(&'a self, item: &'a Item, select: Option<&str>) -> ItemView<'a> {
        self.render_one(item, select, Rendered::Alone, None)
    }

    /// Renders the items of a list lazily; their contents are looked up at once. `is_counted_before` decides whether
    /// the cost of their hashes is counted before any is rendered.
    pub(crate) fn render_all(
        &'a self,
        items: &'a [Item],
        select: Option<&'a str>,
        is_counted_before: bool,
    ) -> impl Iterator<Item = ItemView<'a>> + use<'a> {
        let ids = items.iter().map(|item| item.id);
        // A content that is missing here is looked up again by `hashes`.
        let contents = self.context.app.sim.contents(&self.context.drive.drive_ref, ids).unwrap_or_default();
        let is_counted_before = is_counted_before && json::is_selected("file", select);
        let rendered = |content: &Option<Content>| match content {
            Some(content) if is_counted_before => {
                Rendered::Decided(self.context.app.hashes.reserve_listed(self.context.request, content))
            }
            _ => Rendered::InList,
        };
        let with_hashing = |content: Option<Content>| {
            let rendered = rendered(&content);
            (content, rendered)
        };
        let contents: Vec<(Option<Content>, Rendered)> = contents.into_iter().map(with_hashing).collect();
        let contents = contents.into_iter().chain(std::iter::repeat((None, Rendered::InList)));
        let render = move |(item, (content, rendered))| self.render_one(item, select, rendered, content);
        items.iter().zip(contents).map(render)
    }

    fn render_one(
        &'a self,
        item: &'a Item,
        select: Option<&str>,
        rendered: Rendered,
        content: Option<Content>,
    ) -> ItemView<'a> {
        let Some(select) = select else {
            return ItemView::Whole(FullItem { renderer: self, item, rendered, content, context: None });
        };
        let mut value = Value::of(&self.unhashed(item));
        json::select(&mut value, Some(select));
        // Hashing is slow: it is only done if `file` is selected.
        if let Some(file) = value.get_mut("file").and_then(Value::as_object_mut) {
            if let Some(hashes) = self.hashes(item, rendered, content.as_ref()) {
                file.insert("hashes".to_owned(), Value::of(&hashes));
            }
        }
        ItemView::Selected(value)
    }

    fn unhashed(&'a self, item: &'a Item) -> DriveItem<'a> {
        let (drive, is_root) = (self.context.drive, item.parent.is_none());
        let precision = drive.drive_type.precision();
        let time = |at| Rfc3339::utc(at, precision);
        let tags = Tags::of(drive.ids(), drive.tag_rules(), item);
        let url = || {
            NoEscape(download_url::with_head(
                self.context.app,
                &self.download_head,
                &drive.drive_ref,
                item.id,
            ))
        };
        let download_url = (!item.is_folder()).then(url);
        let (download_url, direct_download_url) =
            if drive.api.is_direct() { (None, download_url) } else { (download_url, None) };
        let file = || File { mime_type: NoEscape(mime_type::of(&item.name)), hashes: None };
        DriveItem {
            context: None,
            id: NoEscape(drive.ids().item(item.id, is_root)),
            name: if is_root { "root" } else { &item.name },
            size: item.size.min(i64::MAX as u64),
            created_date_time: time(item.created_at),
            last_modified_date_time: time(item.modified_at),
            web_url: NoEscape(self.web_url_of(item)),
            created_by: self.actor(&item.created_by),
            last_modified_by: self.actor(&item.modified_by),
            file_system_info: FileSystemInfo {
                created_date_time: time(item.fs_created_at),
                last_modified_date_time: time(item.fs_modified_at),
            },
            parent_reference: &self.parent_reference,
            etag: tags.etag_in_json(),
            ctag: tags.ctag_in_json(),
            description: item.description.as_deref(),
            root: is_root.then_some(Root {}),
            folder: item.is_folder().then_some(Folder { child_count: item.child_count }),
            file: (!item.is_folder()).then(file),
            download_url,
            direct_download_url,
        }
    }

    fn actor(&'a self, user: &'a Arc<str>) -> Actor<'a> {
        let options = &self.context.app.options;
        let write = || (user.clone(), Verbatim::of(&Actor::of(options, user)));
        let (first, written) = self.first_actor.get_or_init(write);
        if first == user { Actor::Written(written) } else { Actor::of(options, user) }
    }

    fn web_url_of(&self, item: &Item) -> String {
        if item.parent.is_none() {
            return self.web_head.clone();
        }
        let mut url = String::with_capacity(self.web_head.len() + 1 + item.name.len());
        url.push_str(&self.web_head);
        url.push('/');
        url::push_segment(&mut url, &item.name);
        url
    }

    /// Returns the hashes of a file; `None` if they would cost too much.
    fn hashes(&self, item: &Item, rendered: Rendered, content: Option<&Content>) -> Option<Hashes> {
        let which = match self.context.drive.drive_type {
            DriveType::Business => HashSelection::Business,
            DriveType::Personal => HashSelection::Personal,
        };
        let current_content;
        let content = match content {
            Some(content) => content,
            None => {
                current_content = self.context.app.sim.content(self.context.drive.at(item.id)).ok()?;
                &current_content
            }
        };
        let hashes = match rendered {
            Rendered::Alone | Rendered::Decided(true) => {
                self.context.app.hashes.of_content(self.context.request, content, which)
            }
            Rendered::Decided(false) => None,
            Rendered::InList => {
                self.context.app.hashes.of_listed_content(self.context.request, content, which)
            }
        };
        hashes.map(Hashes)
    }
}

impl<'a> ItemView<'a> {
    /// Adds the `@odata.context`, as the first member.
    pub(crate) fn with_context(self, context: String) -> ItemView<'a> {
        match self {
            ItemView::Whole(whole) => ItemView::Whole(FullItem { context: Some(context), ..whole }),
            ItemView::Selected(value) => ItemView::Selected(json::with_context(context, value)),
        }
    }
}
