//! Finds the drive of Box, and its files and folders by their ids.

use drivesim::address::Address;
use drivesim::drive::{DriveRef, Owner};
use drivesim::profile::Service;
use drivesim::{Item, ItemId, Profile};

use crate::box_api::error::BoxError;
use crate::box_api::ids::{self, BoxIds};
use crate::box_api::options::BoxOptions;
use crate::state::app::App;

/// The drive that URLs of Box refer to: the first with the profile of Box.
#[derive(Clone, Debug)]
pub(crate) struct BoxDrive {
    pub(crate) drive_ref: DriveRef,
    pub(crate) root: ItemId,
    /// The wire options of the drive.
    pub(crate) wire: BoxOptions,
    pub(crate) ids: BoxIds,
    /// The owner of the drive.
    pub(crate) owner: String,
}

/// Returns whether a drive is one of Box.
pub(crate) fn is_box(profile: &Profile) -> bool {
    match profile.service {
        Service::Box => true,
        Service::Plain | Service::Business | Service::Personal => false,
    }
}

impl BoxDrive {
    /// Finds the drive.
    pub(crate) fn find(app: &App) -> Result<BoxDrive, BoxError> {
        let found = app.sim.drive_infos().find(|drive| is_box(drive.profile()));
        let drive = found.ok_or_else(|| BoxError::not_found("drive", "box"))?;
        let wire = BoxOptions::of(drive.profile());
        let wire = wire.map_err(|fault| BoxError::wrong_option(drive.name(), &fault))?;
        Ok(BoxDrive {
            drive_ref: drive.drive().clone(),
            root: drive.root(),
            wire,
            ids: BoxIds::new(drive.profile().id_offset, drive.wire_ids()),
            owner: user_of(drive.owner().unwrap_or(&Owner::Me)),
        })
    }

    /// Returns the address of an item.
    pub(crate) fn at(&self, item: impl Into<Address>) -> Address {
        self.drive_ref.at(item)
    }

    /// Returns the item id of a folder's id; the folder need not exist.
    pub(crate) fn folder_id(&self, id: &str) -> Result<ItemId, BoxError> {
        let number = ids::parse(id).ok_or_else(BoxError::not_allowed)?;
        if id == ids::ROOT {
            return Ok(self.root);
        }
        self.ids.parse_folder(number).ok_or_else(|| no_folder(id))
    }

    /// Finds a folder.
    pub(crate) fn folder(&self, app: &App, id: &str) -> Result<Item, BoxError> {
        let item = app.sim.item(self.at(self.folder_id(id)?)).ok();
        let matches = |item: &Item| item.is_folder() && (item.parent.is_some() || id == ids::ROOT);
        item.filter(matches).ok_or_else(|| no_folder(id))
    }

    /// Finds the target folder that a member of the request names. The error for a missing folder has the name of the
    /// member (box-java-sdk issue 680).
    ///
    /// ASSUMED: A `parent.id` in a body that is not a number is 404 at Box, while in a URL it is 405 (no option: no
    /// other reading is known).
    pub(crate) fn target(&self, app: &App, member: &str, id: &str) -> Result<Item, BoxError> {
        let number = ids::parse(id);
        let is_file = number
            .and_then(|number| self.ids.parse_file(number))
            .is_some_and(|file| app.sim.exists(self.at(file)));
        let folder = number.and_then(|_| self.folder(app, id).ok());
        folder.ok_or_else(|| {
            let error = BoxError::not_found(member, &format!("d_{id}"));
            if is_file { error.with_status(self.wire.file_as_target_status) } else { error }
        })
    }

    /// Returns the item id of a file's id; the file need not exist.
    pub(crate) fn file_id(&self, id: &str) -> Result<ItemId, BoxError> {
        let number = ids::parse(id).ok_or_else(BoxError::not_allowed)?;
        self.ids.parse_file(number).ok_or_else(|| no_file(id))
    }

    /// Finds a file.
    pub(crate) fn file(&self, app: &App, id: &str) -> Result<Item, BoxError> {
        let item = app.sim.item(self.at(self.file_id(id)?)).ok();
        item.filter(|item| !item.is_folder()).ok_or_else(|| no_file(id))
    }

    /// Looks items up, without those that were deleted meanwhile.
    pub(crate) fn look_up(&self, app: &App, items: impl Iterator<Item = ItemId>) -> Vec<Item> {
        items.filter_map(|item| app.sim.item(self.at(item)).ok()).collect()
    }

    /// Returns the number of a version whose content still exists.
    pub(crate) fn existing_version(&self, app: &App, file: &Item, id: &str) -> Result<u32, BoxError> {
        let number = self.version_number(file, id)?;
        let content = app.sim.version_content(self.at(file.id), number);
        content.map(|_| number).map_err(|_| BoxError::not_found("file_version", id))
    }

    /// Returns the number of a version, which need not exist.
    ///
    /// ASSUMED: A version of another file is 404 at Box (option `wire.foreign_version_status`).
    pub(crate) fn version_number(&self, file: &Item, id: &str) -> Result<u32, BoxError> {
        let version = ids::parse(id).and_then(|id| self.ids.parse_version(id));
        let number = version.filter(|(of, _)| *of == file.id).map(|(_, number)| number);
        number.ok_or_else(|| BoxError::not_found("file_version", id))
    }
}

/// Returns the name in an owner such as `user:ann`.
pub(crate) fn user_of(owner: &Owner) -> String {
    let id = owner.id().unwrap_or(drivesim_core::ME);
    id.rsplit(':').next().unwrap_or_default().to_owned()
}

/// 404 for a file.
pub(crate) fn no_file(id: &str) -> BoxError {
    BoxError::not_found("item", &format!("f_{id}"))
}

/// 404 for a folder.
pub(crate) fn no_folder(id: &str) -> BoxError {
    BoxError::not_found("item", &format!("d_{id}"))
}
