//! The only place that finds the item a URL names.

use drivesim::{Address, Item, ItemId};

use crate::app::App;
use crate::graph::drive::Found;
use crate::graph::ids::{self, BadId};
use crate::graph::refusal::Refusal;
use crate::graph::route::ItemName;

/// Finds an item by the id of the wire.
pub(crate) fn by_wire_id(found: &Found, id: &str) -> Result<ItemId, Refusal> {
    ids::parse_item_id(&found.drive, found.flavour, id, found.root).map_err(|bad| match bad {
        BadId::OtherDrive => Refusal::not_found(),
        // The personal service's words.
        BadId::OtherFlavour => Refusal::invalid("ObjectHandle is Invalid").inner("invalidResourceId"),
        BadId::Malformed => {
            Refusal::invalid("The request is malformed or incorrect.").inner("invalidResourceId")
        }
    })
}

/// Returns the address of the item that a URL names; it need not be there if it is named by path.
pub(crate) fn address(app: &App, found: &Found, name: &ItemName) -> Result<Address, Refusal> {
    let top = match &name.id {
        Some(id) => by_wire_id(found, id)?,
        None => found.root,
    };
    let top = found.drive.at(top);
    if name.path.is_empty() {
        return Ok(top);
    }
    let above = if name.id.is_some() { app.sim.path(&top)? } else { "/".to_owned() };
    Ok(found.drive.at(join(&above, &name.path)))
}

/// Finds the item that a URL names.
pub(crate) fn find(app: &App, found: &Found, name: &ItemName) -> Result<Item, Refusal> {
    Ok(app.sim.item(address(app, found, name)?)?)
}

/// Returns the path of something below a folder.
pub(crate) fn join(folder: &str, below: &str) -> String {
    format!("{}/{below}", folder.trim_end_matches('/'))
}

/// Returns the type of a file. That `mimeType` follows from the extension of the name is *assumed*.
pub(crate) fn mime_type(name: &str) -> &'static str {
    mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream")
}
