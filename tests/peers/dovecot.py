"""Debian's Dovecot as the mailbox's server, with a mailbox of its own for each test. Run by whoever runs the tests."""

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import running

SERVER = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = """
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


class Dovecot:
    """A running server; every user's password is `secret`."""

    def __init__(self, home: Path) -> None:
        self.port = running.free_ports()
        me = getpass.getuser() if os.getuid() else "nobody"  # mail is never kept as root
        facts = pwd.getpwnam(me)
        group = subprocess.run(["id", "-gn", me], capture_output=True, text=True, check=True).stdout.strip()
        for folder in (home, home / "run", home / "mail"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
            if not os.getuid():
                os.chown(folder, facts.pw_uid, facts.pw_gid)
        (home / "conf").write_text(
            CONFIGURATION.format(
                home=home, user=me, group=group, uid=facts.pw_uid, gid=facts.pw_gid, port=self.port
            )
        )
        self._log = home / "log"
        self._process = subprocess.Popen(
            [str(SERVER), "-F", "-c", str(home / "conf")], start_new_session=True
        )
        running.wait_until(self._answers)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text() if self._log.exists() else "no log"
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
            return True
        return False

    @contextmanager
    def mailbox(self, user: str) -> Iterator[imaplib.IMAP4]:
        """A connection of a test's own, with the inbox open."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as client:
            client.login(user, "secret")
            client.select("INBOX")
            yield client

    def put(self, user: str, *messages: bytes) -> None:
        """Messages arrive in the mailbox."""
        with self.mailbox(user) as client:
            for message in messages:
                status, _ = client.append("INBOX", None, None, message)
                assert status == "OK"

    def flags(self, user: str, folder: str = "INBOX") -> list[str]:
        """The flags of each message there."""
        with self.mailbox(user) as client:
            if client.select(folder)[1] == [b"0"]:
                return []
            _, found = client.fetch("1:*", "(FLAGS)")
            return [one.decode() for one in found if isinstance(one, bytes)]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Start the server, and take everything away at the end."""
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    server = Dovecot(home)
    try:
        yield server
    finally:
        server.close()
        shutil.rmtree(home, ignore_errors=True)
