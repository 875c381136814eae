"""The only place for how SDKs of Box for Python are spoken to, and for what is checked in all groups."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Protocol

from kit import Witness, equal, holds, refused

# What `Wide` of the seed has: more than is copied before the answer.
WIDE = [f"w{number:03}.txt" for number in range(600)]
# What Box takes in parts: 20 MB or more. It is no multiple of any size of parts.
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
    """What an SDK says of a file or a folder; None is what it was not told."""

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
    # When its content was changed.
    modified: datetime | None
    owner_id: str | None


class Sdk(Protocol):
    """An SDK, spoken to in one way. Refusals come as `Refused`."""

    name: str

    def file(self, file_id: str) -> Entry: ...
    def folder(self, folder_id: str) -> Entry: ...
    def items(self, folder_id: str, limit: int, by_marker: bool) -> list[Entry]:
        """Lists all that is in a folder, in pages."""

    def create_folder(self, parent_id: str, name: str) -> Entry: ...
    def preflight(self, parent_id: str, name: str, size: int) -> str | None:
        """Returns where the file can be uploaded to."""

    def upload(self, parent_id: str, name: str, content: bytes, modified: datetime | None = None) -> Entry: ...
    def upload_version(self, file_id: str, content: bytes) -> Entry: ...
    def upload_in_parts(self, parent_id: str, name: str, content: bytes) -> Entry: ...
    def download(self, file_id: str, version_id: str | None = None) -> bytes: ...
    def versions(self, file_id: str) -> list[tuple[str, str]]:
        """Lists id and SHA-1 of the past versions."""

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
        """Returns one that gets its token from the server, with the credentials of an application."""

    def position(self) -> str:
        """Returns where the stream of events is now."""

    def events(self, position: str) -> list[tuple[str, str]]:
        """Lists type, and id of what it is about, of the events since."""


class Checks:
    """An SDK, and what is checked again and again."""

    def __init__(self, sdk: Sdk, witness: Witness) -> None:
        self._sdk = sdk
        self._witness = witness

    def sees(self, top: Entry, wanted: list[str]) -> None:
        """Checks what is below a folder, without the SDK."""
        equal("what the drive holds", self._tree(top.id), wanted)

    def _tree(self, folder_id: str) -> list[str]:
        """Lists all below a folder in the order of the names; folders end in a slash, files have their size."""
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
        """Checks that a name is refused, and that what has it is told in the shape that the call really uses."""
        conflicts = (refused(what, call, *TAKEN).context or {}).get("conflicts")
        if is_list:
            equal(f"{what}: number of conflicts", len(conflicts), 1)
            (conflicts,) = conflicts
        equal(f"{what}: type of the holder", conflicts["type"], "folder" if holder.is_folder else "file")
        equal(f"{what}: the holder", (conflicts["id"], conflicts["name"]), (holder.id, holder.name))
        if not holder.is_folder:
            equal(f"{what}: SHA-1 of the holder", conflicts["sha1"], holder.sha1)

    def of_seed(self, name: str) -> Entry:
        """Finds a folder of the seed."""
        (found,) = [entry for entry in self._sdk.items("0", 1000, False) if entry.name == name]
        return found
