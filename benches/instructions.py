"""Counts the instructions of `drivesim serve` per request, with callgrind.

    cargo build --release -p drivesim-cli
    python3 benches/instructions.py target/release/drivesim [NAME ...]

Each figure is the difference between 2N and N equal requests over one connection, divided by N, so that start and end of
the program do not count. "copied item" is that of copies of a folder, divided by the number of its items. The clock is
manual and ids have a fixed seed.
"""

import dataclasses
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Callable

ME = "/v1.0/me/drive"


N_FOLDERS, N_FILES = 100, 1000


def files(n_files: int) -> str:
    return "".join(f'  f{number:03}.txt = "file {number}"\n' for number in range(n_files))


def small_outline() -> str:
    return (
        f"drive work profile=business owner=me\nSmall/\n{files(20)}Large/\n{files(200)}To/\n"
        f"drive box profile=box owner=user:ann\nWide/\n{files(100)}"
    )


def large_outline() -> str:
    content = "".join(f"    f{number:04}.txt = 100 B\n" for number in range(N_FILES))
    folders = "".join(f"  folder {number}/\n{content}" for number in range(N_FOLDERS))
    return f"drive work profile=plain owner=me\nSource/\n{folders}To/\n"


class Client:
    """One connection to the program under callgrind."""

    def __init__(self, program: str, outline: str) -> None:
        self.out = tempfile.NamedTemporaryFile(suffix=".callgrind")
        self.fixture = tempfile.NamedTemporaryFile("w", suffix=".outline")
        self.fixture.write(outline)
        self.fixture.flush()
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out.name}", program, "serve"]
        command += ["--clock", "manual", "--pace", "instant", "--id-seed", "1", "--fixture", self.fixture.name]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        address = re.search(r"http://([^/\s]+)", self.process.stdout.readline())[1].rstrip(".")
        self.connection = http.client.HTTPConnection(address)
        self.connection.connect()

    def send(self, method: str, path: str, body: object = None) -> tuple:
        """Returns the headers and the body of the response, which must be a success."""
        headers = {"Content-Type": "application/json"} if isinstance(body, dict) else {}
        content = json.dumps(body) if isinstance(body, dict) else body
        self.connection.request(method, path, content, headers)
        response = self.connection.getresponse()
        text = response.read()
        assert 200 <= response.status < 300, (method, path, response.status, text)
        return response.headers, text

    def get(self, path: str) -> dict:
        return json.loads(self.send("GET", path)[1])

    def instructions(self) -> int:
        """Stops the program, and returns its number of instructions."""
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate()
        return int(re.search(r"Collected : (\d+)", log)[1])


def get_item(client: Client):
    path = f"{ME}/items/{client.get(f'{ME}/root:/Small/f001.txt')['id']}"
    return lambda _: client.send("GET", path)


def list_200(client: Client):
    path = f"{ME}/items/{client.get(f'{ME}/root:/Large')['id']}/children"
    return lambda _: client.send("GET", path)


def box_file_path(client: Client) -> str:
    wide = client.get("/2.0/folders/0/items")["entries"][0]["id"]
    return f"/2.0/files/{client.get(f'/2.0/folders/{wide}/items')['entries'][0]['id']}"


def box_item(client: Client):
    path = box_file_path(client)
    return lambda _: client.send("GET", path)


def copy_and_poll(client: Client):
    source = client.get(f"{ME}/root:/Small/f001.txt")["id"]
    to = client.get(f"{ME}/root:/To")["id"]

    def copy(number: int) -> None:
        body = {"name": f"copy {number:06}.txt", "parentReference": {"id": to}}
        headers, _ = client.send("POST", f"{ME}/items/{source}/copy", body)
        client.send("GET", urllib.parse.urlsplit(headers["Location"]).path)

    return copy


def copy_folder(client: Client):
    source = client.get(f"{ME}/root:/Source")["id"]
    to = client.get(f"{ME}/root:/To")["id"]

    def copy(number: int) -> None:
        body = {"name": f"copy {number}", "parentReference": {"id": to}}
        client.send("POST", f"{ME}/items/{source}/copy", body)

    return copy


def rename(client: Client):
    path = f"{ME}/items/{client.get(f'{ME}/root:/Small/f001.txt')['id']}"
    return lambda number: client.send("PATCH", path, {"name": f"name {number:06}.txt"})


def upload(client: Client):
    return lambda number: client.send("PUT", f"{ME}/root:/To/up{number:06}.txt:/content", b"hello" * 20)


@dataclasses.dataclass
class Figure:
    """What is counted: how to prepare the request, how often to send it, and what to divide by."""

    prepare: Callable
    n_requests: int
    n_items: int = 1
    outline: Callable = small_outline


FIGURES = {
    "GET item": Figure(get_item, 1000),
    "GET 200 children": Figure(list_200, 200),
    "Box GET file": Figure(box_item, 1000),
    "copy and poll": Figure(copy_and_poll, 500),
    "PATCH rename": Figure(rename, 1000),
    "PUT small file": Figure(upload, 1000),
    "copied item": Figure(copy_folder, 2, N_FOLDERS * N_FILES, large_outline),
}


def count(program: str, figure: Figure, n_requests: int) -> int:
    client = Client(program, figure.outline())
    send = figure.prepare(client)
    for number in range(n_requests):
        send(number)
    return client.instructions()


def main() -> None:
    program, *names = sys.argv[1:]
    for name in names or FIGURES:
        figure = FIGURES[name]
        n_once, n_twice = (count(program, figure, n) for n in (figure.n_requests, 2 * figure.n_requests))
        print(f"{name:20}{(n_twice - n_once) / (figure.n_requests * figure.n_items):12,.1f}", flush=True)


if __name__ == "__main__":
    main()
