"""Runs the groups of verbs with an SDK of Box for Python. node/scenario.mjs has the same groups."""

from __future__ import annotations

from collections.abc import Callable

from box_account import Account
from box_copies import Copies
from box_items import Items
from box_sdk import Entry, Sdk
from kit import Report, Witness


def run(sdk: Sdk, report: Report, witness: Witness) -> None:
    """Runs all groups, each in a new folder, so that they are independent."""
    items, copies, account = Items(sdk, witness), Copies(sdk, witness), Account(sdk, witness)
    groups: list[Callable[[Entry], None]] = [
        items.create_folder,
        items.upload,
        items.upload_in_parts,
        items.preflight,
        items.new_version,
        items.refusals,
        items.paging,
        items.move,
        items.trash,
        items.trash_folder,
        items.search,
        copies.copy_file,
        copies.copy_version,
        copies.copy_folder,
        copies.copy_long,
        copies.conflicts,
        account.user,
        account.client_credentials,
        account.events,
    ]
    for group in groups:
        name = group.__name__.replace("_", "-")
        with report.group(name):
            group(sdk.create_folder("0", f"{sdk.name} {name}"))
