"""Runs the rclone scenario with drives of Microsoft Graph."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import kit
from kit import equal
from rclone_scenario import FILES, Course, Rclone, write

# Drives of sites. rclone makes cross-drive copies only between these.
LIBRARIES = {"team": "documentLibrary", "archive": "documentLibrary"}


def section(name: str, kind: str, drive_id: str, url: str) -> str:
    token = {"access_token": "tok", "token_type": "Bearer", "refresh_token": "rt", "expiry": "2099-01-01T00:00:00Z"}
    return (
        f"[{name}]\ntype = onedrive\ntoken = {json.dumps(token)}\ndrive_id = {drive_id}\ndrive_type = {kind}\n"
        f"tenant_url = {url}/_api\n\n"
    )


def hashed(content: bytes) -> str:
    return base64.b64decode(kit.quick_xor(content)).hex()


def across(rclone: Rclone, scratch: Path) -> None:
    """Copies from one drive to another on the server."""
    write(scratch / "across", FILES)
    rclone.run("copy", str(scratch / "across"), "team:from")
    log = rclone.log("copy", "--server-side-across-configs", "team:from", "archive:to")
    equal("files that the server copies", log.count("Copied (server-side copy)"), len(FILES))
    rclone.run("check", "team:from", "archive:to")


def main() -> None:
    args = kit.arguments()
    scratch = Path(args.scratch)
    report = kit.Report("rclone", args.keep_going)
    witness = kit.Witness(args.url)
    drives = kit.DRIVES | LIBRARIES
    config = "".join(section(name, kind, witness.drive_id(name), args.url) for name, kind in drives.items())
    rclone = Rclone(config, scratch, "quickxor", ["--onedrive-chunk-size=320k"], {})
    for drive, kind in kit.DRIVES.items():
        Course(rclone, scratch, drive, hashed).run(report, kind)
    with report.group("copy-across (documentLibrary)"):
        across(rclone, scratch)
    report.end()


if __name__ == "__main__":
    main()
