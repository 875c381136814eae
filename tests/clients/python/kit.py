"""Helpers of all client programs: arguments, checks, direct access to the server, and the report of results."""

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
# The drives of the fixture, by name. `tests/clients/run` creates it.
DRIVES = {"work": "business", "home": "personal"}
# The files of the fixture in `Many` of each drive: more than the largest page.
MANY = [f"f{number:04}.txt" for number in range(1203)]


@dataclass(frozen=True)
class Item:
    """An item as a client reports it."""

    id: str
    name: str
    size: int | None
    is_folder: bool
    parent_id: str | None
    # None for folders.
    quick_xor: str | None
    # None if the client does not read it.
    etag: str | None


class Refused(Exception):
    """An error of the server, as the client reports it. Code and status are None if the client does not report them."""

    def __init__(self, status: int | None, code: str | None, message: str, context: Any = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        # The `context_info` of Box.
        self.context = context


def equal(what: str, actual: Any, wanted: Any) -> None:
    """Fails with both sides if they differ."""
    if actual != wanted:
        raise AssertionError(f"{what}: {shortened(actual)} instead of {shortened(wanted)}")


def holds(what: str, is_so: bool) -> None:
    """Fails with the expectation if it is false."""
    if not is_so:
        raise AssertionError(f"expectation failed: {what}")


def refused(what: str, call: Callable[[], Any], status: int, code: str) -> Refused:
    """Fails unless the call fails with this status and code. Ignores those that the client does not report."""
    try:
        done = call()
    except Refused as error:
        if error.status is not None:
            equal(f"{what}: status", error.status, status)
        if error.code is not None:
            equal(f"{what}: code", error.code, code)
        return error
    raise AssertionError(f"{what} did not fail but returned {shortened(done)}")


def shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"


def some_bytes(length: int, seed: int) -> bytes:
    """Returns deterministic pseudo-random bytes."""
    return random.Random(seed).randbytes(length)


def quick_xor(content: bytes) -> str:
    """Returns the quickXorHash of OneDrive: XORs byte i to bit 11·i of 160, then the length to the last eight bytes."""
    bits = 0
    for at in range(min(160, len(content))):
        # All bytes of the same position.
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
    """Reads from the server by plain requests, without any client."""

    url: str

    def get(self, path: str) -> Any:
        """Returns the JSON at a path of the server, or at an absolute URL."""
        url = path if path.startswith("http") else self.url + path
        with urllib.request.urlopen(url, timeout=20) as answer:
            return json.load(answer)

    def drive_id(self, name: str) -> str:
        return self.get(f"/v1.0/drives/{name}")["id"]

    def tree(self, drive: str, path: str) -> list[str]:
        """Lists everything below a folder, sorted by name. Folders end with a slash, files with their size."""
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
        """Polls a job for clients that do not poll. Returns the id of the new item."""
        last = -1.0
        for _ in range(200):
            with urllib.request.urlopen(monitor, timeout=20) as answer:
                report = json.load(answer)
            if report["status"] == "completed":
                equal("percentage at the end", report.get("percentageComplete"), 100.0)
                return report["resourceId"]
            if report["status"] == "failed":
                raise Refused(None, report["error"].get("code"), str(report["error"]))
            holds("the percentage never goes back", report["percentageComplete"] >= last)
            holds("the response has an item only at the end", "resourceId" not in report)
            last = report["percentageComplete"]
            time.sleep(0.05)
        raise AssertionError(f"the job never ends: {monitor}")


class Report:
    """Prints one line for each group of verbs, and exits at the first failure unless `keeps_going` is set."""

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
    """Parses the arguments that `tests/clients/run` passes to each program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="the server, http://127.0.0.1:PORT")
    parser.add_argument("scratch", help="a folder for files of this run")
    parser.add_argument("--keep-going", action="store_true")
    return parser.parse_args()
