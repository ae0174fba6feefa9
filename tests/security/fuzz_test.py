"""Broken input hurts nobody: a short run of `make fuzz`, and proof that it would notice a crash."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import fuzz, security
from tests.conftest import HOME
from tests.figures import Figure, measured

ROOT = Path(__file__).parent.parent.parent
PARSERS, PICTURES = measured(whole=60_000, part=1_000), measured(whole=2_000, part=40)


@pytest.mark.security
def test_broken_bodies_numbers_texts_and_pictures_crash_nothing(figure: Figure) -> None:
    told = HOME / "fuzz.json"
    command = [sys.executable, "-m", "bench.fuzz", "--parsers", str(PARSERS), "--pictures", str(PICTURES)]
    done = subprocess.run(
        [*command, "--json", str(told)], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = json.loads(told.read_text())
    figure("parser inputs that crashed (make fuzz: a million)", f"0 of {found['inputs']}", "0")
    figure("pictures that broke the recoder", f"0 of {found['pictures']}", "0")
    assert found["inputs"] >= PARSERS and found["pictures"] >= PICTURES


def test_the_table_of_promises_takes_up_the_last_whole_run(tmp_path: Path) -> None:
    results = tmp_path / "fuzz.json"
    (missing,) = security.judged(security.fuzzed(results))
    assert "was not run" in missing["value"] and missing["verdict"] == ""
    last = {
        "inputs": 1_000_010,
        "pictures": 20_000,
        "crashes": [],
        "picture_crashes": [],
        "day": "2026-11-23",
    }
    results.write_text(json.dumps(last))
    whole = security.judged(security.fuzzed(results))
    assert whole[0]["value"] == "0 of 1,000,010 and 20,000, on 2026-11-23"
    assert [line["verdict"] for line in whole] == ["held", "held"]
    results.write_text(json.dumps(last | {"inputs": 500, "crashes": ["x"]}))
    assert [line["verdict"] for line in security.judged(security.fuzzed(results))] == ["MISSED", "MISSED"]


def test_a_reader_that_breaks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(data: bytes) -> None:
        data.decode()

    monkeypatch.setattr(fuzz, "targets", lambda: [fuzz.Target("text", [b"good"], breaks)])
    tried, crashes = fuzz.run_parsers(count=500, seed=1, say=lambda _: None)
    assert tried == 501 and crashes and "UnicodeDecodeError" in crashes[0]


def test_a_decoder_that_dies_is_noticed(tmp_path: Path) -> None:
    """In a process of its own: forking wants one without threads."""
    program = (
        "import os; from rabta.files import recoder; from bench import fuzz\n"
        "recode = recoder.recode\n"
        "recoder.recode = lambda data, pixels: os.abort() if pixels == fuzz.PIXELS else recode(data, pixels=pixels)\n"
        "import sys; sys.exit(len(fuzz.run_pictures(count=3, seed=1)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr[-2000:]
