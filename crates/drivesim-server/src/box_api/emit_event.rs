//! Emits events for changes of items of Box.

use drivesim::ItemId;

use crate::box_api::context::RequestContext;
use crate::box_api::fields::Fields;
use crate::box_api::item_renderer::BoxItemView;
use crate::state::event_log::{Event, EventKind};

/// Emits an event for a change of an item, unless the item is already gone. Only changes made through this API cause events.
/// A copied folder causes one event, not one for each item (seen in the SDK's own tests).
pub(crate) fn emit_event(context: &RequestContext<'_>, kind: EventKind, item: ItemId) {
    let (app, drive, renderer) = (context.app, context.drive, context.renderer());
    // All keys are strings, so this cannot fail.
    let text = |view: &BoxItemView<'_>| serde_json::to_string(view).ok();
    let source = match kind {
        EventKind::Trash => {
            let item = app.sim.bin_item(drive.at(item)).ok();
            item.and_then(|item| text(&renderer.bin_item(&item, &Fields::Source)))
        }
        _ => app.sim.item(drive.at(item)).ok().and_then(|item| text(&renderer.item(&item, &Fields::Source))),
    };
    let Some(source) = source else { return };
    let (drive, at, by) = (drive.drive_ref.id(), app.sim.now(), context.user.to_owned());
    app.box_events.add(|number| Event { number, drive, kind, at, by, source: source.into() });
}
