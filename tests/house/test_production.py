"""Production without Docker: the settings, processes and proxy of compose.yaml, with real PostgreSQL, Redis and Caddy on this machine."""

import http.cookiejar
import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

from tests import services
from tests.house.tracked import ROOT

pytestmark = pytest.mark.shape("production")

_WORLD = """
from allauth.account.models import EmailAddress
from forums.actions import open_topic
from forums.models import Board
from network.content import Audience
from network.groups.models import Group
from network.spaces.actors import Actor
from network.spaces.models import Membership, Space
from profiles.models import Profile, User

user = User.objects.create_user(email="carmen@example.org", password="{password}")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
Space.objects.create(kind="person", user=user, handle="carmen", name_ar="كارمن", monogram="ك", audience=Audience.NETWORK, folded="كارمن")
Profile.objects.create(user=user)
group = Group.objects.create(
    kind="group", name_ar="القراءة", monogram="ق", created_by=user, folded="القراءة", audience=Audience.PUBLIC, join_rule="open"
)
Membership.objects.create(space=group, user=user, role="owner", approved_by=user)
board = Board.objects.create(space=group, name="منتدى القراءة", reach=Audience.PUBLIC)
print("topic", open_topic(Actor.of(user), board, title="سؤال", body="<p>نص</p>").pk)
"""


@dataclass
class Site:
    """The running site: its address through the proxy, its processes, and a way to run a command in its settings."""

    origin: str
    trust: ssl.SSLContext
    ports: tuple[int, int]
    processes: dict[str, subprocess.Popen[bytes]]
    logs: Path
    manage: Callable[..., str]
    environment: dict[str, str]
    password: str
    topic: int

    def tell(self) -> None:
        """Put what the processes said last beside the failure."""
        for name in self.processes:
            print(f"--- {name}\n{(self.logs / f'{name}.log').read_text(errors='replace')[-3000:]}")

    def visit(self) -> "Visitor":
        return Visitor(self)

    @contextmanager
    def listen(self, *streams: str) -> Iterator[ClientConnection]:
        """A socket through the proxy that has subscribed and been told so."""
        address = self.origin.replace("https://", "wss://") + "/live/socket/?v=1"
        with connect(address, ssl=self.trust, origin=self.origin, open_timeout=10) as ear:  # type: ignore[arg-type]
            ear.send(json.dumps({"type": "subscribe", "streams": list(streams)}))
            while hear(ear).get("type") != "subscribed":
                pass
            yield ear


