"""Copies a folder through Microsoft Graph and polls its monitor, with the standard library of Python only.
Run: drivesim serve --listen 127.0.0.1:8080 --clock manual, then: python3 examples/copy_and_poll.py [URL]
"""

from __future__ import annotations

import json
import sys
import urllib.request
from http.client import HTTPResponse

SERVER = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
DRIVE = f"{SERVER}/v1.0/me/drive"
ADMIN = f"{SERVER}/_drivesim"
# Proxies of the environment are not used, since the server is local.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def send(method: str, url: str, body: object = None) -> HTTPResponse:
    """Sends text as it is, and any other body as JSON."""
    data = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
    kind = "text/plain" if isinstance(body, str) else "application/json"
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)
    return OPENER.open(request, timeout=30)


def main() -> None:
    # The fixture: the admin API restores the first state and replaces the items of a drive.
    send("POST", f"{ADMIN}/reset")
    send("PUT", f"{ADMIN}/outline?drive=me", 'Docs/\n  a.txt = "a"\n  b.txt = "b"\n  c.txt = "c"\n')

    accepted = send("POST", f"{DRIVE}/root:/Docs:/copy", {"name": "Docs (old)"})
    assert accepted.status == 202
    monitor = accepted.headers["Location"]
    while True:
        job = json.load(send("GET", monitor))
        print(f"{job['status']:10} {job.get('percentageComplete', 0):5} %")
        if job["status"] in ("completed", "failed"):
            break
        # Instead of a sleep: the clock moves only when it is moved.
        send("POST", f"{ADMIN}/clock", {"advance": "500ms"})

    assert job["status"] == "completed", job
    children = json.load(send("GET", f"{DRIVE}/root:/Docs%20(old):/children"))["value"]
    assert [child["name"] for child in children] == ["a.txt", "b.txt", "c.txt"], children


main()
