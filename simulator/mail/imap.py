"""As much IMAP (RFC 3501, 2177) as it takes to read an inbox: log in, search by UID, fetch, mark, wait for more."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime

from simulator.mail.office import Office

CAPABILITIES = b"CAPABILITY IMAP4rev1 IDLE"
LONGEST_LINE = 64 * 1024
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


class Session:
    """One connection of the force."""

    def __init__(self, office: Office, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._office, self._reader, self._writer = office, reader, writer
        self._username = ""
        self._selected = False
        self._idle = False

    async def run(self) -> None:
        """Answer until the other side goes."""
        self._office.listeners.append(self._heard)
        try:
            self._say(b"* OK [" + CAPABILITIES + b"] simulator")
            while line := await self._reader.readline():
                if not await self._answer(line.decode("utf-8", "replace").strip()):
                    break
                await self._writer.drain()
        except (ConnectionError, ValueError):
            pass
        finally:
            self._office.listeners.remove(self._heard)
            self._writer.close()

    def _say(self, line: bytes) -> None:
        self._writer.write(line + b"\r\n")

    def _heard(self, username: str) -> None:
        if self._idle and username == self._username:
            self._say(b"* %d EXISTS" % len(self._office.inbox(username)))

    async def _answer(self, line: str) -> bool:
        """One command; False when the connection ends with it."""
        tag, _, rest = line.partition(" ")
        words = [(quoted.replace('\\"', '"').replace("\\\\", "\\") if quoted or not bare else bare)
                 for quoted, bare in _WORD.findall(rest)]  # fmt: skip
        name = words[0].upper() if words else ""
        if name == "UID" and len(words) > 1:
            name = f"UID {words[1].upper()}"
        if name == "LOGOUT":
            self._say(b"* BYE until later")
            self._say(f"{tag} OK done".encode())
            return False
        if name == "IDLE" and self._selected:
            await self._wait(tag)
            return True
        answer = self._done(name, words, rest)
        self._say(f"{tag} {answer}".encode())
        return True

    def _done(self, name: str, words: list[str], rest: str) -> str:
        """Do a command; what its end says."""
        if name == "CAPABILITY":
            self._say(b"* " + CAPABILITIES)
        elif name == "LOGIN" and len(words) == 3:
            if not self._office.login(words[1], words[2]):
                return "NO [AUTHENTICATIONFAILED] wrong login"
            self._username = words[1]
        elif name in ("NOOP", "CHECK"):
            pass
        elif not self._username:
            return "BAD log in first"
        elif name in ("SELECT", "EXAMINE"):
            return self._select(words)
        else:
            return self._in_folder(name, words, rest)
        return "OK done"

    def _in_folder(self, name: str, words: list[str], rest: str) -> str:
        if not self._selected or len(words) < 3:
            return "BAD select a folder first"
        if name == "UID SEARCH":
            self._search(words[2:])
        elif name == "UID FETCH":
            self._fetch(words[2], rest)
        elif name == "UID STORE":
            self._store(words[2], rest)
        else:
            return "BAD unknown command"
        return "OK done"

    def _select(self, words: list[str]) -> str:
        if len(words) < 2 or words[1].upper() != "INBOX":
            return "NO there is only INBOX"
        self._selected = True
        rows = self._office.inbox(self._username)
        following = rows[-1]["uid"] + 1 if rows else 1
        self._say(b"* %d EXISTS" % len(rows))
        self._say(b"* FLAGS (\\Seen \\Deleted)")
        self._say(b"* OK [UIDVALIDITY %d] of this life" % self._office.validity)
        self._say(b"* OK [UIDNEXT %d] comes next" % following)
        return "OK [READ-WRITE] done"

    def _search(self, criteria: list[str]) -> None:
        rows = self._office.inbox(self._username)
        if criteria and criteria[0].upper() == "SINCE":
            day = datetime.strptime(criteria[1], "%d-%b-%Y").replace(tzinfo=UTC).timestamp()
            found = [row["uid"] for row in rows if row["at"] >= day]
        else:
            given = criteria[1] if criteria and criteria[0].upper() == "UID" else "1:*"
            found = self._uids(given)
        self._say(("* SEARCH " + " ".join(map(str, found))).rstrip().encode())

    def _uids(self, given: str) -> list[int]:
        """Of `3`, `3,5` or `3:*`; `*` is the last one, also when it lies below."""
        known = [row["uid"] for row in self._office.inbox(self._username)]
        last = known[-1] if known else 0
        found: set[int] = set()
        for one in given.split(","):
            low, _, high = one.partition(":")
            ends = sorted(last if end == "*" else int(end) for end in (low, high or low))
            found |= {uid for uid in known if ends[0] <= uid <= ends[1]}
        return sorted(found)

    def _fetch(self, given: str, rest: str) -> None:
        wanted, rows = set(self._uids(given)), self._office.inbox(self._username)
        upper = rest.upper()
        part = re.search(r"BODY(?:\.PEEK)?\[\](?:<0\.(\d+)>)?", upper)
        for number, row in enumerate(rows, start=1):
            if row["uid"] not in wanted:
                continue
            facts = [b"UID %d" % row["uid"]]
            if "RFC822.SIZE" in upper:
                facts.append(b"RFC822.SIZE %d" % row["size"])
            if "INTERNALDATE" in upper:
                facts.append(
                    time.strftime('INTERNALDATE "%d-%b-%Y %H:%M:%S +0000"', time.gmtime(row["at"])).encode()
                )
            if "FLAGS" in upper:
                facts.append(f"FLAGS ({row['flags']})".encode())
            if part:
                raw = self._office.raw(self._username, row["uid"])[: int(part[1]) if part[1] else None]
                begins = b"<0>" if part[1] else b""
                facts.append(b"BODY[]%s {%d}\r\n%s" % (begins, len(raw), raw))
            self._say(b"* %d FETCH (%s)" % (number, b" ".join(facts)))

    def _store(self, given: str, rest: str) -> None:
        for flag in re.findall(r"\\[A-Za-z]+", rest):
            for uid in self._uids(given):
                self._office.mark(self._username, uid, flag)

    async def _wait(self, tag: str) -> None:
        self._say(b"+ idling")
        self._idle = True
        try:
            await self._reader.readline()  # DONE
        finally:
            self._idle = False
        self._say(f"{tag} OK done".encode())


async def serve(office: Office, *, port: int) -> asyncio.Server:
    """Listen on this machine."""

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Session(office, reader, writer).run()

    return await asyncio.start_server(run, "127.0.0.1", port, limit=LONGEST_LINE)
