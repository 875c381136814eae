"""Runs the scenario with O365 (python-o365), which sends no conflict behavior and polls by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import kit
import scenario
from kit import Item, Refused
from O365 import Account, MSGraphProtocol
from O365.utils.token import MemoryTokenBackend
from requests.exceptions import HTTPError


class O365:
    name = "o365"
    chooses_on_create = False
    chooses_on_copy = False

    def __init__(self, url: str, scratch: Path) -> None:
        class Protocol(MSGraphProtocol):
            _protocol_url = f"{url}/"

        self._account = Account(
            ("id", "secret"),
            protocol=Protocol(),
            token_backend=MemoryTokenBackend(),
            requests_delay=0,
        )
        connection = self._account.con
        connection.session = connection.get_session()
        connection.session.headers["Authorization"] = "Bearer tok"
        self._scratch = scratch
        self._drive: Any = None

    def open(self, drive: str) -> Item:
        resource = "me" if drive == "work" else "users/ann"
        owned = self._account.storage(resource=resource).get_default_drive(request_drive=True)
        kit.equal("type of the drive", owned.drive_type, kit.DRIVES[drive])
        self._drive = owned
        return shown(self._drive.get_root_folder())

    def _item(self, item_id: str) -> Any:
        return done(lambda: self._drive.get_item(item_id))

    def get(self, item_id: str) -> Item:
        return shown(self._item(item_id))

    def at(self, path: str) -> Item:
        # The library does not encode paths in URLs.
        return shown(done(lambda: self._drive.get_item_by_path(quote(path))))

    def children(self, folder: Item) -> list[Item]:
        # Without a batch size, the library requests 999 items.
        return [shown(child) for child in done(lambda: list(self._item(folder.id).get_items(batch=200)))]

    def create_folder(self, parent: Item, name: str, conflict: str) -> Item:
        return shown(done(lambda: self._item(parent.id).create_child_folder(name)))

    def upload(self, parent: Item, name: str, content: bytes) -> Item:
        return self._upload(parent, name, content, False)

    def upload_in_ranges(self, parent: Item, name: str, content: bytes) -> Item:
        return self._upload(parent, name, content, True)

    def _upload(self, parent: Item, name: str, content: bytes, in_ranges: bool) -> Item:
        folder = self._item(parent.id)
        made = done(
            lambda: folder.upload_file(
                None,
                item_name=name,
                stream=io.BytesIO(content),
                stream_size=len(content),
                upload_in_chunks=in_ranges,
                chunk_size=kit.RANGE,
            )
        )
        return shown(made)

    def download(self, item: Item) -> bytes:
        output = io.BytesIO()
        kit.holds("the download succeeds", done(lambda: self._item(item.id).download(output=output)))
        return output.getvalue()

    def copy(self, item: Item, parent: Item, name: str | None, conflict: str) -> Item:
        # Copies use the known properties of the item, which may be deleted.
        source = self._known(item)
        target = self._item(parent.id)
        operation = done(lambda: source.copy(target, name))
        for status, _ in operation.check_status(delay=0.05):
            # The library would poll endlessly.
            if status == "failed":
                raise Refused(None, None, "the job failed")
        return shown(done(operation.get_item))

    def _known(self, item: Item) -> Any:
        """Creates the library's object of an item without a request."""
        facet = {"folder": {}} if item.is_folder else {"file": {}}
        told = {"id": item.id, "name": item.name, "parentReference": {"driveId": self._drive.object_id}, **facet}
        return self._drive._classifier(told)(parent=self._drive, **{self._drive._cloud_data_key: told})

    def move(self, item: Item, parent: Item, name: str) -> Item:
        known = self._item(item.id)
        if known.parent_id != parent.id:
            target = self._item(parent.id)
            kit.holds("the move succeeds", done(lambda: known.move(target)))
        if known.name != name:
            kit.holds("the renaming succeeds", done(lambda: known.update(name=name)))
        return self.get(item.id)

    def delete(self, item: Item) -> None:
        known = self._known(item)
        kit.holds("the deletion succeeds", done(known.delete))


def done(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except HTTPError as error:
        told = error.response.json().get("error", {})
        raise Refused(error.response.status_code, told.get("code"), told.get("message", "")) from error


def shown(item: Any) -> Item:
    hashes = getattr(item, "hashes", None) or {}
    return Item(
        id=item.object_id,
        name=item.name,
        size=item.size,
        is_folder=item.is_folder,
        parent_id=item.parent_id,
        quick_xor=hashes.get("quickXorHash"),
        # The library does not read it.
        etag=None,
    )


if __name__ == "__main__":
    args = kit.arguments()
    report = kit.Report("o365", args.keep_going)
    scenario.run(O365(args.url, Path(args.scratch)), report, kit.Witness(args.url))
    report.end()
