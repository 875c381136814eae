"""Counts the instructions of `drivesim serve` per request, with callgrind.

    python3 benches/instructions.py PROGRAM [NAME ...]

Each figure is the difference between 2N and N equal requests over one connection, divided by N, so that start and end of
the program do not count. The clock is manual and ids have a fixed seed: repeated runs differ by less than 1 %.
"""

import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse

ME = "/v1.0/me/drive"


def outline() -> str:
    files = lambda n_files: "".join(f'  f{number:03}.txt = "file {number}"\n' for number in range(n_files))
    return (
        f"drive work profile=business owner=me\nSmall/\n{files(20)}Large/\n{files(200)}To/\n"
        f"drive box profile=box owner=user:ann\nWide/\n{files(100)}"
    )


class Client:
    """One connection to the program under callgrind."""

    def __init__(self, program: str) -> None:
        self.out = tempfile.NamedTemporaryFile(suffix=".callgrind")
        self.fixture = tempfile.NamedTemporaryFile("w", suffix=".outline")
        self.fixture.write(outline())
        self.fixture.flush()
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={self.out.name}", program, "serve"]
        command += ["--clock", "manual", "--pace", "instant", "--id-seed", "1", "--seed", self.fixture.name]
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


def rename(client: Client):
    path = f"{ME}/items/{client.get(f'{ME}/root:/Small/f001.txt')['id']}"
    return lambda number: client.send("PATCH", path, {"name": f"name {number:06}.txt"})


def upload(client: Client):
    return lambda number: client.send("PUT", f"{ME}/root:/To/up{number:06}.txt:/content", b"hello" * 20)


REQUESTS = {
    "GET item": (get_item, 1000),
    "GET 200 children": (list_200, 200),
    "Box GET file": (box_item, 1000),
    "copy and poll": (copy_and_poll, 500),
    "PATCH rename": (rename, 1000),
    "PUT small file": (upload, 1000),
}


def count(program: str, prepare, n_requests: int) -> int:
    client = Client(program)
    send = prepare(client)
    for number in range(n_requests):
        send(number)
    return client.instructions()


def main() -> None:
    program, *names = sys.argv[1:]
    for name in names or REQUESTS:
        prepare, n_requests = REQUESTS[name]
        n_once, n_twice = (count(program, prepare, n) for n in (n_requests, 2 * n_requests))
        print(f"{name:20}{(n_twice - n_once) / n_requests:12,.0f}", flush=True)


if __name__ == "__main__":
    main()
