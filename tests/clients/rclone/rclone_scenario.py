"""Checks drives of any service with rclone: its server-side copies, its polling, and its check of hashes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kit
from kit import MANY, RANGE, equal, holds

# The files that rclone uploads: empty, small, and larger than one range.
FILES = {
    "empty.txt": b"",
    "grüße 100%.txt": b"hello",
    "sub/ranges.bin": kit.some_bytes(2 * RANGE + 1234, 7),
    "sub/sub/#+ë.txt": b"deep",
}


class Rclone:
    """The program with its configuration."""

    def __init__(
        self,
        config: str,
        scratch: Path,
        hash_name: str,
        options: list[str],
        environment: dict[str, str],
    ) -> None:
        # rclone rewrites its configuration.
        self._config = scratch / "rclone.conf"
        self._config.write_text(config)
        self._hash_name = hash_name
        self._options = options
        self._environment = environment

    def run(self, *args: str, fails: bool = False) -> str:
        """Runs a command. Returns its output, or its log if it is expected to fail."""
        command = [str(Path(sys.executable).parent / "rclone"), "--config", str(self._config), *args]
        more = ["-vv", "--retries=1", "--low-level-retries=2", "--timeout=30s", *self._options]
        environment = os.environ | self._environment
        done = subprocess.run(command + more, capture_output=True, text=True, timeout=120, env=environment)
        if (done.returncode != 0) != fails:
            log = "\n".join(done.stderr.splitlines()[-30:])
            raise AssertionError(f"rclone {' '.join(args)} ended with {done.returncode}:\n{done.stdout}{log}")
        return done.stdout if not fails else done.stderr

    def log(self, *args: str) -> str:
        """Runs a command. Returns its log."""
        log = self._config.with_name("rclone.log")
        log.unlink(missing_ok=True)
        self.run(*args, f"--log-file={log}")
        return log.read_text()

    def list(self, remote: str) -> list[dict[str, Any]]:
        """Lists everything below a folder with hashes, sorted by path."""
        told = json.loads(self.run("lsjson", "-R", "--hash", "--original", remote))
        return sorted(told, key=lambda item: item["Path"])

    def files(self, remote: str) -> list[tuple[str, int, str]]:
        return [
            (item["Path"], item["Size"], item["Hashes"][self._hash_name])
            for item in self.list(remote)
            if not item["IsDir"]
        ]


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


class Course:
    """All groups of verbs with one drive."""

    def __init__(
        self,
        rclone: Rclone,
        scratch: Path,
        drive: str,
        hashed: Callable[[bytes], str],
    ) -> None:
        self._rclone = rclone
        self._drive = drive
        # Computes the hash of the service, in the format of rclone.
        self._hashed = hashed
        self._scratch = scratch / drive
        self._local = self._scratch / "local"
        write(self._local, FILES)

    def told(self, files: dict[str, bytes]) -> list[tuple[str, int, str]]:
        return [(path, len(content), self._hashed(content)) for path, content in sorted(files.items())]

    def run(self, report: kit.Report, kind: str) -> None:
        groups: list[Callable[[str], None]] = [
            self.about,
            self.paging,
            self.create_folder,
            self.upload,
            self.copy_file,
            self.copy_folder,
            self.copy_replace,
            self.move,
            self.delete,
        ]
        for group in groups:
            name = group.__name__.replace("_", "-")
            with report.group(f"{name} ({kind})"):
                group(f"{self._drive}:rclone {name}")

    def paging(self, top: str) -> None:
        names = self._rclone.run("lsf", f"{self._drive}:Many").splitlines()
        equal("children", sorted(names), MANY)

    def about(self, top: str) -> None:
        about = json.loads(self._rclone.run("about", "--json", f"{self._drive}:"))
        holds("the quota adds up", about["total"] == about["used"] + about["free"])

    def create_folder(self, top: str) -> None:
        run = self._rclone.run
        run("mkdir", f"{top}/a/b c")
        run("mkdir", f"{top}/a/b c")
        equal("folders", run("lsf", "-R", top).splitlines(), ["a/", "a/b c/"])
        run("rmdir", f"{top}/a/b c")
        equal("folders", run("lsf", "-R", top).splitlines(), ["a/"])

    def upload(self, top: str) -> None:
        run = self._rclone.run
        run("copy", str(self._local), top)
        equal("files", self._rclone.files(top), self.told(FILES))
        run("check", "--one-way", str(self._local), top)
        run("check", "--download", str(self._local), top)
        back = self._scratch / "back"
        run("copy", top, str(back))
        equal("what comes back", {path: (back / path).read_bytes() for path in FILES}, FILES)
        times = {path: (self._local / path).stat().st_mtime_ns // 10**9 for path in FILES}
        equal("times that come back", {path: (back / path).stat().st_mtime_ns // 10**9 for path in FILES}, times)
        # A second copy has nothing to do.
        holds("nothing is sent again", "Copied (" not in self._rclone.log("copy", str(self._local), top))
        # rclone detects a different hash.
        other = self._scratch / "other"
        write(other, FILES | {"grüße 100%.txt": b"hellO"})
        holds("a change is seen", "1 differences found" in run("check", str(other), top, fails=True))
        run("copy", "--checksum", str(other), top)
        equal("after the change", self._rclone.files(top), self.told(FILES | {"grüße 100%.txt": b"hellO"}))

    def copy_file(self, top: str) -> None:
        self._rclone.run("copy", str(self._local), f"{top}/from")
        log = self._rclone.log("copyto", f"{top}/from/sub/ranges.bin", f"{top}/to/new name.bin")
        holds("the server copies", "Copied (server-side copy)" in log)
        (copy,) = [item for item in self._rclone.list(top) if item["Path"] == "to/new name.bin"]
        (source,) = [item for item in self._rclone.list(top) if item["Path"] == "from/sub/ranges.bin"]
        holds("it has an id of its own", copy["ID"] != source["ID"])
        # rclone sets the time, because the server does not keep it.
        equal("time", copy["ModTime"], source["ModTime"])
        equal("size and hash", [copy[key] for key in ("Size", "Hashes")], [source[key] for key in ("Size", "Hashes")])
        back = self._scratch / "one"
        self._rclone.run("copyto", f"{top}/to/new name.bin", str(back))
        equal("what comes back", back.read_bytes(), FILES["sub/ranges.bin"])

    def copy_folder(self, top: str) -> None:
        self._rclone.run("copy", str(self._local), f"{top}/from")
        log = self._rclone.log("copy", f"{top}/from", f"{top}/to")
        # It sends empty files itself.
        equal("files that the server copies", log.count("Copied (server-side copy)"), len(FILES))
        self._rclone.run("check", f"{top}/from", f"{top}/to")
        equal("files", self._rclone.files(f"{top}/to"), self.told(FILES))

    def copy_replace(self, top: str) -> None:
        self._rclone.run("copy", str(self._local), f"{top}/from")
        self._rclone.run("copyto", str(self._local / "sub/ranges.bin"), f"{top}/to/taken.txt")
        command = ["copyto", f"{top}/from/grüße 100%.txt", f"{top}/to/taken.txt"]
        log = self._rclone.log(*command)
        holds("the server copies", "Copied (server-side copy)" in log)
        equal("files", self._rclone.files(f"{top}/to"), [("taken.txt", 5, self._hashed(b"hello"))])

    def move(self, top: str) -> None:
        self._rclone.run("copy", str(self._local), f"{top}/from")
        (before,) = [item for item in self._rclone.list(top) if item["Name"] == "ranges.bin"]
        log = self._rclone.log("moveto", f"{top}/from/sub/ranges.bin", f"{top}/to/moved.bin")
        holds("the server moves", "Moved (server-side)" in log)
        (after,) = [item for item in self._rclone.list(top) if item["Name"] == "moved.bin"]
        equal("id, size, hash", [after[key] for key in ("ID", "Size", "Hashes", "ModTime")],
              [before[key] for key in ("ID", "Size", "Hashes", "ModTime")])
        self._rclone.run("moveto", f"{top}/from", f"{top}/elsewhere")
        rest = {path: content for path, content in FILES.items() if path != "sub/ranges.bin"}
        equal("a folder's files", self._rclone.files(f"{top}/elsewhere"), self.told(rest))
        equal("folders", self._rclone.run("lsf", "--dirs-only", top).splitlines(), ["elsewhere/", "to/"])

    def delete(self, top: str) -> None:
        self._rclone.run("copy", str(self._local), top)
        self._rclone.run("deletefile", f"{top}/empty.txt")
        rest = {path: content for path, content in FILES.items() if path != "empty.txt"}
        equal("files", self._rclone.files(top), self.told(rest))
        self._rclone.run("rmdir", f"{top}/sub", fails=True)
        self._rclone.run("purge", f"{top}/sub")
        equal("what is left", self._rclone.run("lsf", "-R", top).splitlines(), ["grüße 100%.txt"])
        self._rclone.run("purge", top)
        holds("it is gone", "directory not found" in self._rclone.run("lsf", top, fails=True))
