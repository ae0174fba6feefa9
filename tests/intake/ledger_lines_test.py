"""The ledger at a narrow terminal: no line is cut, nothing that is zero is said, and a gap is seen."""

from collections import Counter

from rabta.intake.ledger import Balance, Line


def test_each_account_says_what_came_and_what_became_of_it() -> None:
    line = Line(channel="whatsapp", name="Help line", received=9, messages=5, receipts=2)
    line.ignored = Counter({"echo": 1})
    line.duplicates = 1
    balance = Balance(accounts=[line], nobody=Line(channel="", name="none of ours"))
    assert balance.lines() == [
        "Help line: balanced",
        "  9 received = 5 messages + 2 receipts + 1 ignored: echo + 1 duplicates",
        "none of ours: balanced",
        "  0 received = 0",
    ]
    assert all(len(text) <= 80 for text in balance.lines())


def test_an_account_that_does_not_balance_says_so_first() -> None:
    lost = Line(channel="whatsapp", name="Help line", received=2, messages=1)
    balance = Balance(accounts=[lost], nobody=Line(channel="", name="none of ours"))
    assert balance.lines()[:2] == ["Help line: NOT BALANCED", "  2 received = 1 messages"]
