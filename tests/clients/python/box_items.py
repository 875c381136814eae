"""Checks files and folders at Box, except copies, with an SDK for Python."""

from __future__ import annotations

from box_sdk import BAD_NAME, DELETED, GONE, LONG, LONG_NAME, NOBODY, TAKEN, THEN, Checks, Entry
from kit import MANY, equal, holds, refused, some_bytes


class Items(Checks):
    """Groups of files and folders."""

    def create_folder(self, top: Entry) -> None:
        sdk = self._sdk
        made = sdk.create_folder(top.id, "Ordner ä & #1")
        equal("name", made.name, "Ordner ä & #1")
        holds("it is a folder", made.is_folder)
        equal("parent", made.parent_id, top.id)
        equal("etag", made.etag, "0")
        equal("read again", sdk.folder(made.id).name, made.name)
        equal("parent of the first folder", top.parent_id, "0")
        inner = sdk.create_folder(made.id, " .innen.")
        equal("parent of the inner one", inner.parent_id, made.id)
        equal("what is in it", [item.id for item in sdk.items(made.id, 100, False)], [inner.id])
        self.sees(top, ["Ordner ä & #1/", "Ordner ä & #1/ .innen./"])

    def upload(self, top: Entry) -> None:
        sdk = self._sdk
        first = sdk.upload(top.id, "grüße 100%.txt", b"hello", THEN)
        self.is_file(first, "grüße 100%.txt", b"hello", top)
        self.is_file(sdk.file(first.id), "grüße 100%.txt", b"hello", top)
        equal("time of the content", first.modified, THEN)
        empty = sdk.upload(top.id, "empty", b"")
        self.is_file(empty, "empty", b"", top)
        content = some_bytes(100_000, 1)
        self.is_file(sdk.upload(top.id, '"bytes"; \'.bin', content), '"bytes"; \'.bin', content, top)
        self.sees(top, ['"bytes"; \'.bin 100000', "empty 0", "grüße 100%.txt 5"])

    def upload_in_parts(self, top: Entry) -> None:
        sdk = self._sdk
        content = some_bytes(LONG, 2)
        file = sdk.upload_in_parts(top.id, "lange Datei.bin", content)
        self.is_file(file, "lange Datei.bin", content, top)
        self.taken("the same name", lambda: sdk.upload_in_parts(top.id, "Lange Datei.BIN", content), file)
        self.sees(top, [f"lange Datei.bin {LONG}"])

    def preflight(self, top: Entry) -> None:
        sdk = self._sdk
        url = sdk.preflight(top.id, "a.txt", 5)
        holds("the response has the upload URL", str(url).startswith(self._witness.url))
        self.sees(top, [])
        file = sdk.upload(top.id, "a.txt", b"hello")
        folder = sdk.create_folder(top.id, "b")
        self.taken("the name of a file", lambda: sdk.preflight(top.id, "A.txt", 5), file)
        self.taken("the name of a folder", lambda: sdk.preflight(top.id, "b", 5), folder)
        refused("a bad name", lambda: sdk.preflight(top.id, "a/b", 5), *BAD_NAME)
        refused("a folder that is not there", lambda: sdk.preflight(NOBODY, "a.txt", 5), *GONE)

    def new_version(self, top: Entry) -> None:
        sdk = self._sdk
        first = sdk.upload(top.id, "a.txt", b"one", THEN)
        equal("past versions", sdk.versions(first.id), [])
        second = sdk.upload_version(first.id, b"the second")
        equal("id", second.id, first.id)
        equal("etag", (first.etag, second.etag), ("0", "1"))
        holds("a new version has an id of its own", second.version_id != first.version_id)
        self.is_file(sdk.file(first.id), "a.txt", b"the second", top)
        equal("past versions", sdk.versions(first.id), [(first.version_id, first.sha1)])
        equal("content of the first", sdk.download(first.id, first.version_id), b"one")
        refused("a version of nothing", lambda: sdk.upload_version(NOBODY, b"x"), *GONE)
        self.sees(top, ["a.txt 10"])

    def refusals(self, top: Entry) -> None:
        sdk = self._sdk
        file = sdk.upload(top.id, "a.txt", b"hello")
        folder = sdk.create_folder(top.id, "folder")
        refused("a file", lambda: sdk.file(NOBODY), *GONE)
        refused("a folder", lambda: sdk.folder(NOBODY), *GONE)
        refused("a file in place of a folder", lambda: sdk.folder(file.id), *GONE)
        refused("a content", lambda: sdk.download(NOBODY), *GONE)
        refused("a folder in nothing", lambda: sdk.create_folder(NOBODY, "x"), *GONE)
        refused("a file in nothing", lambda: sdk.upload(NOBODY, "x", b"x"), *GONE)
        refused("a copy to nothing", lambda: sdk.copy(file, NOBODY), *GONE)
        refused("a copy of a folder to nothing", lambda: sdk.copy(folder, NOBODY), *GONE)
        for name in ["a/b", "a\\b", ".", "..", "a\tb", "a "]:
            refused(f"the folder {name!r}", lambda: sdk.create_folder(top.id, name), *BAD_NAME)
            refused(f"the file {name!r}", lambda: sdk.upload(top.id, name, b"x"), *BAD_NAME)
            refused(f"the copy {name!r}", lambda: sdk.copy(folder, top.id, name), *BAD_NAME)
            refused(f"the new name {name!r}", lambda: sdk.update(file, name=name), *BAD_NAME)
        refused("a long name", lambda: sdk.create_folder(top.id, "x" * 256), *LONG_NAME)
        refused("a long name of a copy", lambda: sdk.copy(folder, top.id, "x" * 256), *LONG_NAME)
        cyclic = (400, "cyclical_folder_structure")
        refused("a folder into itself", lambda: sdk.update(folder, folder.id), *cyclic)
        refused("a copy into itself", lambda: sdk.copy(folder, folder.id, "x"), *cyclic)
        sdk.create_folder(folder.id, "inner")
        refused("a folder with something in it", lambda: sdk.delete(folder), 400, "folder_not_empty")
        refused("one of another state", lambda: sdk.delete(file, etag="7"), 412, "precondition_failed")
        self.sees(top, ["a.txt 5", "folder/", "folder/inner/"])

    def paging(self, _top: Entry) -> None:
        many = self.of_seed("Many")
        for by_marker in [False, True]:
            for limit in [100, 1000, 5000]:
                entries = self._sdk.items(many.id, limit, by_marker)
                what = f"{'markers' if by_marker else 'offsets'}, {limit}"
                equal(f"names ({what})", [entry.name for entry in entries], MANY)
                equal(f"ids ({what})", len({entry.id for entry in entries}), len(MANY))

    def move(self, top: Entry) -> None:
        sdk = self._sdk
        folder = sdk.create_folder(top.id, "folder")
        there = sdk.create_folder(top.id, "there")
        file = sdk.upload(folder.id, "a.txt", b"moved", THEN)
        moved = sdk.update(file, there.id, "b.txt")
        equal("id", moved.id, file.id)
        self.is_file(moved, "b.txt", b"moved", there)
        equal("time of the content", moved.modified, THEN)
        equal("etag", moved.etag, "1")
        case = sdk.update(moved, name="B.txt")
        equal("its own name in another case", (case.id, case.name, case.parent_id), (file.id, "B.txt", there.id))
        below = sdk.update(there, folder.id)
        equal("a folder's id and parent", (below.id, below.parent_id), (there.id, folder.id))
        equal("a folder's new name", sdk.update(below, name="dort").name, "dort")
        self.sees(top, ["folder/", "folder/dort/", "folder/dort/B.txt 5"])

    def trash(self, top: Entry) -> None:
        sdk = self._sdk
        file = sdk.upload(top.id, "a.txt", b"x")
        sdk.delete(file, etag=file.etag)
        equal("what is left", sdk.items(top.id, 100, False), [])
        equal("a file in the trash", sdk.file(file.id).status, "trashed")
        equal("the same, asked for there", (sdk.trashed(file).id, sdk.trashed(file).status), (file.id, "trashed"))
        refused("one deleted twice", lambda: sdk.delete(file), *DELETED)
        refused("a copy of one in the trash", lambda: sdk.copy(file, top.id, "x"), *GONE)
        holds("the trash lists it", file.id in self.ids_in_trash())
        back = sdk.restore(file)
        equal("id of the one restored", back.id, file.id)
        self.is_file(sdk.file(file.id), "a.txt", b"x", top)
        sdk.delete(back)
        again = sdk.upload(top.id, "a.txt", b"another")
        refused("one whose name is taken", lambda: sdk.restore(file), *TAKEN)
        equal("name of one restored", sdk.restore(file, "b.txt").name, "b.txt")
        sdk.delete(again)
        sdk.purge(again)
        refused("one deleted for good", lambda: sdk.file(again.id), *GONE)
        refused("one deleted for good twice", lambda: sdk.purge(again), *GONE)
        holds("the trash does not list it", again.id not in self.ids_in_trash())
        self.sees(top, ["b.txt 1"])

    def ids_in_trash(self) -> set[str]:
        """Returns the ids in the trash, which must be the same with both kinds of paging."""
        by_offset = [entry.id for entry in self._sdk.trash(False)]
        equal("the trash by marker", [entry.id for entry in self._sdk.trash(True)], by_offset)
        return set(by_offset)

    def trash_folder(self, top: Entry) -> None:
        sdk = self._sdk
        folder = sdk.create_folder(top.id, "folder")
        inner = sdk.create_folder(folder.id, "inner")
        file = sdk.upload(inner.id, "a.txt", b"x")
        sdk.delete(folder, is_recursive=True)
        refused("a folder in the trash", lambda: sdk.folder(folder.id), *DELETED)
        equal("the same, asked for there", (sdk.trashed(folder).id, sdk.trashed(folder).status), (folder.id, "trashed"))
        ids = self.ids_in_trash()
        holds("the trash lists only what was deleted itself", folder.id in ids and inner.id not in ids)
        sdk.restore(folder)
        self.is_file(sdk.file(file.id), "a.txt", b"x", inner)
        self.sees(top, ["folder/", "folder/inner/", "folder/inner/a.txt 1"])
        sdk.delete(folder, is_recursive=True)
        sdk.create_folder(top.id, "folder")
        refused("one whose name is taken", lambda: sdk.restore(folder), *TAKEN)
        equal("name of one restored", sdk.restore(folder, "other").name, "other")
        sdk.delete(folder, is_recursive=True)
        sdk.purge(folder)
        refused("one deleted for good", lambda: sdk.restore(folder), *GONE)
        self.sees(top, ["folder/"])

    def search(self, top: Entry) -> None:
        sdk = self._sdk
        folder = sdk.create_folder(top.id, "a needle")
        file = sdk.upload(folder.id, "Needles.txt", b"x")
        sdk.upload(folder.id, "hay.txt", b"x")
        equal("what is found", {entry.id for entry in sdk.search("needle", top.id)}, {folder.id, file.id})
