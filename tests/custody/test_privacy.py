"""docs/privacy.md says what there is: no table, no text, no kind of sharing is missing."""

import re
from pathlib import Path
from typing import get_args

from catfoot.store import peopletables  # noqa: F401 - its tables are in the metadata
from catfoot.store.schema import metadata
from catfoot.training.consent import TEXT_VERSION, Consent, Kind
from catfoot.training.consenttexts import DASHBOARD_FRAMES, FRAMES, TEXTS, texts

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()
PLAIN = re.sub(r"\s+", " ", PAGE.replace("\n> ", " "))


def test_the_inventory_names_every_table_of_the_logbook_and_no_other() -> None:
    inventory = PAGE.partition("## What is kept")[2].partition("\n## ")[0]
    rows = [line.split("|")[2] for line in inventory.splitlines() if "logbook:" in line]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == set(metadata.tables)


def test_every_text_of_a_consent_is_on_the_page_with_its_version() -> None:
    assert f"Version {TEXT_VERSION}:" in PAGE
    for frame in (*FRAMES.values(), *DASHBOARD_FRAMES.values()):
        assert frame in PLAIN
    for kinds in TEXTS.values():
        assert set(kinds) == set(get_args(Kind))
        for kind, text in kinds.items():
            assert f"| `{kind}` | {text} |" in PAGE


def test_a_consent_keeps_the_version_that_is_shown() -> None:
    assert max(TEXTS) == max(FRAMES) == max(DASHBOARD_FRAMES) == TEXT_VERSION == texts()["version"]
    assert Consent.__dataclass_fields__["text_version"].default == TEXT_VERSION
