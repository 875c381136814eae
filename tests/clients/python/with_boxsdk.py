"""Runs the Box scenario with boxsdk 10, whose modules are generated from the OpenAPI description of Box."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import box_scenario
import kit
from box_sdk import Entry
from box_sdk_gen import managers
from box_sdk_gen.box.ccg_auth import BoxCCGAuth, CCGConfig
from box_sdk_gen.box.developer_token_auth import BoxDeveloperTokenAuth
from box_sdk_gen.box.errors import BoxAPIError
from box_sdk_gen.client import BoxClient
from box_sdk_gen.networking.auth import Authentication
from box_sdk_gen.networking.base_urls import BaseUrls
from box_sdk_gen.networking.network import NetworkSession


class BoxSdk:
    name = "boxsdk"

    def __init__(self, url: str, auth: Authentication) -> None:
        self._url = url
        urls = BaseUrls(base_url=url, upload_url=f"{url}/api", oauth_2_url=f"{url}/oauth2")
        self._client = BoxClient(auth, network_session=NetworkSession(base_urls=urls))

    def file(self, file_id: str) -> Entry:
        return shown(done(lambda: self._client.files.get_file_by_id(file_id)))

    def folder(self, folder_id: str) -> Entry:
        return shown(done(lambda: self._client.folders.get_folder_by_id(folder_id)))

    def items(self, folder_id: str, limit: int, by_marker: bool) -> list[Entry]:
        return paged(lambda **place: self._client.folders.get_folder_items(folder_id, limit=limit, **place), by_marker)

    def create_folder(self, parent_id: str, name: str) -> Entry:
        parent = managers.folders.CreateFolderParent(parent_id)
        return shown(done(lambda: self._client.folders.create_folder(name, parent)))

    def preflight(self, parent_id: str, name: str, size: int) -> str | None:
        parent = managers.uploads.PreflightFileUploadCheckParent(id=parent_id)
        check = self._client.uploads.preflight_file_upload_check
        return done(lambda: check(name=name, size=size, parent=parent)).upload_url

    def upload(self, parent_id: str, name: str, content: bytes, modified: datetime | None = None) -> Entry:
        parent = managers.uploads.UploadFileAttributesParentField(parent_id)
        attributes = managers.uploads.UploadFileAttributes(name, parent, content_modified_at=modified)
        (file,) = done(lambda: self._client.uploads.upload_file(attributes, io.BytesIO(content))).entries
        return shown(file)

    def upload_version(self, file_id: str, content: bytes) -> Entry:
        # The SDK requires a name, which the file gets.
        name = "a.txt"
        attributes = managers.uploads.UploadFileVersionAttributes(name)
        upload = self._client.uploads.upload_file_version
        (file,) = done(lambda: upload(file_id, attributes, io.BytesIO(content))).entries
        return shown(file)

    def upload_in_parts(self, parent_id: str, name: str, content: bytes) -> Entry:
        upload = self._client.chunked_uploads.upload_big_file
        return shown(done(lambda: upload(io.BytesIO(content), name, len(content), parent_id)))

    def download(self, file_id: str, version_id: str | None = None) -> bytes:
        return done(lambda: self._client.downloads.download_file(file_id, version=version_id).read())

    def versions(self, file_id: str) -> list[tuple[str, str]]:
        told = done(lambda: self._client.file_versions.get_file_versions(file_id))
        kit.equal("number of versions", told.total_count, len(told.entries))
        return [(version.id, version.sha_1) for version in told.entries]

    def copy(self, entry: Entry, parent_id: str, name: str | None = None, version_id: str | None = None) -> Entry:
        if entry.is_folder:
            to_folder = managers.folders.CopyFolderParent(parent_id)
            return shown(done(lambda: self._client.folders.copy_folder(entry.id, to_folder, name=name)))
        parent = managers.files.CopyFileParent(parent_id)
        return shown(done(lambda: self._client.files.copy_file(entry.id, parent, name=name, version=version_id)))

    def update(self, entry: Entry, parent_id: str | None = None, name: str | None = None) -> Entry:
        if entry.is_folder:
            to_folder = managers.folders.UpdateFolderByIdParent(id=parent_id) if parent_id else None
            update_folder = self._client.folders.update_folder_by_id
            return shown(done(lambda: update_folder(entry.id, parent=to_folder, name=name)))
        parent = managers.files.UpdateFileByIdParent(id=parent_id) if parent_id else None
        return shown(done(lambda: self._client.files.update_file_by_id(entry.id, parent=parent, name=name)))

    def delete(self, entry: Entry, is_recursive: bool = False, etag: str | None = None) -> None:
        if entry.is_folder:
            delete = self._client.folders.delete_folder_by_id
            done(lambda: delete(entry.id, recursive=is_recursive, if_match=etag))
        else:
            done(lambda: self._client.files.delete_file_by_id(entry.id, if_match=etag))

    def trash(self, by_marker: bool) -> list[Entry]:
        return paged(lambda **place: self._client.trashed_items.get_trashed_items(limit=10, **place), by_marker)

    def trashed(self, entry: Entry) -> Entry:
        if entry.is_folder:
            return shown(done(lambda: self._client.trashed_folders.get_trashed_folder_by_id(entry.id)))
        return shown(done(lambda: self._client.trashed_files.get_trashed_file_by_id(entry.id)))

    def restore(self, entry: Entry, name: str | None = None) -> Entry:
        if entry.is_folder:
            restore = self._client.trashed_folders.restore_folder_from_trash
            return shown(done(lambda: restore(entry.id, name=name)))
        return shown(done(lambda: self._client.trashed_files.restore_file_from_trash(entry.id, name=name)))

    def purge(self, entry: Entry) -> None:
        if entry.is_folder:
            done(lambda: self._client.trashed_folders.delete_trashed_folder_by_id(entry.id))
        else:
            done(lambda: self._client.trashed_files.delete_trashed_file_by_id(entry.id))

    def search(self, text: str, folder_id: str) -> list[Entry]:
        search = self._client.search.search_for_content
        found = done(lambda: search(query=text, ancestor_folder_ids=[folder_id])).entries
        return [shown(entry) for entry in found]

    def me(self) -> tuple[str, str]:
        user = done(self._client.users.get_user_me)
        return user.id, user.login

    def as_application(self) -> BoxSdk:
        return BoxSdk(self._url, BoxCCGAuth(CCGConfig("id", "secret", enterprise_id="1")))

    def position(self) -> str:
        return str(done(lambda: self._client.events.get_events(stream_position="now")).next_stream_position)

    def events(self, position: str) -> list[tuple[str, str]]:
        told = done(lambda: self._client.events.get_events(stream_position=position)).entries
        return [(event.event_type.value, event.source.id) for event in told]


def done(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except BoxAPIError as error:
        told = error.response_info
        raise kit.Refused(told.status_code, told.code, error.message, told.context_info) from error


def paged(get: Callable[..., Any], by_marker: bool) -> list[Entry]:
    """Reads all pages, because this SDK has no iterator for them."""
    entries: list[Entry] = []
    place: dict[str, Any] = {"usemarker": True} if by_marker else {"offset": 0}
    while True:
        page = done(lambda: get(**place))
        entries.extend(shown(entry) for entry in page.entries)
        if by_marker:
            if not page.next_marker:
                return entries
            place["marker"] = page.next_marker
        else:
            place["offset"] = len(entries)
            if len(entries) >= page.total_count:
                return entries


def shown(item: Any) -> Entry:
    parent = getattr(item, "parent", None)
    version = getattr(item, "file_version", None)
    status = getattr(item, "item_status", None)
    owner = getattr(item, "owned_by", None)
    return Entry(
        id=item.id,
        name=item.name,
        is_folder=item.type.value == "folder",
        etag=item.etag,
        parent_id=parent and parent.id,
        status=status and status.value,
        size=getattr(item, "size", None),
        sha1=getattr(item, "sha_1", None),
        version_id=version and version.id,
        modified=getattr(item, "content_modified_at", None),
        owner_id=owner and owner.id,
    )


if __name__ == "__main__":
    args = kit.arguments()
    report = kit.Report("boxsdk", args.keep_going)
    sdk = BoxSdk(args.url, BoxDeveloperTokenAuth("tok"))
    box_scenario.run(sdk, report, kit.Witness(args.url))
    report.end()
