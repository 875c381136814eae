"""Checks drives of Microsoft Graph with a library for Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from kit import DRIVES, MANY, RANGE, Item, Report, Witness, equal, holds, quick_xor, refused, some_bytes

TAKEN = (409, "nameAlreadyExists")
GONE = (404, "itemNotFound")


class Library(Protocol):
    """The interface of a client library. Errors of the server raise `Refused`."""

    name: str
    # Whether it supports the conflict behavior.
    chooses_on_create: bool
    chooses_on_copy: bool

    def open(self, drive: str) -> Item:
        """Opens a drive of the fixture, and returns its root."""

    def get(self, item_id: str) -> Item: ...
    def at(self, path: str) -> Item: ...
    def children(self, folder: Item) -> list[Item]: ...
    def create_folder(self, parent: Item, name: str, conflict: str) -> Item: ...
    def upload(self, parent: Item, name: str, content: bytes) -> Item: ...
    def upload_in_ranges(self, parent: Item, name: str, content: bytes) -> Item: ...
    def download(self, item: Item) -> bytes: ...
    def copy(self, item: Item, parent: Item, name: str | None, conflict: str) -> Item:
        """Copies and waits. Returns the copy, read again."""

    def move(self, item: Item, parent: Item, name: str) -> Item: ...
    def delete(self, item: Item) -> None: ...


def run(library: Library, report: Report, witness: Witness) -> None:
    """Runs all groups with each drive of the fixture."""
    for drive, kind in DRIVES.items():
        Course(library, witness, drive, kind).run(report)


class Course:
    """All groups of verbs with one drive. Each runs in a new folder, so that they are independent."""

    def __init__(self, library: Library, witness: Witness, drive: str, kind: str) -> None:
        self._library = library
        self._witness = witness
        self._drive = drive
        self._is_business = kind == "business"

    def run(self, report: Report) -> None:
        groups: list[Callable[[Item], None]] = [
            self.create_folder,
            self.upload,
            self.upload_in_ranges,
            self.copy_file,
            self.copy_folder,
            self.copy_fail,
            self.copy_rename,
            self.copy_replace,
            self.move,
            self.delete,
        ]
        kind = "business" if self._is_business else "personal"
        with report.group(f"paging ({kind})"):
            self.paging()
        for group in groups:
            name = group.__name__.replace("_", "-")
            with report.group(f"{name} ({kind})"):
                root = self._library.open(self._drive)
                group(self._library.create_folder(root, f"{self._library.name} {name}", "fail"))

    def sees(self, top: Item, wanted: list[str]) -> None:
        """Checks the items below a folder, without the client."""
        equal("the content of the drive", self._witness.tree(self._drive, f"/{top.name}"), wanted)

    def is_file(self, item: Item, name: str, content: bytes) -> None:
        equal("name", item.name, name)
        holds(f"{name} is a file", not item.is_folder)
        equal(f"size of {name}", item.size, len(content))
        equal(f"hash of {name}", item.quick_xor, quick_xor(content))
        holds(f"what is downloaded of {name} is what was uploaded", self._library.download(item) == content)

    def paging(self) -> None:
        library = self._library
        root = library.open(self._drive)
        many = library.at("/Many")
        equal("parent of Many", many.parent_id, root.id)
        names = [child.name for child in library.children(many)]
        equal("number of children", len(names), len(MANY))
        equal("children", sorted(names), MANY)
        copy = library.copy(many, root, f"Many of {library.name}", "fail")
        copies = library.children(copy)
        equal("children of the copy", sorted(child.name for child in copies), MANY)
        equal("ids of the copies", len({child.id for child in copies}), len(MANY))
        equal("parents of the copies", {child.parent_id for child in copies}, {copy.id})

    def create_folder(self, top: Item) -> None:
        library = self._library
        made = library.create_folder(top, "Ordner ä & #1", "fail")
        equal("name", made.name, "Ordner ä & #1")
        holds("it is a folder", made.is_folder)
        equal("parent", made.parent_id, top.id)
        equal("read again", library.get(made.id).name, made.name)
        equal("by path", library.at(f"/{top.name}/Ordner ä & #1").id, made.id)
        refused("the same name", lambda: library.create_folder(top, "Ordner ä & #1", "fail"), *TAKEN)
        refused("another case", lambda: library.create_folder(top, "ORDNER ä & #1", "fail"), *TAKEN)
        wanted = ["Ordner ä & #1/"]
        if library.chooses_on_create:
            second = library.create_folder(top, "Ordner ä & #1", "rename")
            equal("name of the second", second.name, "Ordner ä & #1 1")
            holds("the second is another", second.id != made.id)
            equal("replaced by itself", library.create_folder(top, "Ordner ä & #1", "replace").id, made.id)
            wanted.append("Ordner ä & #1 1/")
        inner = library.create_folder(made, "innen", "fail")
        equal("parent of the inner one", inner.parent_id, made.id)
        wanted.insert(1, "Ordner ä & #1/innen/")
        self.sees(top, wanted)

    def upload(self, top: Item) -> None:
        library = self._library
        first = library.upload(top, "grüße 100%.txt", b"hello")
        self.is_file(library.get(first.id), "grüße 100%.txt", b"hello")
        self.is_file(library.at(f"/{top.name}/grüße 100%.txt"), "grüße 100%.txt", b"hello")
        second = library.upload(top, "grüße 100%.txt", b"hello again")
        equal("id after another upload", second.id, first.id)
        again = library.get(first.id)
        self.is_file(again, "grüße 100%.txt", b"hello again")
        holds("another content has another tag", again.etag is None or again.etag != first.etag)
        empty = library.upload(top, "empty", b"")
        self.is_file(library.get(empty.id), "empty", b"")
        content = some_bytes(100_000, 1)
        self.is_file(library.get(library.upload(top, "bytes.bin", content).id), "bytes.bin", content)
        self.sees(top, ["bytes.bin 100000", "empty 0", "grüße 100%.txt 11"])

    def upload_in_ranges(self, top: Item) -> None:
        library = self._library
        content = some_bytes(2 * RANGE + 1234, 2)
        library.upload_in_ranges(top, "ranges.bin", content)
        first = library.at(f"/{top.name}/ranges.bin")
        self.is_file(first, "ranges.bin", content)
        whole = some_bytes(RANGE, 3)
        library.upload_in_ranges(top, "one range.bin", whole)
        self.is_file(library.at(f"/{top.name}/one range.bin"), "one range.bin", whole)
        self.sees(top, [f"one range.bin {RANGE}", f"ranges.bin {len(content)}"])

    def copy_file(self, top: Item) -> None:
        library = self._library
        content = some_bytes(5_000, 4)
        file = library.get(library.upload(top, "a.txt", content).id)
        there = library.create_folder(top, "there", "fail")
        copy = library.copy(file, there, "b.txt", "fail")
        holds("a copy has an id of its own", copy.id != file.id)
        equal("parent of the copy", copy.parent_id, there.id)
        self.is_file(copy, "b.txt", content)
        same_name = library.copy(file, there, None, "fail")
        self.is_file(same_name, "a.txt", content)
        beside = library.copy(file, top, "c.txt", "fail")
        equal("parent of the one beside", beside.parent_id, top.id)
        self.is_file(beside, "c.txt", content)
        library.upload(top, "a.txt", b"changed")
        self.is_file(library.get(copy.id), "b.txt", content)
        self.sees(top, ["a.txt 7", "c.txt 5000", "there/", "there/a.txt 5000", "there/b.txt 5000"])

    def copy_folder(self, top: Item) -> None:
        library = self._library
        source = library.create_folder(top, "source", "fail")
        inner = library.create_folder(source, "inner", "fail")
        library.create_folder(source, "nothing", "fail")
        one = library.upload(source, "one.txt", b"one")
        two = library.upload(inner, "two.txt", b"two!")
        copy = library.copy(source, top, "copy", "fail")
        equal("name of the copy", copy.name, "copy")
        holds("the copy is a folder", copy.is_folder)
        equal("size of the copy", copy.size, 7)
        children = {child.name: child for child in library.children(copy)}
        equal("children", sorted(children), ["inner", "nothing", "one.txt"])
        ids = {child.id for child in children.values()}
        holds("what is below has ids of its own", ids.isdisjoint({source.id, inner.id, one.id, two.id}))
        (below,) = library.children(children["inner"])
        self.is_file(below, "two.txt", b"two!")
        self.is_file(children["one.txt"], "one.txt", b"one")
        kept = ["inner/", "inner/two.txt 4", "nothing/", "one.txt 3"]
        both = [["copy/"], [f"copy/{line}" for line in kept], ["source/"], [f"source/{line}" for line in kept]]
        self.sees(top, sum(both, []))
        library.delete(source)
        self.sees(top, sum(both[:2], []))

    def clash(self, top: Item) -> tuple[Item, Item, Item]:
        """Creates a file, and a folder with another file of that name."""
        there = self._library.create_folder(top, "there", "fail")
        taken = self._library.upload(there, "a.b.txt", b"the one there")
        return self._library.get(self._library.upload(top, "a.b.txt", b"new").id), there, taken

    def copy_fail(self, top: Item) -> None:
        library = self._library
        file, there, taken = self.clash(top)
        refused("a copy to a taken name", lambda: library.copy(file, there, "a.b.txt", "fail"), *TAKEN)
        refused("one of another case", lambda: library.copy(file, there, "A.B.TXT", "fail"), *TAKEN)
        # Business drives accept the request, and the job fails.
        refused("a copy that keeps its name", lambda: library.copy(file, there, None, "fail"), *TAKEN)
        refused("a folder into itself", lambda: library.copy(there, there, "x", "fail"), 400, "invalidRequest")
        self.is_file(library.get(taken.id), "a.b.txt", b"the one there")
        gone = library.upload(top, "gone.txt", b"")
        library.delete(gone)
        refused("what is gone", lambda: library.copy(gone, there, "x", "fail"), *GONE)
        self.sees(top, ["a.b.txt 3", "there/", "there/a.b.txt 13"])

    def copy_rename(self, top: Item) -> None:
        library = self._library
        if not library.chooses_on_copy:
            return
        file, there, taken = self.clash(top)
        if not self._is_business:
            refused("rename, of which personal drives know nothing",
                    lambda: library.copy(file, there, "a.b.txt", "rename"), *TAKEN)
            return
        for wanted in ["a.b1.txt", "a.b2.txt"]:
            self.is_file(library.copy(file, there, "a.b.txt", "rename"), wanted, b"new")
        equal("a folder's", library.copy(there, top, "there", "rename").name, "there1")
        self.is_file(library.get(taken.id), "a.b.txt", b"the one there")
        below = ["a.b.txt 13", "a.b1.txt 3", "a.b2.txt 3"]
        both = [f"there/{line}" for line in below], [f"there1/{line}" for line in below]
        self.sees(top, ["a.b.txt 3", "there/", *both[0], "there1/", *both[1]])

    def copy_replace(self, top: Item) -> None:
        library = self._library
        if not library.chooses_on_copy:
            return
        file, there, taken = self.clash(top)
        if not self._is_business:
            refused("replace, of which personal drives know nothing",
                    lambda: library.copy(file, there, "a.b.txt", "replace"), *TAKEN)
            return
        copy = library.copy(file, there, "a.b.txt", "replace")
        self.is_file(copy, "a.b.txt", b"new")
        holds("the new one is a new item", copy.id not in {taken.id, file.id})
        refused("the one replaced", lambda: library.get(taken.id), *GONE)
        refused("a folder in a folder's place", lambda: library.copy(there, top, "there", "replace"), *TAKEN)
        self.sees(top, ["a.b.txt 3", "there/", "there/a.b.txt 3"])

    def move(self, top: Item) -> None:
        library = self._library
        folder = library.create_folder(top, "folder", "fail")
        there = library.create_folder(top, "there", "fail")
        file = library.get(library.upload(folder, "a.txt", b"moved").id)
        moved = library.move(file, there, "b.txt")
        equal("id", moved.id, file.id)
        equal("parent", moved.parent_id, there.id)
        self.is_file(library.get(file.id), "b.txt", b"moved")
        library.upload(there, "taken.txt", b"")
        refused("a taken name", lambda: library.move(moved, there, "TAKEN.txt"), *TAKEN)
        case = library.move(moved, there, "B.txt")
        equal("its own name in another case", (case.id, case.name), (file.id, "B.txt"))
        below = library.move(there, folder, "there")
        equal("a folder's parent", below.parent_id, folder.id)
        refused("a folder below itself", lambda: library.move(folder, below, "x"), 400, "invalidRequest")
        equal("by path", library.at(f"/{top.name}/folder/there/B.txt").id, file.id)
        self.sees(top, ["folder/", "folder/there/", "folder/there/B.txt 5", "folder/there/taken.txt 0"])

    def delete(self, top: Item) -> None:
        library = self._library
        folder = library.create_folder(top, "folder", "fail")
        below = library.upload(folder, "below.txt", b"x")
        file = library.upload(top, "a.txt", b"x")
        library.delete(file)
        refused("a deleted file", lambda: library.get(file.id), *GONE)
        refused("one deleted twice", lambda: library.delete(file), *GONE)
        library.delete(folder)
        refused("what was in a deleted folder", lambda: library.get(below.id), *GONE)
        equal("what is left", library.children(top), [])
        again = library.upload(top, "a.txt", b"y")
        holds("a new file is another", again.id != file.id)
        holds("ids look like ids", re.fullmatch(r"[0-9A-Za-z!]+", again.id) is not None)
        self.sees(top, ["a.txt 1"])
