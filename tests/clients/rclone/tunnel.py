"""A proxy for clients with built-in hosts: it terminates TLS with a self-signed certificate and sends every request to
the server."""

from __future__ import annotations

import datetime
import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Headers of the connection and of the transfer.
OF_CONNECTION = {"connection", "content-length", "host", "transfer-encoding"}


def start(url: str, hosts: list[str], scratch: Path) -> dict[str, str]:
    """Starts the proxy. Returns the environment variables that make a program use and trust it."""
    certificate = scratch / "certificate.pem"
    certificate.write_bytes(certified(hosts))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    class Handler(Tunnel):
        server_address = url.removeprefix("http://")
        context = tls

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_port}"
    return {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "NO_PROXY": "", "SSL_CERT_FILE": str(certificate)}


class Tunnel(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_address: str
    context: ssl.SSLContext

    def do_CONNECT(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def pass_on(self) -> None:
        server = http.client.HTTPConnection(self.server_address, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OF_CONNECTION}
        server.request(self.command, self.path, self.body(), headers)
        answer = server.getresponse()
        content = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_CONNECTION:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        server.close()

    do_DELETE = do_GET = do_OPTIONS = do_POST = do_PUT = pass_on

    def body(self) -> bytes | None:
        if self.headers.get("transfer-encoding") != "chunked":
            length = self.headers.get("content-length")
            return None if length is None else self.rfile.read(int(length))
        parts: list[bytes] = []
        while length := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing, because rclone does."""

    def finish(self) -> None:
        super().finish()
        self.connection.close()


def certified(hosts: list[str]) -> bytes:
    """Returns a new key, and a self-signed certificate for the hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "drivesim")])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
