//! The only place that hands out what files of Box hold: at a URL that needs no token, and where `/content` points there.
//!
//! That the URL of a download from Box stays good while the file lives *differs* from the service, where it runs out
//! within a quarter of an hour.

use axum::http::{StatusCode, header};

use crate::attachment;
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, copy, file_lock};
use crate::download_ticket as ticket;
use crate::ranged::{self, Beyond};
use crate::reply::Reply;

/// What the path of such a URL begins with behind the version.
pub(crate) const HEAD: &str = "_download";

/// Points to what a file holds, or what a version of it did.
pub(crate) fn redirect(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let file = asked.place.file(asked.app, asked.id())?;
    file_lock::check_download(asked, &file)?;
    let version = match asked.call.query("version").filter(|version| !version.is_empty()) {
        None => 0,
        Some(version) => copy::version_of(asked, &file, version)?,
    };
    let ticket = ticket::write(asked.app, &asked.place.drive, file.id, version);
    let url = format!("{}/2.0/{HEAD}/{ticket}", asked.call.base);
    Ok(Reply::empty(StatusCode::FOUND).with(header::LOCATION, url))
}

/// Answers at such a URL, with a range if one is asked for.
pub(crate) fn answer(asked: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, given) = (asked.app, asked.id());
    let unknown = || Refusal::not_found("download", given);
    let (drive, id, version) = ticket::read_signed(app, given).ok_or_else(unknown)?;
    if drive.id() != asked.place.drive.id() {
        return Err(unknown());
    }
    let file = app.sim.item(asked.place.at(id)).map_err(|_| unknown())?;
    let content = match version {
        0 => app.sim.content(asked.place.at(id))?,
        number => app.sim.version_content(asked.place.at(id), number)?,
    };
    let kind = mime_guess::from_path(&file.name).first_raw().unwrap_or("application/octet-stream");
    let range = asked.call.decisive(header::RANGE)?;
    let sent = ranged::reply(content, kind, range.as_deref());
    sent.map(|reply| attachment::named(reply, &file.name)).map_err(|Beyond { size }| {
        // That a range of a download from Box that is not there has the code `invalid_range` is *assumed*: no page on
        // errors names one (no option: no other reading is known).
        let message = format!("The file has {size} bytes, none of them is in the range");
        let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalid_range", message);
        refusal.with(header::CONTENT_RANGE, format!("bytes */{size}"))
    })
}
