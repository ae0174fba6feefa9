"""`rabta import whatsapp-export`: what it prints adds up, and what is wrong is said with what to do."""

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from rabta.cases.models import Message
from rabta.channels import accounts
from rabta.commands.import_export import ImportRefused, run
from rabta.intake.models import Journal
from tests.cast import as_role, read

pytestmark = pytest.mark.django_db
CHAT = """\
13/04/2024, 21:00 - Messages and calls are end-to-end encrypted.
13/04/2024, 21:05 - Gul: Theft near the bank
two men
13/04/2024, 21:06 - Gul: plan.pdf (file attached)
13/04/2024, 21:07 - Gul: <Media omitted>
"""


@pytest.fixture
def group(cast: SimpleNamespace) -> SimpleNamespace:
    credential = accounts.create_credential(channel="whatsapp_export", name="Groups", values={})
    cast.group = accounts.create_account(
        credential=credential, name="Traders of Kotwali", external_id="traders", unit=cast.kotwali
    )
    return cast


def chat(folder: Path, text: str = CHAT, **files: bytes) -> Path:
    path = folder / "chat.zip"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("_chat.txt", text)
        for name, data in files.items():
            archive.writestr(name.replace("_", ".", 1), data)
    path.write_bytes(made.getvalue())
    return path


def bring(path: Path, *, account: str = "traders", order: str = "") -> None:
    with as_role("rabta_worker"):
        run(file=path, account=account, order=order, days=7)


def test_every_line_and_file_is_accounted_for(
    group: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = chat(tmp_path, plan_pdf=b"%PDF-1.4", notes_pdf=b"%PDF-1.4 nobody names it")
    bring(path, account="Traders of Kotwali")
    said = capsys.readouterr().out
    lines = [int(n) for n in re.findall(r"^ +(\d+) lines ", said, re.M)]
    assert sum(lines) == 5
    assert "5 lines, from 2024-04-13 21:00" in said
    files = said[said.index("files in the archive") :]
    assert sum(int(n) for n in re.findall(r"^ +(\d+)  ", files, re.M)) == 3
    assert "4 items handed in: 4 new, 0 that came before." in said
    read()
    assert [m.text for m in Message.objects.order_by("id")] == ["Theft near the bank\ntwo men", ""]
    bring(path)
    assert "4 items handed in: 0 new, 4 that came before." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "account", "order", "why"),
    [
        (CHAT, "teachers", "", "There is no group 'teachers'. These are connected:\n  traders  Traders of Kotwali"),
        (CHAT, "traders", "ymd", "Line 1: there is no such day"),
        (CHAT, "traders", "dym", "--date-order is one of: dmy, mdy, ymd."),
        ("3/4/24, 9:05 - Gul: hi", "traders", "", "--date-order dmy   3 April 2024\n  --date-order mdy   4 March 2024"),
        ("Dear sir", "traders", "", "No line begins as WhatsApp begins a message"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_handed_in(
    group: SimpleNamespace, tmp_path: Path, text: str, account: str, order: str, why: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        bring(chat(tmp_path, text), account=account, order=order)
    assert why in str(refused.value)
    assert not Journal.objects.exists()


def test_a_file_that_is_not_there_is_said(group: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No such file"):
        bring(tmp_path / "nothing.zip")


def test_without_a_group_it_says_where_to_connect_one(cast: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="No group is connected"):
        bring(chat(tmp_path))
