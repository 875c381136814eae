"""Checks users, tokens and events of Box with an SDK for Python."""

from __future__ import annotations

import time

from box_sdk import Checks, Entry
from kit import equal, holds


class Account(Checks):
    """Groups of an account."""

    def user(self, top: Entry) -> None:
        user_id, login = self._sdk.me()
        holds("an id is a number", user_id.isdecimal())
        holds("a login is an address", "@" in login)
        equal("whose files are made", self._sdk.upload(top.id, "a.txt", b"x").owner_id, user_id)

    def client_credentials(self, top: Entry) -> None:
        sdk = self._sdk.as_application()
        made = sdk.create_folder(top.id, "made")
        equal("what it sees", [entry.id for entry in sdk.items(top.id, 100, False)], [made.id])

    def events(self, top: Entry) -> None:
        sdk = self._sdk
        before = sdk.position()
        file = sdk.upload(top.id, "a.txt", b"x")
        copy = sdk.copy(file, top.id, "b.txt")
        folder = sdk.copy(top, "0", f"{top.name} copied")
        sdk.delete(file)
        # One event for each operation, not for items below. Events may come late, twice and in any order.
        wanted = {("ITEM_UPLOAD", file.id), ("ITEM_COPY", copy.id), ("ITEM_COPY", folder.id), ("ITEM_TRASH", file.id)}
        seen: set[tuple[str, str]] = set()
        deadline = time.monotonic() + 10
        while not wanted <= seen:
            holds(f"all events come, not only {seen}", time.monotonic() < deadline)
            seen |= set(sdk.events(before))
        copies = {about for what, about in seen if what == "ITEM_COPY"}
        equal("what was copied", copies, {copy.id, folder.id})
        equal("events since then", [event for event in sdk.events(sdk.position()) if event in wanted], [])
