"""Runs the scenario with Microsoft's msgraph-sdk, which starts copies but does not wait for them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Coroutine
from typing import Any
from urllib.parse import quote

import kit
import scenario
from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_http.middleware.options import ResponseHandlerOption
from kit import Item, Refused
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.drives.item.items.item.copy.copy_post_request_body import CopyPostRequestBody
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.folder import Folder
from msgraph.generated.models.item_reference import ItemReference
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_core.tasks.large_file_upload import LargeFileUploadTask
from msgraph_core.tasks.page_iterator import PageIterator


class MsGraph:
    name = "msgraph"
    chooses_on_create = True
    chooses_on_copy = True

    def __init__(self, url: str, witness: kit.Witness) -> None:
        self._adapter = GraphRequestAdapter(AnonymousAuthenticationProvider())
        self._adapter.base_url = f"{url}/v1.0"
        self._client = GraphServiceClient(request_adapter=self._adapter)
        self._runner = asyncio.Runner()
        self._witness = witness
        self._drive_id = ""

    def _done(self, request: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self._runner.run(request)
        except ODataError as error:
            told = error.error
            raise Refused(error.response_status_code, told and told.code, str(told and told.message)) from error
        except APIError as error:
            raise Refused(error.response_status_code, None, str(error)) from error

    def _item(self, item_id: str) -> Any:
        return self._client.drives.by_drive_id(self._drive_id).items.by_drive_item_id(item_id)

    def open(self, drive: str) -> Item:
        user = self._client.me if drive == "work" else self._client.users.by_user_id("ann")
        found = self._done(user.drive.get())
        kit.equal("type of the drive", found.drive_type, kit.DRIVES[drive])
        self._drive_id = found.id
        return shown(self._done(self._client.drives.by_drive_id(found.id).root.get()))

    def get(self, item_id: str) -> Item:
        return shown(self._done(self._item(item_id).get()))

    def at(self, path: str) -> Item:
        return self.get(f"root:{path}:")

    def children(self, folder: Item) -> list[Item]:
        found: list[DriveItem] = []
        first = self._done(self._item(folder.id).children.get())

        def keep(item: DriveItem) -> bool:
            found.append(item)
            return True

        # The iterator does not support empty lists.
        if first.value:
            self._done(PageIterator(first, self._adapter).iterate(keep))
        return [shown(item) for item in found]

    def create_folder(self, parent: Item, name: str, conflict: str) -> Item:
        wanted = DriveItem(name=name, folder=Folder())
        wanted.additional_data = {"@microsoft.graph.conflictBehavior": conflict}
        return shown(self._done(self._item(parent.id).children.post(wanted)))

    def upload(self, parent: Item, name: str, content: bytes) -> Item:
        return shown(self._done(self._item(f"{parent.id}:/{name}:").content.put(content)))

    def upload_in_ranges(self, parent: Item, name: str, content: bytes) -> Item:
        place = self._item(f"{parent.id}:/{name}:")
        session = self._done(place.create_upload_session.post(CreateUploadSessionPostRequestBody()))
        kit.equal("expected at first", session.next_expected_ranges[0].split("-")[0], "0")
        task = LargeFileUploadTask(session, self._adapter, io.BytesIO(content), max_chunk_size=kit.RANGE)
        kit.holds("the session lasts", not task.upload_session_expired())
        # Uploads range by range: `task.upload()` sends the last one twice, the second time to a session that has ended
        # (msgraph-sdk-python-core#718).
        for start in range(0, len(content), kit.RANGE):
            end = min(start + kit.RANGE, len(content)) - 1
            task.next_range = f"{start}-{end}" if start else None
            answer = self._done(task.next_chunk(task.stream, start, end))
            if end + 1 < len(content):
                kit.equal("expected next", answer.next_expected_ranges[0].split("-")[0], str(end + 1))
        return shown(self._done(place.get()))

    def download(self, item: Item) -> bytes:
        # The SDK returns None for an empty file.
        return self._done(self._item(item.id).content.get()) or b""

    def copy(self, item: Item, parent: Item, name: str | None, conflict: str) -> Item:
        body = CopyPostRequestBody(name=name, parent_reference=ItemReference(id=parent.id, drive_id=self._drive_id))
        url = (
            f"{self._adapter.base_url}/drives/{quote(self._drive_id)}/items/{quote(item.id)}/copy"
            f"?@microsoft.graph.conflictBehavior={conflict}"
        )
        native = RequestConfiguration(options=[ResponseHandlerOption(NativeResponseHandler())])
        answer = self._done(self._item(item.id).copy.with_url(url).post(body, native))
        if answer.status_code != 202:
            told = answer.json()["error"]
            raise Refused(answer.status_code, told["code"], told["message"])
        return self.get(self._witness.wait(answer.headers["location"]))

    def move(self, item: Item, parent: Item, name: str) -> Item:
        wanted = DriveItem(name=name, parent_reference=ItemReference(id=parent.id))
        return shown(self._done(self._item(item.id).patch(wanted)))

    def delete(self, item: Item) -> None:
        self._done(self._item(item.id).delete())


def shown(item: DriveItem) -> Item:
    hashes = item.file.hashes if item.file else None
    return Item(
        id=item.id,
        name=item.name,
        size=item.size,
        is_folder=item.folder is not None,
        parent_id=item.parent_reference.id if item.parent_reference else None,
        quick_xor=hashes.quick_xor_hash if hashes else None,
        etag=item.e_tag,
    )


if __name__ == "__main__":
    args = kit.arguments()
    report = kit.Report("msgraph", args.keep_going)
    witness = kit.Witness(args.url)
    scenario.run(MsGraph(args.url, witness), report, witness)
    report.end()
