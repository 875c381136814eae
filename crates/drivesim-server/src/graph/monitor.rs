//! The only place that tells the status of a job to who asks at its URL, which needs no token.

use axum::http::{StatusCode, header};
use drivesim::{Job, JobId, JobReport, JobStatus, MicrosoftWire, MonitorStatus, RedirectShows};
use uuid::Uuid;

use crate::app::App;
use crate::call::Call;
use crate::graph::drive::{self, Flavour, Found};
use crate::graph::ids;
use crate::graph::refusal::Refusal;
use crate::graph::route::Dialect;
use crate::ordered_json::{Map, Value, json};
use crate::reply::{Reply, Touched};
use crate::secret::Purpose;
use crate::url;

/// What the service says instead of a time.
const NO_TIME: &str = "0001-01-01T00:00:00Z";

/// Returns the URL at which the status of a job is told. That a monitor answers in the way of the API that accepted
/// the copy, and of the drive of the source, is *assumed* (option `monitor_status`).
pub(crate) fn url(app: &App, call: &Call, source: &Found, job: &Job) -> String {
    let way = match (source.dialect, source.flavour) {
        (Dialect::OneDrive, _) | (Dialect::SharePoint, Flavour::Business) => source.version,
        (Dialect::Graph, Flavour::Business) => Dialect::SharePoint.version(),
        (_, Flavour::Personal) => Dialect::Graph.version(),
    };
    let id = job.id().to_string();
    let mut url = format!("{}{way}/monitor/{id}", call.base);
    app.signer.push(&mut url, Purpose::Monitor, id.len());
    url
}

/// Tells the status of a job.
pub(crate) fn answer(app: &App, call: &Call, dialect: Dialect, id: &str) -> Result<Reply, Refusal> {
    let job = Uuid::parse_str(id).ok().and_then(|id| app.sim.job(JobId::from_uuid(id)));
    // The URL is opaque: spellings of the id that differ in more than letter case are not it. That a monitor that is not known, or no longer, is 404 on
    // all drives is *assumed*: a personal one was seen to answer 500 `operationNotFound` (onedrive-api-docs#766) (no
    // option: no drive is known).
    let job =
        job.filter(|job| job.id().to_string().eq_ignore_ascii_case(id)).ok_or_else(Refusal::not_found)?;
    let report = job.poll();
    let source = drive::seen(app, job.source_drive(), dialect);
    let wire = source.as_ref().map_or(MicrosoftWire::BUSINESS, |source| source.wire);
    let told = Told { app, call, dialect, job: &job, report: &report, source, wire };
    let reply = match dialect {
        Dialect::SharePoint => told.business()?,
        Dialect::Graph => told.personal("itemCopy")?,
        Dialect::OneDrive => told.personal("ItemCopy")?,
    };
    Ok(reply.touching(Touched::looked_at(&job, &report)))
}

/// What a status is told of.
struct Told<'a> {
    app: &'a App,
    call: &'a Call,
    dialect: Dialect,
    job: &'a Job,
    report: &'a JobReport,
    /// The drive of the source, if it is still there, and how it answers.
    source: Option<Found>,
    wire: MicrosoftWire,
}

/// The new item of a job.
struct Made {
    wire_id: ids::WireId,
    url: String,
}

impl Told<'_> {
    fn target(&self) -> Option<Found> {
        drive::seen(self.app, self.job.target_drive(), self.dialect)
    }

    /// Returns the new item of a completed job. Whoever waits for it must not wait for ever: if its drive is gone, so is
    /// the status.
    fn made(&self) -> Result<Option<Made>, Refusal> {
        let Some(item) = self.report.item else { return Ok(None) };
        let target = self.target().ok_or_else(Refusal::not_found)?;
        let wire_id = target.ids().item(item, item == target.root);
        let url = format!("{}/items/{}", target.url(self.call), url::segment(&wire_id));
        Ok(Some(Made { wire_id, url }))
    }

    /// Returns why a job failed.
    fn error(&self) -> Option<Value> {
        let refusal = Refusal::from(self.report.error.clone()?).direct(self.dialect.is_direct());
        let target = self.target();
        Some(refusal.in_job(|path| {
            let target = target.as_ref()?;
            let item = self.app.sim.item(target.drive.at(path)).ok()?;
            Some(target.ids().item(item.id, item.parent.is_none()).to_string())
        }))
    }
}

/// Returns the word for a state. That a job is in one of four states and never waits or is cancelled *differs* from the
/// pages, which list more.
fn word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::NotStarted => "notStarted",
        JobStatus::InProgress => "inProgress",
        JobStatus::Completed => "completed",
        JobStatus::Failed => "failed",
    }
}

