import re
from pathlib import Path

from catfoot.training import flags, words
from catfoot.training.decision import CLAUSES

TEXT = (Path(__file__).parents[2] / "docs" / "flags.md").read_text("utf-8")


def test_every_rule_and_every_clause_has_its_line() -> None:
    for rule in flags.ALL:
        line = next(line for line in TEXT.splitlines() if line.startswith(f"| {rule.id} "))
        assert rule.title in line
        assert line.rstrip(" |").endswith(str(rule.tier)), line
    assert [c for c in CLAUSES if f"| {c} |" not in TEXT] == []


def test_the_fixed_sentences_are_quoted_as_they_are() -> None:
    plain = re.sub(r"\s+", " ", TEXT)
    assert words.FOOTER in plain
    assert words.SEE_SOMEONE in plain
