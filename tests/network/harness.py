"""A tiny server for trying behaviours in a real browser: the project's static files, one page, the policy of the house."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.staticfiles import finders

POLICY = (
    "default-src 'none'; script-src http://127.0.0.1:{port}/static/; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
PEOPLE = [
    {"handle": "amal", "name": "أمل حسن", "kind": "person", "tone": 2, "monogram": "أ", "detail": "اللجنة الوطنية – تونس"},
    {"handle": "tn", "name": "اللجنة الوطنية – تونس", "kind": "entity", "tone": 1, "monogram": "تو", "detail": ""},
]


# As static/js/app.js does: each behaviour is a module with connect(element).
LOADER = """
for (const element of document.querySelectorAll("[data-behaviour]")) {
  for (const name of element.dataset.behaviour.split(" ")) {
    const module = await import(`/static/js/behaviours/${name}.js`)
    module.connect(element)
  }
}
document.documentElement.dataset.ready = "yes"
"""


class Harness:
    """What was asked of the server, and the page it serves."""

    def __init__(self, page: str) -> None:
        self.page = page
        self.posts: list[tuple[str, dict[str, list[str]]]] = []
        self.fail_next = 0
        self.origin = ""
        self.answer: Callable[[str], str] = lambda _path: "<title>sent</title>sent"


@contextmanager
def serve(page: str) -> Iterator[Harness]:
    """Serve `page` at /, static files at /static/, suggestions at /mentions/; remember every POST."""
    harness = Harness(page)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/static/harness.js":
                return self._send(200, "text/javascript", LOADER.encode())
            if url.path.startswith("/static/"):
                found = finders.find(url.path.removeprefix("/static/"))
                if not found:
                    return self._send(404, "text/plain", b"")
                kind = guess_type(url.path)[0] or "application/octet-stream"
                kind = "text/javascript" if url.path.endswith(".js") else kind
                return self._send(200, kind, Path(str(found)).read_bytes())
            if url.path == "/mentions/":
                query = parse_qs(url.query).get("q", [""])[0]
                people = [p for p in PEOPLE if query in str(p["name"]) or str(p["handle"]).startswith(query)]
                return self._send(200, "application/json", json.dumps(people).encode())
            if url.path == "/":
                return self._send(200, "text/html; charset=utf-8", harness.page.encode())
            return self._send(404, "text/plain", b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
            if harness.fail_next:
                harness.fail_next -= 1
                self.close_connection = True
                return None
            harness.posts.append((self.path, parse_qs(body, keep_blank_values=True)))
            return self._send(200, "text/html; charset=utf-8", harness.answer(self.path).encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY.format(port=self.server.server_address[1]))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    harness.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield harness
    finally:
        server.shutdown()
        server.server_close()