impl Told<'_> {
    /// As OneDrive for work and SharePoint tell it: both percentages, dates that tell nothing.
    fn business(&self) -> Result<Reply, Refusal> {
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| body.insert(key.to_owned(), value);
        if let Some(source) = &self.source {
            let (base, drive) = (&self.call.base, source.wire_id());
            put(
                "@odata.context",
                json!(format!("{base}/_api/v2.1/$metadata#drives('{drive}')/operations/$entity")),
            );
        }
        put("id", json!(self.job.id().to_string()));
        put("createdDateTime", json!(NO_TIME));
        put("lastActionDateTime", json!(NO_TIME));
        let made = self.made()?;
        match self.error() {
            Some(error) => {
                put("status", json!(word(self.report.status)));
                put("error", error);
            }
            None => {
                put("percentageComplete", json!(self.report.percent_complete));
                put("percentComplete", json!(self.report.percent_complete));
                if let Some(made) = &made {
                    put("resourceId", json!(made.wire_id.as_str()));
                    put("resourceLocation", json!(&made.url));
                }
                put("status", json!(word(self.report.status)));
            }
        }
        Ok(self.reply(Value::Object(body), made))
    }

    /// Returns the status of an answer. That the monitor of a business drive is 200 throughout, as was seen
    /// (onedrive-api-docs#852), *differs* from the page on long-running actions: 202 (option `monitor_status`). That a
    /// personal drive answers for a completed job with 200 through Graph, as was seen (onedrive-api-docs#852), *differs*
    /// from that page: 202 (option `monitor_status`). That the monitor of a failed copy answers with 200 is *assumed*
    /// (option `failed_monitor_status`).
    fn status(&self) -> StatusCode {
        let is_done = match self.report.status {
            JobStatus::NotStarted | JobStatus::InProgress => false,
            JobStatus::Completed => true,
            JobStatus::Failed => {
                return StatusCode::from_u16(self.wire.failed_monitor_status).unwrap_or(StatusCode::OK);
            }
        };
        match (self.wire.monitor_status, self.dialect) {
            (MonitorStatus::Ok, _) | (MonitorStatus::Seen, Dialect::SharePoint) => StatusCode::OK,
            (MonitorStatus::Accepted, _) => StatusCode::ACCEPTED,
            _ if !is_done => StatusCode::ACCEPTED,
            (MonitorStatus::Seen, Dialect::Graph) => StatusCode::OK,
            (MonitorStatus::SeeOther, _) | (MonitorStatus::Seen, Dialect::OneDrive) => StatusCode::SEE_OTHER,
        }
    }

    /// Returns an answer with a body, and a Location where it redirects. That the 303 of the OneDrive API has both a
    /// Location and a body *differs* from its pages: they have one of them (option `redirect_shows`).
    fn reply(&self, body: Value, made: Option<Made>) -> Reply {
        let status = self.status();
        let Some(made) = made.filter(|_| status == StatusCode::SEE_OTHER) else {
            return Reply::json(status, body);
        };
        match self.wire.redirect_shows {
            RedirectShows::Both => Reply::json(status, body).with(header::LOCATION, made.url),
            RedirectShows::Location => Reply::empty(status).with(header::LOCATION, made.url),
            RedirectShows::Body => Reply::json(status, body),
        }
    }

    /// As OneDrive shows it. That the status of a failed job of a personal drive has an `error` is *assumed* (option
    /// `copy_error`). The operation is called `ItemCopy`; through Graph a completed one was seen with a small letter.
    fn personal(&self, when_done: &str) -> Result<Reply, Refusal> {
        let operation = if self.report.status == JobStatus::Completed { when_done } else { "ItemCopy" };
        let made = self.made()?;
        let mut body = json!({ "operation": operation, "percentageComplete": self.report.percent_complete });
        if let Some(made) = &made {
            body["resourceId"] = json!(made.wire_id.as_str());
        }
        body["status"] = json!(word(self.report.status));
        if self.report.status != JobStatus::Completed {
            body["statusDescription"] = json!(self.description());
        }
        if let Some(error) = self.error().filter(|_| self.wire.shows_copy_error) {
            body["error"] = error;
        }
        Ok(self.reply(body, made))
    }

    /// Returns the text that was seen as `statusDescription` of running and failed jobs (onedrive-api-docs issue 666).
    /// That the `statusDescription` of a monitor counts folders among its files is *assumed* (no option: no known client
    /// reads that text).
    fn description(&self) -> String {
        let done = self.job.progress();
        let (items, bytes) = (done.items_done, done.bytes_done);
        format!("Completed {items}/{} files; {bytes}/{} bytes", done.items_total, done.bytes_total)
    }
}
