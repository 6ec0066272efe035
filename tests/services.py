"""Real PostgreSQL and Redis for tests and benches: those of DATABASE_URL and REDIS_URL, else Debian's own programs in a private folder.

Nothing here is skipped: a machine without the programs gets a `MissingService` that says what to install.
"""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_START_SECONDS = 30


class MissingService(RuntimeError):
    """A program that this shape of the tests cannot do without is not on this machine."""


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres() -> str:
    """The URL of a PostgreSQL server: the one given in DATABASE_URL, else one of our own that ends with this process."""
    if url := os.environ.get("DATABASE_URL", ""):
        if not url.startswith("postgres"):
            raise MissingService(f"DATABASE_URL must be a PostgreSQL address, not {url.split(':')[0]}.")
        return url
    return start_postgres()


def redis() -> str:
    """The URL of a Redis server: the one given in REDIS_URL, else one of our own that ends with this process."""
    return os.environ.get("REDIS_URL", "") or start_redis()[0]


def start_postgres() -> str:
    """Start a cluster of our own without fsync; answer its URL (database "postgres", no password, this machine only)."""
    initdb, server = _program("initdb", "postgresql"), _program("postgres", "postgresql")
    folder, port = _folder(), free_port()
    account = _account("postgres") if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    data = folder / "data"
    made = subprocess.run(
        [*_become(account), initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise MissingService(f"initdb failed: {made.stderr.strip()}")
    careless = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=120", "shared_buffers=64MB")
    options = [part for option in careless for part in ("-c", option)]
    _launch(
        [*_become(account, deathsig="QUIT"), server, "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", str(port), *options],
        folder=folder,
        stop=signal.SIGQUIT,
    )
    probe = _program("pg_isready", "postgresql")
    _wait("PostgreSQL", folder, lambda: not subprocess.run([probe, "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode)
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def start_redis(*, port: int | None = None) -> tuple[str, subprocess.Popen[bytes]]:
    """Start a Redis that keeps nothing; answer its URL and its process, so that a test may kill it and start it again on its port."""
    server = _program("redis-server", "redis-server")
    folder, port = _folder(), port or free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = _launch([*_become(None, deathsig="TERM"), server, *options], folder=folder, stop=signal.SIGTERM)
    _wait("Redis", folder, lambda: _answers(port))
    return f"redis://127.0.0.1:{port}/0", process


def _program(name: str, package: str) -> str:
    """Debian keeps the server's own programs out of PATH, in a folder for each version: the newest wins."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    path = shutil.which(name, path=os.pathsep.join([*map(str, versions), os.environ.get("PATH", "")]))
    if not path:
        raise MissingService(f"{name} is not on this machine. Install it (apt-get install {package}), or give DATABASE_URL and REDIS_URL.")
    return path


def _account(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise MissingService(f"PostgreSQL refuses root and there is no account {name!r}: apt-get install postgresql.") from None


def _become(account: pwd.struct_passwd | None, *, deathsig: str = "") -> list[str]:
    """A prefix that lowers rights, and ends the service with us even when we are killed and no exit handler runs."""
    setpriv = shutil.which("setpriv")
    if not setpriv:
        if account:
            raise MissingService("setpriv (util-linux) is needed to start PostgreSQL as root.")
        return []
    rights = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups"] if account else []
    end = ["--pdeathsig", deathsig] if deathsig else []
    return [setpriv, *rights, *end] if rights or end else []


def _folder() -> Path:
    """A private folder that goes when this process does."""
    path = Path(tempfile.mkdtemp(prefix="multaqa-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def _launch(command: list[str | Path], *, folder: Path, stop: signal.Signals) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    owner = os.getpid()

    def end() -> None:
        if os.getpid() != owner or process.poll() is not None:  # a forked child must not stop its parent's service
            return
        process.send_signal(stop)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    atexit.register(end)
    return process


def _wait(name: str, folder: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise MissingService(f"{name} did not start in {_START_SECONDS} s: {(folder / 'log').read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
    except OSError:
        return False
