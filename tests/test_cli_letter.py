"""`catfoot letter` as a person types it."""

from datetime import date
from pathlib import Path

import pytest

from catfoot.cli import main
from catfoot.config import Settings, open_stores
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks
from catfoot.training.words import FOOTER


def test_a_letter_is_printed_sentence_by_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CATFOOT_DATA", str(tmp_path))
    person, *entries = ten_weeks(date(2026, 3, 15), seed=1)
    assert isinstance(person, Person)
    with open_stores(Settings()) as stores:
        athlete = stores.logbook.add_person(person)
        for entry in entries:
            stores.logbook.add(athlete, entry)
    with pytest.raises(SystemExit):
        main(["letter", person.name, "--week", "2026-03-16"])
    lines = capsys.readouterr().out.splitlines()
    assert 2 <= len(lines) <= 4
    assert lines[0].startswith("“Soreness that lasts”")
    assert lines[-1] == FOOTER
