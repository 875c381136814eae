"""The only place for what the programs of all clients share: where the server is, what a client is asked to be able
to do, and how a result is told."""

from __future__ import annotations

import argparse
import base64
import json
import random
import sys
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

# One range of an upload session: a multiple of 320 KiB.
RANGE = 320 * 1024
# The drives of the seed, by name: `.ci/clients` writes it.
DRIVES = {"work": "business", "home": "personal"}
# What the seed has in `Many` of each drive: more than a page of any size.
MANY = [f"f{number:04}.txt" for number in range(1203)]


@dataclass(frozen=True)
class Item:
    """What a client says of an item."""

    id: str
    name: str
    size: int | None
    is_folder: bool
    parent_id: str | None
    # None for folders.
    quick_xor: str | None
    # None where the client reads none.
    etag: str | None


class Refused(Exception):
    """The server refused, in the words that the client gives on; code and status are None where it keeps them."""

    def __init__(self, status: int | None, code: str | None, message: str, context: Any = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        # What Box tells of it besides.
        self.context = context


def equal(what: str, actual: Any, wanted: Any) -> None:
    """Fails with both sides if they differ."""
    if actual != wanted:
        raise AssertionError(f"{what}: {shortened(actual)} instead of {shortened(wanted)}")


def holds(what: str, is_so: bool) -> None:
    """Fails with what should be so."""
    if not is_so:
        raise AssertionError(f"it does not hold that {what}")


def refused(what: str, call: Callable[[], Any], status: int, code: str) -> Refused:
    """Fails unless the call is refused in this way; what the client does not tell is not asked for."""
    try:
        done = call()
    except Refused as error:
        if error.status is not None:
            equal(f"{what}: status", error.status, status)
        if error.code is not None:
            equal(f"{what}: code", error.code, code)
        return error
    raise AssertionError(f"{what} is not refused but gives {shortened(done)}")


def shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"


def some_bytes(length: int, seed: int) -> bytes:
    """Makes bytes that are the same in each run and have no pattern."""
    return random.Random(seed).randbytes(length)


def quick_xor(content: bytes) -> str:
    """Hashes as OneDrive does: byte i goes to bit 11·i of 160, then the length over the last eight bytes."""
    bits = 0
    for at in range(min(160, len(content))):
        # All bytes that go to the same place.
        folded = 0
        for byte in content[at::160]:
            folded ^= byte
        place = at * 11 % 160
        bits ^= folded << place
    bits = (bits & ((1 << 160) - 1)) ^ (bits >> 160)
    bits ^= len(content) << 96
    return base64.b64encode(bits.to_bytes(20, "little")).decode()


@dataclass(frozen=True)
class Witness:
    """Looks at the server without any client: by plain requests."""

    url: str

    def get(self, path: str) -> Any:
        """Returns what is told at a path of the server, or at a whole URL."""
        url = path if path.startswith("http") else self.url + path
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)

    def drive_id(self, name: str) -> str:
        return self.get(f"/v1.0/drives/{name}")["id"]

    def tree(self, drive: str, path: str) -> list[str]:
        """Lists all below a folder in the order of the names; folders end in a slash, files have their size."""
        children: list[dict[str, Any]] = []
        link: str | None = f"/v1.0/drives/{drive}/root:{urllib.parse.quote(path)}:/children"
        while link:
            page = self.get(link)
            children.extend(page["value"])
            link = page.get("@odata.nextLink")
        lines: list[str] = []
        # Business and personal drives list folders in different orders.
        for child in sorted(children, key=lambda child: child["name"].casefold()):
            if "folder" in child:
                lines.append(f"{child['name']}/")
                below = self.tree(drive, f"{path}/{child['name']}")
                lines.extend(f"{child['name']}/{line}" for line in below)
            else:
                lines.append(f"{child['name']} {child['size']}")
        return lines

    def wait(self, monitor: str) -> str:
        """Polls a job for clients that do not; returns the id of the new item."""
        last = -1.0
        for _ in range(200):
            with urllib.request.urlopen(monitor, timeout=20) as answer:
                told = json.load(answer)
            if told["status"] == "completed":
                equal("percentage at the end", told.get("percentageComplete"), 100.0)
                return told["resourceId"]
            if told["status"] == "failed":
                raise Refused(None, told["error"].get("code"), str(told["error"]))
            holds("the percentage never goes back", told["percentageComplete"] >= last)
            holds("an item is told at the end only", "resourceId" not in told)
            last = told["percentageComplete"]
            time.sleep(0.05)
        raise AssertionError(f"the job never ends: {monitor}")


class Report:
    """Tells one line for each group of verbs, and ends the program at the first that fails unless told otherwise."""

    def __init__(self, client: str, keeps_going: bool) -> None:
        self._client = client
        self._keeps_going = keeps_going
        self._n_failed = 0

    @contextmanager
    def group(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        except Exception:
            self._n_failed += 1
            print(f"FAILED {self._client} {name}", flush=True)
            traceback.print_exc()
            sys.stderr.flush()
            if not self._keeps_going:
                raise SystemExit(1) from None
        else:
            print(f"ok {self._client} {name} ({time.monotonic() - start:.1f} s)", flush=True)

    def end(self) -> None:
        raise SystemExit(1 if self._n_failed else 0)


def arguments() -> argparse.Namespace:
    """Reads what `.ci/clients` gives to each program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="the server, http://127.0.0.1:PORT")
    parser.add_argument("scratch", help="a folder for files of this run")
    parser.add_argument("--keep-going", action="store_true")
    return parser.parse_args()
