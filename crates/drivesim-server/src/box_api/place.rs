//! The only place that finds the drive that is Box's here, and files and folders in it by their ids.

use drivesim::{Address, BoxWire, DriveRef, Item, ItemId};

use crate::app::App;
use crate::box_api::ids::{self, Ids};
use crate::box_api::refusal::Refusal;

/// The drive that URLs of Box are about: the first with its rules.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) drive: DriveRef,
    pub(crate) root: ItemId,
    pub(crate) wire: BoxWire,
    pub(crate) ids: Ids,
    /// Whom it belongs to.
    pub(crate) owner: String,
}

impl Place {
    /// Finds it.
    pub(crate) fn find(app: &App) -> Result<Place, Refusal> {
        let found = app.sim.find_drive(|drive| {
            (drive.profile.name == "box").then(|| Place {
                drive: drive.name.clone(),
                root: drive.root,
                wire: drive.profile.box_wire,
                ids: Ids::new(drive.profile.box_wire.id_offset, drive.wire_ids()),
                owner: drive.owner.map_or_else(|| drivesim_core::ME.to_owned(), user_of),
            })
        });
        found.ok_or_else(|| Refusal::not_found("drive", "box"))
    }

    /// Returns the address of an item.
    pub(crate) fn at(&self, item: impl Into<Address>) -> Address {
        self.drive.at(item)
    }

    /// Returns the item that a folder's id would be of; it need not be there.
    pub(crate) fn folder_id(&self, id: &str) -> Result<ItemId, Refusal> {
        let number = ids::parse(id).ok_or_else(Refusal::not_allowed)?;
        if id == ids::ROOT {
            return Ok(self.root);
        }
        self.ids.parse_folder(number).ok_or_else(|| no_folder(id))
    }

    /// Finds a folder.
    pub(crate) fn folder(&self, app: &App, id: &str) -> Result<Item, Refusal> {
        let item = app.sim.item(self.at(self.folder_id(id)?)).ok();
        let is_meant = |item: &Item| item.is_folder() && (item.parent.is_some() || id == ids::ROOT);
        item.filter(is_meant).ok_or_else(|| no_folder(id))
    }

    /// Finds the folder that something is to come to, which a member of the request names. One that is not there is
    /// refused with the name of the member (box-java-sdk issue 680). That a `parent.id` in a body which is no number is
    /// not found at Box, 404, while in a URL it is 405, is *assumed* (no option: no other reading is
    /// known).
    pub(crate) fn target(&self, app: &App, member: &str, id: &str) -> Result<Item, Refusal> {
        let number = ids::parse(id);
        let is_file = number
            .and_then(|number| self.ids.parse_file(number))
            .is_some_and(|file| app.sim.exists(self.at(file)));
        let found = number.and_then(|_| self.folder(app, id).ok());
        found.ok_or_else(|| {
            let refusal = Refusal::not_found(member, &format!("d_{id}"));
            if is_file { refusal.told_as(self.wire.file_as_target_status) } else { refusal }
        })
    }

    /// Returns the item that a file's id would be of; it need not be there.
    pub(crate) fn file_id(&self, id: &str) -> Result<ItemId, Refusal> {
        let number = ids::parse(id).ok_or_else(Refusal::not_allowed)?;
        self.ids.parse_file(number).ok_or_else(|| no_file(id))
    }

    /// Finds a file.
    pub(crate) fn file(&self, app: &App, id: &str) -> Result<Item, Refusal> {
        let item = app.sim.item(self.at(self.file_id(id)?)).ok();
        item.filter(|item| !item.is_folder()).ok_or_else(|| no_file(id))
    }
}

/// Returns the name of an owner, `user:ann`.
pub(crate) fn user_of(owner: &str) -> String {
    owner.rsplit(':').next().unwrap_or_default().to_owned()
}

/// 404 for a file.
pub(crate) fn no_file(id: &str) -> Refusal {
    Refusal::not_found("item", &format!("f_{id}"))
}

/// 404 for a folder.
pub(crate) fn no_folder(id: &str) -> Refusal {
    Refusal::not_found("item", &format!("d_{id}"))
}
