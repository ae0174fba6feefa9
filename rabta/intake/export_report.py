"""What became of an export, line by line and file by file, in numbers that add up."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rabta.channels.export.chat import Kind
from rabta.intake.exports import Export, Files, HandedIn


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the report; `entries` of the chat and how many `lines` of the text they take."""

    words: str
    entries: int
    lines: int
    read: bool = False  # it comes into the register


@dataclass(frozen=True, kw_only=True)
class Report:
    """The whole: `texts` add up to all lines of the text, `files` to all files of the archive."""

    texts: tuple[Line, ...]
    lines: int
    files: tuple[tuple[str, int], ...]
    archived: int
    missing: int  # named by a message and not in the archive
    pasted: int
    first: str
    last: str
    done: HandedIn | None = None

    @property
    def adds_up(self) -> bool:
        """Whether nothing is missing in the report itself."""
        texts = sum(line.lines for line in self.texts) == self.lines
        return texts and sum(number for _words, number in self.files) == self.archived

    @property
    def new(self) -> int:
        """Items that did not come before."""
        return self.done.items - self.done.known if self.done else 0


def report(export: Export, files: Files | None = None, done: HandedIn | None = None) -> Report:
    """What was read and what was not, and why. Without `files`, of an export that was only looked at."""
    chat = export.chat
    counted = chat.counted()
    texts = [
        Line(words=words, entries=counted[kind][0], lines=counted[kind][1], read=kind == Kind.MESSAGE)
        for kind, words in _kinds().items()
    ]
    texts.append(Line(words=_("Lines above the first message"), entries=0, lines=chat.before))
    named = {entry.file for entry in chat.entries if entry.file}
    return Report(
        texts=tuple(texts),
        lines=chat.lines,
        files=tuple(_files(export, files)),
        archived=len(export.archive.names) + export.archive.twice if export.archive else 0,
        missing=len(named - set(export.names)),
        pasted=chat.pasted,
        first=f"{chat.entries[0].at:%Y-%m-%d %H:%M}",
        last=f"{chat.entries[-1].at:%Y-%m-%d %H:%M}",
        done=done,
    )


def _kinds() -> dict[str, str]:
    return {
        Kind.MESSAGE: _("Messages"),
        Kind.SYSTEM: _("WhatsApp’s own lines"),
        Kind.DELETED: _("Deleted by their senders"),
        Kind.OMITTED: _("Pictures and recordings that were left out of the export"),
        Kind.EMPTY: _("Messages of which nothing is left"),
    }


def _files(export: Export, files: Files | None) -> list[tuple[str, int]]:
    if export.archive is None:
        return []
    rows = [(_("The chat itself"), 1)]
    if files:
        rows.append((_("Files that messages name, taken"), len(files.taken)))
        rows += [(_("Not taken: %(why)s") % {"why": why}, number) for why, number in files.counted.items()]
    else:
        rows.append((_("Files that messages name"), len(export.named)))
    rows.append((_("Files that no message names"), len(export.names) - len(export.named)))
    rows.append((_("Files with a name that came before in the archive"), export.others))
    return [row for row in rows if row[1]]
