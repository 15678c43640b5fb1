"""The one database that dashboards may read: summaries of athletes who let the club show them.

It holds nothing that is not in the logbook too, and nothing of anybody but by their consent. Who
is in it, or may still be, stands in the measurement ``shown``, which is written before an
athlete's rows and taken out after them.
"""

from ..errors import StoreError
from . import disk
from .influxserver import InfluxServer
from .lineprotocol import quoted
from .manifest import EVER

#: What dashboards draw: a point for each day, and one for each run.
MEASUREMENTS = ("day", "run")

_SHOWN = "shown"
# Every athlete has one point there, always at the same instant, so that another takes its place.
_AT_US = 1_000_000


class SharedBoard:
    """An InfluxDB database of its own (``InfluxServer`` says how its URL is read)."""

    def __init__(self, url: str) -> None:
        self._server = InfluxServer(url, setting="dashboards_url")

    def held(self) -> dict[str, str]:
        """Return the digest of what is shown of each athlete; empty where it may be half of it."""
        query = f'SELECT "id", "digest" FROM "{_SHOWN}" WHERE {EVER}'
        answers = self._server.ask(query)
        return {
            str(id): str(digest)
            for answer in answers
            for id, digest in zip(answer["id"], answer["digest"], strict=True)
            if id is not None
        }

    def put(self, athlete: str, lines: bytes, digest: str) -> None:
        """Show these lines of the athlete, in the place of what was shown."""
        self._mark(athlete, "")
        self._take_out(athlete)
        if lines:
            self._server.write(lines)
        self._mark(athlete, digest)

    def drop(self, athlete: str) -> None:
        """Show nothing of the athlete any more. Twice is fine."""
        self._take_out(disk.checked_athlete(athlete))
        self._server.run(f"DELETE FROM \"{_SHOWN}\" WHERE athlete = '{athlete}'")

    def traces(self, athlete: str) -> list[str]:
        """Return the measurements that hold anything of the athlete."""
        disk.checked_athlete(athlete)
        return [
            f"the measurement {name} of the dashboards"
            for name in (*MEASUREMENTS, _SHOWN)
            if self._server.ask(
                f"SELECT * FROM \"{name}\" WHERE athlete = '{athlete}' AND {EVER} LIMIT 1"
            )
        ]

    def close(self) -> None:
        """Close the connections. Twice is fine."""
        self._server.close()

    def _mark(self, athlete: str, digest: str) -> None:
        disk.checked_athlete(athlete)
        fields = f"id={quoted(athlete)},digest={quoted(digest)}"
        self._server.write(f"{_SHOWN},athlete={athlete} {fields} {_AT_US}".encode())

    def _take_out(self, athlete: str) -> None:
        for name in MEASUREMENTS:
            self._server.run(f"DELETE FROM \"{name}\" WHERE athlete = '{athlete}'")


def line(measurement: str, tags: dict[str, str], fields: dict[str, float | str], us: int) -> str:
    """Return one point; a field that is text is a text there.

    >>> line("day", {"name": "Ada B."}, {"run_km": 8.5, "kind": "easy"}, 1)
    'day,name=Ada\\\\ B. run_km=8.5,kind="easy" 1'
    """
    said = ",".join(
        f"{name}={quoted(value) if isinstance(value, str) else repr(float(value))}"
        for name, value in fields.items()
    )
    if not said:
        raise StoreError(f"{measurement}: a point needs a field")
    named = ",".join(f"{name}={_tag(value)}" for name, value in tags.items())
    return f"{measurement},{named} {said} {us}"


def _tag(text: str) -> str:
    """Return a tag's value; what line protocol has no way to say becomes a space."""
    plain = "".join(c if c.isprintable() and c != "\\" else " " for c in text).strip() or "-"
    return plain.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")