class Visitor:
    """A browser without a screen: keeps cookies, trusts the proxy's own authority, follows redirects."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=site.trust), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
        request = urllib.request.Request(self.site.origin + path, headers={"Referer": self.site.origin + path, "Accept-Language": "ar"})  # noqa: S310 -- our own origin, https
        if form is not None:
            request.data = urllib.parse.urlencode(form).encode()
        try:
            with self.opener.open(request, timeout=15) as answer:
                return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.headers.items())
        except urllib.error.HTTPError as answer:
            if answer.code >= 500:
                self.site.tell()
            return answer.code, answer.read().decode("utf-8", "replace"), dict(answer.headers.items())

    def token(self, path: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask(path)[1])
        assert found, f"no form at {path}"
        return found.group(1)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    caddy = shutil.which("caddy")
    if not caddy:
        pytest.fail("caddy is missing: apt-get install caddy.")
    folder = tmp_path_factory.mktemp("production")
    https, first, second = (services.free_port() for _ in range(3))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PRODUCTION": "1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "localhost",
        "SITE_ORIGIN": f"https://localhost:{https}",
        "TRUSTED_PROXIES": "1",
        "DATABASE_URL": services.start_postgres(),
        "REDIS_URL": services.start_redis()[0],
        "VAR_DIR": str(folder / "var"),
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "EMAIL_HOST": "localhost",
        "EMAIL_PORT": "9",  # nobody listens: what waits for mail must not wait for long
        "EMAIL_USE_TLS": "0",
    }
    proxy = environment | {
        "SITE_ADDRESS": "localhost",
        "SITE_HOST": "localhost",
        "TLS": "internal",
        "HTTP_PORT": str(services.free_port()),
        "HTTPS_PORT": str(https),
        "WEB": f"127.0.0.1:{first} 127.0.0.1:{second}",
        "XDG_DATA_HOME": str(folder / "caddy"),
        "XDG_CONFIG_HOME": str(folder / "caddy"),
    }

    def manage(*words: str) -> str:
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    manage("migrate", "--noinput", "--verbosity", "0")
    manage("seed", "--only", "reference")
    manage("collectstatic", "--noinput", "--verbosity", "0")
    password = secrets.token_urlsafe(12)
    topic = int(manage("shell", "--verbosity", "0", "--command", _WORLD.format(password=password)).split("topic")[-1])

    commands = {
        "web-1": [sys.executable, "manage.py", "serve", "--bare", "--port", str(first)],
        "web-2": [sys.executable, "manage.py", "serve", "--bare", "--port", str(second)],
        "worker": [sys.executable, "manage.py", "work", "--worker"],
        "clock": [sys.executable, "manage.py", "work", "--clock"],
        "proxy": [caddy, "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"],
    }
    with ExitStack() as stack:
        processes = {}
        for name, command in commands.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            values = proxy if name == "proxy" else environment | ({"ROLE": "worker"} if name in ("worker", "clock") else {})
            processes[name] = subprocess.Popen(command, cwd=ROOT, env=values, stdout=log, stderr=subprocess.STDOUT)
            stack.callback(end, processes[name])
        authority = folder / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        wait(authority.exists, "the proxy's certificate")
        made = Site(
            origin=environment["SITE_ORIGIN"],
            trust=ssl.create_default_context(cafile=str(authority)),
            ports=(first, second),
            processes=processes,
            logs=folder,
            manage=manage,
            environment=environment,
            password=password,
            topic=topic,
        )
        try:
            wait(lambda: made.visit().ask("/readyz")[:2] == (200, "ok") and all(listens(port) for port in made.ports), "the site")
        except AssertionError:
            made.tell()
            raise
        yield made


def test_a_visitor_meets_the_sign_in_page_with_every_wall_up(site: Site) -> None:
    visitor = site.visit()
    status, page, headers = visitor.ask("/ar/accounts/login/")
    assert status == 200
    assert '<html lang="ar" dir="rtl"' in page
    assert {cookie.name: (cookie.secure, cookie.path) for cookie in visitor.cookies} == {"__Host-mtq_c": (True, "/")}
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert f"script-src {site.origin}/static/" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert "Server" not in headers


def test_static_files_come_from_the_proxy_and_may_be_kept(site: Site) -> None:
    page = site.visit().ask("/ar/accounts/login/")[1]
    names = set(re.findall(r'"(/static/[^"?#]+\.(?:css|js))', page))
    assert names
    for name in names:
        status, _text, headers = site.visit().ask(name)
        assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable"), name


def test_private_files_have_no_address_at_the_proxy(site: Site) -> None:
    media = Path(site.environment["MEDIA_ROOT"])
    media.mkdir(parents=True, exist_ok=True)
    (media / "secret.txt").write_text("canary")
    assert [site.visit().ask(path)[0] for path in ("/media/secret.txt", "/pictures/../secret.txt", "/pictures/%2e%2e/secret.txt")] == [
        404
    ] * 3


def test_a_socket_on_either_process_hears_what_the_other_publishes(site: Site) -> None:
    with ExitStack() as stack:
        ears = [stack.enter_context(site.listen(f"topic.{site.topic}/ar")) for _ in range(4)]
        assert [port for port in site.ports if not established(port)] == []
        visitor = signed_in(site)
        status = visitor.ask(
            f"/topics/{site.topic}/posts/", {"csrfmiddlewaretoken": visitor.token(f"/ar/topics/{site.topic}/"), "body": "من عملية إلى أخرى"}
        )[0]
        assert status == 200
        heard = [next_about(ear, f"topic.{site.topic}") for ear in ears]
        assert all("من عملية إلى أخرى" in json.dumps(frame, ensure_ascii=False) for frame in heard)


def test_worker_and_clock_do_what_waits(site: Site) -> None:
    count = "from network.activity.models import Job; from django.utils import timezone; print('due', Job.objects.filter(due_at__lte=timezone.now()).count())"
    wait(lambda: site.manage("shell", "--verbosity", "0", "--command", count).split()[-1] == "0", "an empty queue")
    for role in ("worker", "clock"):
        assert site.processes[role].poll() is None
        assert subprocess.run([sys.executable, "deploy/healthy.py", role], cwd=ROOT, env=site.environment, check=False).returncode == 0


def test_a_body_without_end_is_refused_while_it_arrives(site: Site) -> None:
    """A gigabyte in chunks, its length kept secret: the answer comes after a few megabytes."""
    chunk, sent = b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0
    with site_socket(site) as line:
        line.sendall(
            b"POST /ar/accounts/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
        )
        while not (answer := at_once(line)) and sent < 1 << 30:
            line.sendall(chunk)
            sent += len(chunk)
        assert answer.split()[1] == b"413"
    assert sent < 27_000_000


def test_one_process_leaves_and_the_site_stays(site: Site) -> None:
    """A restart in turn: the process that is asked to go ends cleanly, the proxy sends everyone to the other."""
    site.processes["web-1"].send_signal(signal.SIGTERM)
    statuses = [site.visit().ask("/ar/accounts/login/")[0] for _ in range(10)]
    assert statuses == [200] * 10
    assert site.processes["web-1"].wait(20) == 0
    assert site.visit().ask("/readyz")[0] == 200


def signed_in(site: Site) -> Visitor:
    visitor = site.visit()
    form = {"csrfmiddlewaretoken": visitor.token("/ar/accounts/login/"), "login": "carmen@example.org", "password": site.password}
    assert visitor.ask("/ar/accounts/login/", form)[0] == 200
    assert "__Host-mtq_s" in {cookie.name for cookie in visitor.cookies}
    return visitor


def hear(ear: ClientConnection) -> dict[str, object]:
    return json.loads(ear.recv(timeout=10))


def next_about(ear: ClientConnection, stream: str) -> dict[str, object]:
    """The next frame that brings something new to the stream; heads and states go by."""
    while True:
        frame = hear(ear)
        if str(frame.get("stream", "")).startswith(stream) and "html" in json.dumps(frame):
            return frame


def site_socket(site: Site) -> ssl.SSLSocket:
    line = socket.create_connection(("localhost", int(site.origin.rpartition(":")[2])), timeout=10)
    return site.trust.wrap_socket(line, server_hostname="localhost")


def at_once(line: ssl.SSLSocket) -> bytes:
    """What has been answered so far, without waiting."""
    line.settimeout(0)
    try:
        return line.recv(64)
    except ssl.SSLWantReadError:
        return b""
    finally:
        line.settimeout(10)


def established(port: int) -> int:
    """How many connections a process on this port holds, from the kernel's own table."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01")


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait(ready: Callable[[], bool], what: str, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if ready():
                return
        except OSError:
            pass
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
