"""Runs the Box scenario with boxsdk 3, the SDK before the generated one, which iterates over pages."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import box_scenario
import kit
from box_sdk import Entry
from boxsdk import CCGAuth, Client, OAuth2
from boxsdk.config import API
from boxsdk.exception import BoxAPIException, BoxOAuthException


class BoxSdk3:
    name = "boxsdk3"

    def __init__(self, auth: OAuth2, scratch: Path) -> None:
        self._client = Client(auth)
        self._scratch = scratch

    def file(self, file_id: str) -> Entry:
        return shown(done(lambda: self._client.file(file_id).get()))

    def folder(self, folder_id: str) -> Entry:
        return shown(done(lambda: self._client.folder(folder_id).get()))

    def items(self, folder_id: str, limit: int, by_marker: bool) -> list[Entry]:
        folder = self._client.folder(folder_id)
        return [shown(entry) for entry in done(lambda: list(folder.get_items(limit=limit, use_marker=by_marker)))]

    def create_folder(self, parent_id: str, name: str) -> Entry:
        return shown(done(lambda: self._client.folder(parent_id).create_subfolder(name)))

    def preflight(self, parent_id: str, name: str, size: int) -> str | None:
        return done(lambda: self._client.folder(parent_id).preflight_check(size=size, name=name))

    def upload(self, parent_id: str, name: str, content: bytes, modified: datetime | None = None) -> Entry:
        upload = self._client.folder(parent_id).upload_stream
        return shown(done(lambda: upload(io.BytesIO(content), name, content_modified_at=modified)))

    def upload_version(self, file_id: str, content: bytes) -> Entry:
        return shown(done(lambda: self._client.file(file_id).update_contents_with_stream(io.BytesIO(content))))

    def upload_in_parts(self, parent_id: str, name: str, content: bytes) -> Entry:
        path = self._scratch / "long.bin"
        path.write_bytes(content)
        uploader = done(lambda: self._client.folder(parent_id).get_chunked_uploader(str(path), name))
        return shown(done(uploader.start))

    def download(self, file_id: str, version_id: str | None = None) -> bytes:
        version = self._client.file_version(version_id) if version_id else None
        return done(lambda: self._client.file(file_id).content(file_version=version))

    def versions(self, file_id: str) -> list[tuple[str, str]]:
        told = done(lambda: list(self._client.file(file_id).get_previous_versions()))
        return [(version.id, version.sha1) for version in told]

    def copy(self, entry: Entry, parent_id: str, name: str | None = None, version_id: str | None = None) -> Entry:
        parent = self._client.folder(parent_id)
        version = {"file_version": self._client.file_version(version_id)} if version_id else {}
        return shown(done(lambda: self._item(entry).copy(parent_folder=parent, name=name, **version)))

    def update(self, entry: Entry, parent_id: str | None = None, name: str | None = None) -> Entry:
        item = self._item(entry)
        if parent_id is None:
            return shown(done(lambda: item.rename(name)))
        return shown(done(lambda: item.move(self._client.folder(parent_id), name)))

    def delete(self, entry: Entry, is_recursive: bool = False, etag: str | None = None) -> None:
        how = {"recursive": is_recursive} if entry.is_folder else {}
        kit.holds("the deletion succeeds", done(lambda: self._item(entry).delete(etag=etag, **how)))

    def trash(self, by_marker: bool) -> list[Entry]:
        trash = self._client.trash()
        return [shown(entry) for entry in done(lambda: list(trash.get_items(limit=10, use_marker=by_marker)))]

    def trashed(self, entry: Entry) -> Entry:
        return shown(done(lambda: self._client.trash().get_item(self._item(entry))))

    def restore(self, entry: Entry, name: str | None = None) -> Entry:
        return shown(done(lambda: self._client.trash().restore_item(self._item(entry), name=name)))

    def purge(self, entry: Entry) -> None:
        purge = self._client.trash().permanently_delete_item
        kit.holds("the deletion succeeds", done(lambda: purge(self._item(entry))))

    def search(self, text: str, folder_id: str) -> list[Entry]:
        folder = self._client.folder(folder_id)
        found = done(lambda: list(self._client.search().query(text, ancestor_folders=[folder])))
        return [shown(entry) for entry in found]

    def me(self) -> tuple[str, str]:
        user = done(lambda: self._client.user().get())
        return user.id, user.login

    def as_application(self) -> BoxSdk3:
        return BoxSdk3(CCGAuth(client_id="id", client_secret="secret", enterprise_id="1"), self._scratch)

    def position(self) -> str:
        return str(done(self._client.events().get_latest_stream_position))

    def events(self, position: str) -> list[tuple[str, str]]:
        told = done(lambda: self._client.events().get_events(stream_position=position))["entries"]
        return [(event.event_type, event.source.id) for event in told]

    def _item(self, entry: Entry) -> Any:
        return self._client.folder(entry.id) if entry.is_folder else self._client.file(entry.id)


def done(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except BoxAPIException as error:
        raise kit.Refused(error.status, error.code, str(error.message), error.context_info) from error
    except BoxOAuthException as error:
        raise kit.Refused(error.status, error.code, str(error.message)) from error


def shown(item: Any) -> Entry:
    def told(name: str) -> Any:
        return getattr(item, name, None)

    modified = told("content_modified_at")
    return Entry(
        id=item.id,
        name=item.name,
        is_folder=item.object_type == "folder",
        etag=item.etag,
        parent_id=told("parent") and item.parent.id,
        status=told("item_status"),
        size=told("size"),
        sha1=told("sha1"),
        version_id=told("file_version") and item.file_version.id,
        modified=modified and datetime.fromisoformat(modified),
        owner_id=told("owned_by") and item.owned_by.id,
    )


if __name__ == "__main__":
    args = kit.arguments()
    # The SDK logs each error, and most of them are expected.
    logging.getLogger("boxsdk").setLevel(logging.CRITICAL)
    report = kit.Report("boxsdk3", args.keep_going)
    API.BASE_API_URL = f"{args.url}/2.0"
    API.UPLOAD_URL = f"{args.url}/api/2.0"
    API.OAUTH2_API_URL = f"{args.url}/oauth2"
    auth = OAuth2(client_id="id", client_secret="secret", access_token="tok")
    box_scenario.run(BoxSdk3(auth, Path(args.scratch)), report, kit.Witness(args.url))
    report.end()
