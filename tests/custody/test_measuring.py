from dataclasses import replace

from catfoot.config import Stores
from catfoot.custody import reanalyse
from catfoot.training.entries import Recording

from .conftest import NOW, rows_of


def age(stores: Stores, athlete: str) -> None:
    """Make the summaries those of a version that is over."""
    for row in stores.logbook.entries(Recording, athlete):
        old = replace(row.entry, summary=replace(row.entry.summary, version=0))
        stores.logbook.replace(athlete, row.id, old, row.version)


def test_what_an_older_version_measured_is_measured_again_under_a_new_rev(
    stores: Stores, ada: str
) -> None:
    before = rows_of(stores, ada)
    age(stores, ada)
    done = list(reanalyse(stores))
    assert [(m.state, m.done, m.total) for m in done] == [("measured", 1, 2), ("measured", 2, 2)]
    rows = stores.logbook.entries(Recording, ada)
    assert [row.entry.rev for row in rows] == [2, 2]
    assert all(row.entry.summary.version > 0 for row in rows)
    after = rows_of(stores, ada)
    assert list(after.values()) == list(before.values())
    assert {key.rev for key in stores.series.held(ada)} == {2}


def test_what_is_current_is_not_measured_twice_unless_everything_is(
    stores: Stores, ada: str, ben: str
) -> None:
    assert {m.state for m in reanalyse(stores)} == {"current"}
    done = list(reanalyse(stores, athlete=ada, everything=True))
    assert [m.state for m in done] == ["measured", "measured"]
    assert {m.athlete for m in done} == {ada}


def test_stopped_in_the_middle_it_goes_on_where_it_was(stores: Stores, ada: str) -> None:
    age(stores, ada)
    assert next(reanalyse(stores)).state == "measured"
    assert sorted(m.state for m in reanalyse(stores)) == ["current", "measured"]


def test_a_day_cuts_what_is_measured(stores: Stores, ada: str) -> None:
    age(stores, ada)
    assert [m.name for m in reanalyse(stores, since=NOW.date())] == ["left.csv"]


def test_a_recording_whose_bytes_are_gone_keeps_its_rows_and_rev_and_says_so(
    stores: Stores, ada: str
) -> None:
    age(stores, ada)
    before = rows_of(stores, ada)
    for content in stores.raw.contents(ada):
        stores.raw.forget(ada, content)
    done = list(reanalyse(stores))
    assert [m.state for m in done] == ["gone", "gone"]
    assert rows_of(stores, ada) == before
    assert {row.entry.rev for row in stores.logbook.entries(Recording, ada)} == {1}
