"""The interface of the SDKs of Box for Python, and the checks that all groups share."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from kit import Witness, equal, holds, refused

# The files of the fixture in `Wide`: too many for a copy that is complete in the response.
WIDE = [f"w{number:03}.txt" for number in range(600)]
# A size for chunked uploads, which need 20 MB or more. It is not a multiple of any part size.
LONG = 20 * 1024 * 1024 + 1234
THEN = datetime(2019, 3, 4, 5, 6, 7, tzinfo=timezone.utc)
# An id that no file or folder has.
NOBODY = "999999999999999"

TAKEN = (409, "item_name_in_use")
GONE = (404, "not_found")
DELETED = (404, "trashed")
BAD_NAME = (400, "item_name_invalid")
LONG_NAME = (400, "item_name_too_long")


@dataclass(frozen=True)
class Entry:
    """A file or a folder as an SDK reports it. Unknown values are None."""

    id: str
    name: str | None
    is_folder: bool
    etag: str | None
    parent_id: str | None
    status: str | None
    # For files only.
    size: int | None
    sha1: str | None
    version_id: str | None
    # The modification time of the content.
    modified: datetime | None
    owner_id: str | None


class Sdk(Protocol):
    """The interface of an SDK. Errors of the server raise `Refused`."""

    name: str

    def file(self, file_id: str) -> Entry: ...
    def folder(self, folder_id: str) -> Entry: ...
    def items(self, folder_id: str, limit: int, by_marker: bool) -> list[Entry]:
        """Lists the children of a folder, in pages."""

    def create_folder(self, parent_id: str, name: str) -> Entry: ...
    def preflight(self, parent_id: str, name: str, size: int) -> str | None:
        """Returns the upload URL."""

    def upload(self, parent_id: str, name: str, content: bytes, modified: datetime | None = None) -> Entry: ...
    def upload_version(self, file_id: str, content: bytes) -> Entry: ...
    def upload_in_parts(self, parent_id: str, name: str, content: bytes) -> Entry: ...
    def download(self, file_id: str, version_id: str | None = None) -> bytes: ...
    def versions(self, file_id: str) -> list[tuple[str, str]]:
        """Returns the ids and SHA-1s of the past versions."""

    def copy(self, entry: Entry, parent_id: str, name: str | None = None, version_id: str | None = None) -> Entry: ...
    def update(self, entry: Entry, parent_id: str | None = None, name: str | None = None) -> Entry: ...
    def delete(self, entry: Entry, is_recursive: bool = False, etag: str | None = None) -> None: ...
    def trash(self, by_marker: bool) -> list[Entry]: ...
    def trashed(self, entry: Entry) -> Entry: ...
    def restore(self, entry: Entry, name: str | None = None) -> Entry: ...
    def purge(self, entry: Entry) -> None: ...
    def search(self, text: str, folder_id: str) -> list[Entry]: ...
    def me(self) -> tuple[str, str]:
        """Returns id and login of the user."""

    def as_application(self) -> Sdk:
        """Returns an SDK that gets its token from the server, with the credentials of an application."""

    def position(self) -> str:
        """Returns the current position of the event stream."""

    def events(self, position: str) -> list[tuple[str, str]]:
        """Returns the types and source ids of the events since then."""


class Checks:
    """An SDK, and checks that groups share."""

    def __init__(self, sdk: Sdk, witness: Witness) -> None:
        self._sdk = sdk
        self._witness = witness

    def sees(self, top: Entry, wanted: list[str]) -> None:
        """Checks the items below a folder, without the SDK."""
        equal("the content of the drive", self._tree(top.id), wanted)

    def _tree(self, folder_id: str) -> list[str]:
        """Lists everything below a folder, sorted by name. Folders end with a slash, files with their size."""
        lines: list[str] = []
        page = self._witness.get(f"/2.0/folders/{folder_id}/items?fields=name,size&limit=1000")
        for entry in sorted(page["entries"], key=lambda entry: entry["name"]):
            if entry["type"] == "folder":
                lines.append(f"{entry['name']}/")
                lines.extend(f"{entry['name']}/{line}" for line in self._tree(entry["id"]))
            else:
                lines.append(f"{entry['name']} {entry['size']}")
        return lines

    def is_file(self, file: Entry, name: str, content: bytes, parent: Entry) -> None:
        equal("name", file.name, name)
        holds(f"{name} is a file", not file.is_folder)
        equal(f"size of {name}", file.size, len(content))
        equal(f"SHA-1 of {name}", file.sha1, hashlib.sha1(content).hexdigest())
        equal(f"parent of {name}", file.parent_id, parent.id)
        holds(f"what is downloaded of {name} is what was uploaded", self._sdk.download(file.id) == content)

    def taken(self, what: str, call: Callable[[], Any], holder: Entry, is_list: bool = False) -> None:
        """Checks that a call fails because of a taken name, and reports the conflict in the shape of the real service."""
        conflicts = (refused(what, call, *TAKEN).context or {}).get("conflicts")
        if is_list:
            equal(f"{what}: number of conflicts", len(conflicts), 1)
            (conflicts,) = conflicts
        equal(f"{what}: type of the holder", conflicts["type"], "folder" if holder.is_folder else "file")
        equal(f"{what}: the holder", (conflicts["id"], conflicts["name"]), (holder.id, holder.name))
        if not holder.is_folder:
            equal(f"{what}: SHA-1 of the holder", conflicts["sha1"], holder.sha1)

    def of_seed(self, name: str) -> Entry:
        """Returns a folder of the fixture."""
        (found,) = [entry for entry in self._sdk.items("0", 1000, False) if entry.name == name]
        return found
