"""Runs the rclone scenario with the drive of Box, through a tunnel because its hosts are built in."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import kit
import tunnel
from rclone_scenario import Course, Rclone

HOSTS = ["api.box.com", "upload.box.com"]
# A size for chunked uploads, which rclone uses from 50 MiB on.
LONG = 50 * 1024 * 1024 + 1234


def config() -> str:
    token = {"access_token": "tok", "token_type": "bearer", "refresh_token": "rt", "expiry": "2099-01-01T00:00:00Z"}
    return f"[box]\ntype = box\ntoken = {json.dumps(token)}\n"


def hashed(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def upload_in_parts(rclone: Rclone, scratch: Path) -> None:
    content = kit.some_bytes(LONG, 8)
    (scratch / "long.bin").write_bytes(content)
    rclone.run("copyto", str(scratch / "long.bin"), "box:rclone upload-in-parts/lang.bin")
    kit.equal("files", rclone.files("box:rclone upload-in-parts"), [("lang.bin", LONG, hashed(content))])


def main() -> None:
    args = kit.arguments()
    scratch = Path(args.scratch)
    report = kit.Report("rclone-box", args.keep_going)
    rclone = Rclone(config(), scratch, "sha1", [], tunnel.start(args.url, HOSTS, scratch))
    Course(rclone, scratch, "box", hashed).run(report, "box")
    with report.group("upload-in-parts (box)"):
        upload_in_parts(rclone, scratch)
    report.end()


if __name__ == "__main__":
    main()
