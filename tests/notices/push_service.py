"""A browser's push service on this machine: it answers as it is told, and reads what only the browser can."""

from __future__ import annotations

import base64
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Service:
    """A browser's push service, and the browser behind it."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, int] = {}  # path → status; 0 hangs
        self.more: dict[str, str] = {}  # headers of what it answers
        self.asked: list[str] = []  # paths, also those it refused
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.released = threading.Event()
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = ours.answers.get(self.path, 201)
                ours.asked.append(self.path)
                if status == 0:
                    ours.released.wait(20)
                    return
                if status == 201:
                    ours.told.append(
                        json.loads(http_ece.decrypt(body, private_key=ours.private, auth_secret=ours.auth, version="aes128gcm"))
                    )
                    ours.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                for name, value in ours.more.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def keys(self) -> dict[str, str]:
        point = self.private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return {"p256dh": text(point), "auth": text(self.auth)}

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
