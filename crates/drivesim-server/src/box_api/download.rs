//! Serves the contents of files of Box at signed URLs, and redirects `/content` to them.
//!
//! DIFFERS(Box): The URL of a download from Box stays valid while the file exists; that of the service expires within a
//! quarter of an hour.

use axum::http::{StatusCode, header};

use crate::attachment;
use crate::box_api::refusal::Refusal;
use crate::box_api::{Asked, copy, file_lock};
use crate::download_ticket as ticket;
use crate::ranged::{self, Beyond};
use crate::reply::Reply;

/// The first segment after the version in the path of a download URL.
pub(crate) const HEAD: &str = "_download";

/// Redirects to the content of a file, or of one of its versions.
pub(crate) fn redirect(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let file = context.place.file(context.app, context.id())?;
    file_lock::check_download(context, &file)?;
    let version = match context.call.query("version").filter(|version| !version.is_empty()) {
        None => 0,
        Some(version) => copy::version_of(context, &file, version)?,
    };
    let ticket = ticket::write(context.app, &context.place.drive, file.id, version);
    let url = format!("{}/2.0/{HEAD}/{ticket}", context.call.base);
    Ok(Reply::empty(StatusCode::FOUND).with(header::LOCATION, url))
}

/// Answers with the content of a download URL, or with a range of it.
pub(crate) fn answer(context: &Asked<'_>) -> Result<Reply, Refusal> {
    let (app, text) = (context.app, context.id());
    let unknown = || Refusal::not_found("download", text);
    let (drive, id, version) = ticket::read_signed(app, text).ok_or_else(unknown)?;
    if drive.id() != context.place.drive.id() {
        return Err(unknown());
    }
    let file = app.sim.item(context.place.at(id)).map_err(|_| unknown())?;
    let content = match version {
        0 => app.sim.content(context.place.at(id))?,
        number => app.sim.version_content(context.place.at(id), number)?,
    };
    let kind = mime_guess::from_path(&file.name).first_raw().unwrap_or("application/octet-stream");
    let range = context.call.decisive(header::RANGE)?;
    let reply = ranged::reply(content, kind, range.as_deref());
    reply.map(|reply| attachment::named(reply, &file.name)).map_err(|Beyond { size }| {
        // ASSUMED: A range beyond the end of a download from Box fails with the code `invalid_range`: no page on errors
        // names one (no option: no other reading is known).
        let message = format!("The file has {size} bytes, none of them is in the range");
        let error = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, "invalid_range", message);
        error.with(header::CONTENT_RANGE, format!("bytes */{size}"))
    })
}
