"""Fetching from the open internet on somebody's word: only public addresses, resolved once and kept to, small and soon, each redirect anew.

Nothing here knows a database. What comes back is bytes, read by a program of its own (parse_child.py).
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from network.feeds.models import Problem

MOST_BYTES = 2 * 1024 * 1024
SECONDS = 20  # for all of it, redirects and reading; the job's lease is sixty
PARSE_SECONDS = 10
MOST_STEPS = 4
LONGEST = 500
AGENT = "Multaqa-Feeds/1.0"
_CHILD = Path(__file__).with_name("parse_child.py")
# The whole address is read here, letter by letter: libraries differ about where a host ends (see notices.push.hosts). No user, no odd port.
_ADDRESS = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::(80|443))?(/[!-\[\]-~]*)?", re.IGNORECASE)
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"), ipaddress.ip_network("2002::/16"))


class Failed(Exception):
    """A feed that could not be had; `problem` says why, `status` what the website said."""

    def __init__(self, problem: Problem, status: int | None = None) -> None:
        self.problem, self.status = problem, status
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Found:
    """What a website answered: news, or that nothing is new (`fresh` False)."""

    fresh: bool
    etag: str = ""
    modified: str = ""
    title: str = ""
    language: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int
    path: str


def fetch(url: str, *, etag: str = "", modified: str = "") -> Found:
    """What stands at this address, if it is new. Raises Failed."""
    ends = time.monotonic() + SECONDS
    asked = {"If-None-Match": etag} if etag else {}
    asked |= {"If-Modified-Since": modified} if modified else {}
    for _step in range(MOST_STEPS + 1):
        status, headers, body = _ask(_place(url), asked, ends)
        if status in (301, 302, 303, 307, 308) and headers.get("location"):
            url = urljoin(url, headers["location"])
            continue
        if status == 304:
            return Found(fresh=False, etag=etag, modified=modified)
        if status != 200:
            raise Failed(Problem.STATUS, status)
        return _read(_plain(body, headers.get("content-encoding", "")), headers)
    raise Failed(Problem.ROUND)


def is_fetchable(url: str) -> bool:
    """Whether an address has the form of one that is fetched at all; what its name resolves to is asked when it is."""
    try:
        _place(url)
    except Failed:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: none of ours, no neighbour's, no machine's own."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in block for block in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _place(url: str) -> _Place:
    for origin in settings.FEED_TRIAL_ORIGINS:
        if url.startswith(f"{origin}/"):
            name, _colon, door = origin.removeprefix("http://").partition(":")
            return _Place("http", name, int(door), url.removeprefix(origin))
    match = _ADDRESS.fullmatch(url.partition("#")[0]) if len(url) <= LONGEST else None
    if match is None:
        raise Failed(Problem.ADDRESS)
    scheme, host = match[1].lower(), match[2].lower()
    if host.rpartition(".")[2].isdigit() or host.endswith((".local", ".internal", ".localhost", ".lan", ".home.arpa")):
        raise Failed(Problem.ADDRESS)
    port = int(match[3] or (443 if scheme == "https" else 80))
    if port != (443 if scheme == "https" else 80):
        raise Failed(Problem.ADDRESS)
    return _Place(scheme, host, port, match[4] or "/")


def _resolve(place: _Place) -> str:
    """One public address of the host. A name that has a private one among its addresses is none of the open internet's."""
    try:
        found = {str(answer[4][0]) for answer in socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise Failed(Problem.UNKNOWN) from None
    if f"http://{place.host}:{place.port}" in settings.FEED_TRIAL_ORIGINS:
        return place.host
    if not found or not all(is_public(address.partition("%")[0]) for address in found):
        raise Failed(Problem.ADDRESS)
    return min(found, key=lambda address: (":" in address, address))


class _Pinned(http.client.HTTPConnection):
    """Goes to the very address that was checked, whatever the name resolves to a moment later (DNS rebinding)."""

    def __init__(self, place: _Place, address: str, timeout: float) -> None:
        super().__init__(place.host, place.port, timeout=timeout)
        self._place, self._address = place, address

    def connect(self) -> None:
        line = socket.create_connection((self._address, self._place.port), self.timeout)
        if self._place.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=self._place.host)
        self.sock = line


def _ask(place: _Place, asked: dict[str, str], ends: float) -> tuple[int, dict[str, str], bytes]:
    left = ends - time.monotonic()
    if left <= 0:
        raise Failed(Problem.SILENT)
    line = _Pinned(place, _resolve(place), min(left, 10))
    # A server that sends a letter every few seconds is never silent: when time is up the line is cut under it.
    cut = threading.Timer(left, _cut, [line])
    cut.daemon = True
    cut.start()
    headers = {"User-Agent": AGENT, "Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"}
    try:
        line.request("GET", place.path, headers=headers | {"Accept-Encoding": "gzip", "Connection": "close"} | asked)
        answer = line.getresponse()
        body = bytearray()
        while chunk := answer.read1(65_536):
            body += chunk
            if len(body) > MOST_BYTES:
                raise Failed(Problem.LARGE)
            if time.monotonic() > ends:
                raise Failed(Problem.SILENT)
        if answer.length:  # cut off in the middle
            raise Failed(Problem.SILENT if time.monotonic() > ends else Problem.REFUSED)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, bytes(body)
    except TimeoutError:
        raise Failed(Problem.SILENT) from None
    except (OSError, http.client.HTTPException, ValueError):
        raise Failed(Problem.SILENT if time.monotonic() >= ends else Problem.REFUSED) from None
    finally:
        cut.cancel()
        line.close()


def _cut(line: http.client.HTTPConnection) -> None:
    sock = line.sock
    if sock is not None:
        with suppress(OSError):  # closed meanwhile
            sock.shutdown(socket.SHUT_RDWR)


def _plain(body: bytes, encoding: str) -> bytes:
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise Failed(Problem.OTHER)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise Failed(Problem.OTHER) from None
    if len(plain) > MOST_BYTES:
        raise Failed(Problem.LARGE)
    return plain


def _read(body: bytes, headers: dict[str, str]) -> Found:
    """Its entries, read by a child process: what a hostile document could do, it does there."""
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter, our own file, no shell
            [sys.executable, "-I", str(_CHILD), headers.get("content-type", "")[:200]],
            input=body,
            capture_output=True,
            timeout=PARSE_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8"},
        )
        said = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        said = None
    if said is None:
        raise Failed(Problem.OTHER)
    return Found(
        fresh=True,
        etag=headers.get("etag", "") if len(headers.get("etag", "")) <= 300 else "",
        modified=headers.get("last-modified", "")[:100],
        title=said["title"],
        language=said["language"],
        entries=said["entries"],
    )
