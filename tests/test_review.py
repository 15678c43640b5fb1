from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from catfoot import review
from catfoot.errors import Refused
from catfoot.training import words
from catfoot.training.entries import CheckIn, Person, Run, StrengthSession, as_json
from catfoot.training.example import ten_weeks

DAY = date(2026, 3, 10)


@dataclass(frozen=True)
class Line:
    id: str
    entry: Any


class Shelf:
    """Entries of one athlete, in memory, with or without the check-ins."""

    def __init__(self, entries: Sequence[Any], check_ins: bool = True) -> None:
        self.lines = [Line(f"id{i}", entry) for i, entry in enumerate(entries)]
        self.check_ins = check_ins

    def entries(
        self, kind: type[Any], athlete: str, since: date | None = None, until: date | None = None
    ) -> list[Any]:
        if kind is CheckIn and not self.check_ins:
            raise Refused("check-ins are not shared")
        found = [line for line in self.lines if type(line.entry) is kind]
        if kind is Person:
            return found
        return [
            line
            for line in found
            if (since is None or line.entry.day >= since)
            and (until is None or line.entry.day <= until)
        ]


def demo() -> Shelf:
    return Shelf(ten_weeks(DAY, seed=1))


def test_today_says_one_sentence_five_numbers_three_flags_and_what_next() -> None:
    seen = review.today(demo(), "a1", DAY)
    assert seen.sentence.startswith("Yesterday (demo): 1")
    assert "contact time: " in seen.sentence
    assert len(seen.numbers) == 5
    assert [flag.rule for flag in seen.flags] == ["F03", "F01", "F09"]
    assert seen.more_flags == 1
    assert seen.demo
    assert seen.next.kind == "mobility"
    assert seen.next.rule == "F03"
    assert seen.footer == words.FOOTER


def test_each_number_stands_beside_the_athletes_own_usual_with_its_grade() -> None:
    numbers = {number.name: number for number in review.today(demo(), "a1", DAY).numbers}
    gct = numbers["gct"]
    assert gct.standing == "above"
    assert gct.usual is not None
    assert gct.value is not None
    assert gct.value > gct.usual
    assert gct.usual_n >= 5
    assert gct.grade == "B"
    assert numbers["flight"].value is None
    assert numbers["flight"].grade == "X"
    assert "not known" in numbers["flight"].text


@pytest.mark.row("D20")
def test_one_timeline_joins_runs_strength_check_ins_and_flags() -> None:
    seen = review.timeline(demo(), "a1", DAY - timedelta(6), DAY)
    assert [day.day for day in seen.days] == [DAY - timedelta(6 - i) for i in range(7)]
    assert sum(len(day.runs) for day in seen.days) == 4
    assert sum(len(day.strength) for day in seen.days) >= 1
    assert {flag.rule for flag in seen.days[-1].flags} == {"F01", "F03", "F09", "F22"}
    assert seen.days[-2].load.run_km > 10
    ids = [item.id for day in seen.days for item in (*day.runs, *day.strength, *day.check_ins)]
    assert len(set(ids)) == len(ids)
    assert as_json(seen)["days"][0]["day"] == (DAY - timedelta(6)).isoformat()


def test_check_ins_that_are_not_shared_are_said_to_be_missing() -> None:
    seen = review.today(Shelf(ten_weeks(DAY, seed=1), check_ins=False), "a1", DAY)
    assert seen.not_shared == ("check_ins",)
    assert "F03" in {outcome.rule for outcome in seen.unknown}
    assert "F03" not in {flag.rule for flag in seen.flags}


def test_somebody_new_is_told_that_nothing_is_known_yet() -> None:
    seen = review.today(Shelf([Person(name="Ada")]), "a1", DAY)
    assert seen.sentence == "No run is stored yet."
    assert seen.run is None
    assert seen.flags == ()
    assert {"F01", "F03", "F09"} <= {outcome.rule for outcome in seen.unknown}
    assert seen.next.kind == "foundation"


def test_nothing_it_says_uses_a_forbidden_word() -> None:
    seen = review.today(demo(), "a1", DAY)
    texts = [seen.sentence, seen.next.title, seen.next.why, *(n.text for n in seen.numbers)]
    assert {word for text in texts for word in words.forbidden_in(text)} == set()


def test_what_comes_next_depends_on_flags_then_on_rest() -> None:
    entries = [e for e in ten_weeks(DAY, seed=1) if not isinstance(e, CheckIn)]
    without = review.today(Shelf(entries), "a1", DAY)
    assert without.next.rule == "F01"
    assert "not more" in without.next.why
    calm = [e for e in entries if not isinstance(e, Run)]
    rested = review.today(Shelf(calm), "a1", DAY)
    assert rested.next.rule is None
    done = [e for e in calm if isinstance(e, StrengthSession)][-1].day
    assert review.today(Shelf(calm), "a1", done).next.kind == "activation"
