"""Runs the scenario with Office365-REST-Python-Client, which waits for copies by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import kit
import scenario
from kit import Item, Refused
from office365 import azure_env
from office365.graph_client import GraphClient
from office365.onedrive.driveitems.conflict_behavior import ConflictBehavior
from office365.onedrive.driveitems.driveItem import DriveItem
from office365.runtime.client_request_exception import ClientRequestException
from office365.runtime.lro import OperationError


class Office365:
    name = "office365"
    chooses_on_create = True
    chooses_on_copy = True

    def __init__(self, url: str, scratch: Path) -> None:
        azure_env._ENDPOINTS[azure_env.AzureEnvironment.Global]["graph"] = url
        self._client = GraphClient(
            token_callback=lambda: {"access_token": "tok", "token_type": "Bearer", "expires_in": 3600}
        )
        self._scratch = scratch
        self._drive_id = ""

    def open(self, drive: str) -> Item:
        user = self._client.me if drive == "work" else self._client.users["ann"]
        found = user.drive.get().execute_query()
        kit.equal("type of the drive", found.drive_type, kit.DRIVES[drive])
        self._drive_id = found.id
        return shown(self._drive.root.get().execute_query())

    @property
    def _drive(self) -> Any:
        return self._client.drives[self._drive_id]

    def _item(self, item_id: str) -> DriveItem:
        return self._drive.items[item_id]

    def get(self, item_id: str) -> Item:
        return shown(done(self._item(item_id).get().execute_query))

    def at(self, path: str) -> Item:
        # The library does not encode paths in URLs.
        return shown(done(self._drive.root.get_by_path(quote(path.strip("/"))).get().execute_query))

    def children(self, folder: Item) -> list[Item]:
        return [shown(child) for child in done(self._item(folder.id).children.get_all().execute_query)]

    def create_folder(self, parent: Item, name: str, conflict: str) -> Item:
        made = self._item(parent.id).create_folder(name, ConflictBehavior(conflict))
        return shown(done(made.execute_query))

    def upload(self, parent: Item, name: str, content: bytes) -> Item:
        return shown(done(self._item(parent.id).upload(name, content).execute_query))

    def upload_in_ranges(self, parent: Item, name: str, content: bytes) -> Item:
        file = self._scratch / name
        file.write_bytes(content)
        seen: list[int] = []
        made = self._item(parent.id).resumable_upload(str(file), kit.RANGE, seen.append)
        done(made.execute_query)
        kit.equal("ranges that were taken", len(seen), -(-len(content) // kit.RANGE))
        # The result of an upload has no id in this library.
        parent_path = self._item(parent.id).get_by_path(name).get().execute_query()
        return shown(parent_path)

    def download(self, item: Item) -> bytes:
        result = self._item(item.id).get_content()
        done(self._client.execute_query)
        return result.value

    def copy(self, item: Item, parent: Item, name: str | None, conflict: str) -> Item:
        target = done(self._item(parent.id).get().execute_query)
        copy = self._item(item.id).copy(name=name, parent=target, conflict_behavior=ConflictBehavior(conflict))
        done(copy.execute_query)
        return shown(done(lambda: copy.wait_for_item(interval=0.05, timeout=30)))

    def move(self, item: Item, parent: Item, name: str) -> Item:
        target = done(self._item(parent.id).get().execute_query)
        return shown(done(self._item(item.id).move(name=name, parent=target).execute_query))

    def delete(self, item: Item) -> None:
        done(self._item(item.id).delete_object().execute_query)


def done(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ClientRequestException as error:
        raise Refused(error.response.status_code, error.code, error.message) from error
    except OperationError as error:
        raise Refused(None, None, str(error)) from error


def shown(item: DriveItem) -> Item:
    facets = item.properties
    hashes = getattr(item.file, "hashes", None)
    quick_xor = hashes.get("quickXorHash") if isinstance(hashes, dict) else getattr(hashes, "quickXorHash", None)
    return Item(
        id=item.id,
        name=item.name,
        size=facets.get("size"),
        is_folder=item.is_folder,
        parent_id=item.parent_reference.id,
        quick_xor=quick_xor,
        etag=facets.get("eTag"),
    )


if __name__ == "__main__":
    args = kit.arguments()
    report = kit.Report("office365", args.keep_going)
    scenario.run(Office365(args.url, Path(args.scratch)), report, kit.Witness(args.url))
    report.end()
