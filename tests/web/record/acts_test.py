"""Every act, reason, subject and place that the code writes into the record has words for people."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rabta.web.events import QUIET
from rabta.web.events import WORDS as EVENTS
from rabta.web.record import named
from rabta.web.record.words import ACTS

ROOT = Path(__file__).parent.parent.parent.parent / "rabta"
TREES = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in ROOT.rglob("*.py")}
RECORDS = ("record", "audit.record")
# Where part of an act's name is worked out.
WORKED_OUT = {
    "closing_": ("approved", "refused"), "appeal_": ("upheld", "rejected"), "report_": ("accepted", "rejected"),
    "second_": ("asked", "confirmed", "refused"), "proof_": ("verified", "rejected"),
    "sign_in_": ("pin", "password", "factors", "sign_out"),
    "member_": ("accepted", "refused", "removed", "renewed", "lapsed", "reminded", "wished"),
    "item_": ("let_through", "refused", "to_desk"),
    "good_work_": ("submitted", "supported", "returned", "amended", "approved"),
    "message_": ("in", "edit", "revoke", "reaction"), "ordered_": ("lead", "support", "inform"),
    "reveal:": ("case", "list", "greetings", "order", "other force"),
}  # fmt: skip


def texts(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        begins = str(node.values[0].value)
        yield from (begins + end for end in WORKED_OUT[begins])


def calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


def acts_of(tree: ast.Module, *records: str) -> Iterator[str]:
    """The acts that a file records: at once, or through a function of its own that is told the act."""
    for call in calls(tree, *records):
        for argument in call.args:
            yield from texts(argument)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            told = [one.arg for one in function.args.args]
            passed = {
                told.index(one.id)
                for call in calls(function, *records)  # type: ignore[arg-type]
                for one in call.args
                if isinstance(one, ast.Name) and one.id in told
            }
            for call in calls(tree, function.name):
                yield from (text for n in passed if n < len(call.args) for text in texts(call.args[n]))


def of_keyword(name: str, *functions: str) -> set[str]:
    """The texts that these functions are given for a keyword, constants of the file too."""
    found: set[str] = set()
    for tree in TREES.values():
        known = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in calls(tree, *functions):
            for value in (keyword.value for keyword in call.keywords if keyword.arg == name):
                value = known.get(value.id, value) if isinstance(value, ast.Name) else value
                found |= {text for text in texts(value) if text}
    return found


def test_every_event_of_a_case_has_words() -> None:
    happened = {act for tree in TREES.values() for act in acts_of(tree, "event")}
    assert len(happened) > 20 and sorted(happened - set(EVENTS) - QUIET) == []


def test_every_act_has_words() -> None:
    acts = {act for tree in TREES.values() for act in acts_of(tree, *RECORDS)}
    assert len(acts) > 150
    assert sorted(acts - set(ACTS) - set(EVENTS)) == []


@pytest.mark.parametrize(
    ("words", "keyword", "functions"),
    [
        (named.REASONS, "reason", ("record", "audit.record")),
        (named.REASONS, "system_reason", ("Actor",)),
        (named.SUBJECTS, "subject", ("record", "audit.record")),
        (named.PLACES, "where", ("looked",)),
    ],
)
def test_every_reason_subject_and_place_has_words(
    words: dict[str, str], keyword: str, functions: tuple[str, ...]
) -> None:
    found = of_keyword(keyword, *functions)
    assert found and sorted(found - set(words)) == []


def test_what_has_no_words_is_shown_by_its_own_name() -> None:
    assert named.reason_words("something new") == "something new"
    assert named.about_words("file", looked=True) != named.about_words("file", looked=False)
