"""Checks copies at Box with an SDK for Python."""

from __future__ import annotations

import time

from box_sdk import GONE, NOBODY, TAKEN, THEN, WIDE, Checks, Entry
from kit import Refused, equal, holds, refused, some_bytes

BLOCKED = (409, "operation_blocked_temporary")


class Copies(Checks):
    """Groups of copies and taken names."""

    def copy_file(self, top: Entry) -> None:
        sdk = self._sdk
        content = some_bytes(5_000, 4)
        file = sdk.upload(top.id, "a.txt", content, THEN)
        there = sdk.create_folder(top.id, "there")
        copy = sdk.copy(file, there.id, "b.txt")
        holds("a copy has an id of its own", copy.id != file.id)
        holds("a copy has a version of its own", copy.version_id != file.version_id)
        self.is_file(copy, "b.txt", content, there)
        equal("time of the content of the copy", copy.modified, THEN)
        self.is_file(sdk.copy(file, there.id), "a.txt", content, there)
        self.is_file(sdk.copy(file, top.id, "c.txt"), "c.txt", content, top)
        # Box removes invalid characters from the names of copies.
        self.is_file(sdk.copy(file, there.id, "d/e\\f.txt"), "def.txt", content, there)
        sdk.upload_version(file.id, b"changed")
        self.is_file(sdk.file(copy.id), "b.txt", content, there)
        below = [f"there/{name}.txt 5000" for name in ["a", "b", "def"]]
        self.sees(top, ["a.txt 7", "c.txt 5000", "there/", *below])

    def copy_version(self, top: Entry) -> None:
        sdk = self._sdk
        first = sdk.upload(top.id, "a.txt", b"one")
        second = sdk.upload_version(first.id, b"the second")
        copy = sdk.copy(first, top.id, "first.txt", first.version_id)
        self.is_file(copy, "first.txt", b"one", top)
        equal("past versions of the copy", sdk.versions(copy.id), [])
        self.is_file(sdk.copy(first, top.id, "second.txt", second.version_id), "second.txt", b"the second", top)
        there = sdk.create_folder(top.id, "there")
        # Without a name, the copy has the current name of the file.
        self.is_file(sdk.copy(first, there.id, version_id=first.version_id), "a.txt", b"one", there)
        refused("a version that is not there", lambda: sdk.copy(first, top.id, "x", NOBODY), *GONE)
        self.sees(top, ["a.txt 10", "first.txt 3", "second.txt 10", "there/", "there/a.txt 3"])

    def copy_folder(self, top: Entry) -> None:
        sdk = self._sdk
        source = sdk.create_folder(top.id, "source")
        inner = sdk.create_folder(source.id, "inner")
        there = sdk.create_folder(top.id, "there")
        one = sdk.upload(source.id, "one.txt", b"one", THEN)
        two = sdk.upload(inner.id, "two.txt", b"two!")
        copy = sdk.copy(source, top.id, "copy")
        equal("name and parent of the copy", (copy.name, copy.parent_id), ("copy", top.id))
        equal("name of one that keeps it", sdk.copy(source, there.id).name, "source")
        inner_copy, one_copy = sdk.items(copy.id, 100, False)
        equal("names of the copies", (inner_copy.name, one_copy.name), ("inner", "one.txt"))
        (two_copy,) = sdk.items(inner_copy.id, 100, True)
        self.is_file(sdk.file(one_copy.id), "one.txt", b"one", copy)
        self.is_file(sdk.file(two_copy.id), "two.txt", b"two!", inner_copy)
        equal("time of the content of the copy", sdk.file(one_copy.id).modified, THEN)
        ids = {source.id, inner.id, one.id, two.id} & {copy.id, inner_copy.id, one_copy.id, two_copy.id}
        equal("ids that a copy shares", ids, set())
        kept = ["inner/", "inner/two.txt 4", "one.txt 3"]
        lines = [f"{folder}{line}" for folder in ["copy/", "source/", "there/source/"] for line in ["", *kept]]
        self.sees(top, [*lines[:8], "there/", *lines[8:]])

    def copy_long(self, top: Entry) -> None:
        sdk = self._sdk
        wide = self.of_seed("Wide")
        copy = sdk.copy(wide, top.id, "long")
        equal("name and parent of the copy", (copy.name, copy.parent_id), ("long", top.id))
        # The response comes first. Only the content of the folder shows the progress.
        self.fills(copy, True)
        self.sees(top, ["long/", *(f"long/{name} 0" for name in WIDE)])
        # A running copy locks its source. On a slow machine, some copies may be complete before the next request.
        for number in range(20):
            try:
                copy = sdk.copy(wide, top.id, f"again {number}")
            except Refused as error:
                equal("why it is refused", (error.status, error.code), BLOCKED)
                holds("only one that goes on locks", number > 0)
                break
        else:
            raise AssertionError("no copy locks its source")
        self.fills(copy, False)

    def fills(self, copy: Entry, by_marker: bool) -> None:
        """Waits until the copy of the wide folder is complete."""
        names: list[str | None] = []
        deadline = time.monotonic() + 30
        while len(names) < len(WIDE):
            holds("the copy ends", time.monotonic() < deadline)
            n_before, names = len(names), [item.name for item in self._sdk.items(copy.id, 1000, by_marker)]
            holds("nothing disappears", len(names) >= n_before)
        equal("names of the copies", names, WIDE)

    def conflicts(self, top: Entry) -> None:
        sdk = self._sdk
        there = sdk.create_folder(top.id, "there")
        file = sdk.upload(top.id, "a.b.txt", b"new")
        folder = sdk.create_folder(top.id, "folder")
        taken = sdk.upload(there.id, "a.b.txt", b"the one there")
        held = sdk.create_folder(there.id, "folder")
        for name in ["folder", "FOLDER"]:
            self.taken("a folder's name", lambda: sdk.create_folder(there.id, name), held, is_list=True)
            self.taken("the copy of a folder", lambda: sdk.copy(folder, there.id, name), held)
            self.taken("a file with a folder's name", lambda: sdk.upload(there.id, name, b"x"), held)
        for name in ["a.b.txt", "A.B.TXT"]:
            self.taken("a file's name", lambda: sdk.upload(there.id, name, b"x"), taken)
            self.taken("the copy of a file", lambda: sdk.copy(file, there.id, name), taken)
        self.taken("a copy that keeps its name", lambda: sdk.copy(file, there.id), taken)
        self.taken("a folder's that does", lambda: sdk.copy(folder, there.id), held)
        self.taken("one beside itself", lambda: sdk.copy(file, top.id), file)
        refused("a move", lambda: sdk.update(file, there.id), *TAKEN)
        refused("a new name", lambda: sdk.update(file, name="There"), *TAKEN)
        self.is_file(sdk.file(taken.id), "a.b.txt", b"the one there", there)
        self.sees(top, ["a.b.txt 3", "folder/", "there/", "there/a.b.txt 13", "there/folder/"])
