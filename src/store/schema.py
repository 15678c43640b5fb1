"""The logbook's tables, made from the dataclasses of what is written down.

One function makes them all, so a field lives in one place: its dataclass. Numbers, texts,
days and instants are columns; tuples and nested dataclasses are one JSON column each.
Only types that SQLite and PostgreSQL share are used.
"""

import json
import math
import re
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import sqlalchemy as sa

from ..training.consent import Consent, Declined
from ..training.entries import (
    AfterRun,
    Availability,
    CheckIn,
    FlagAnswer,
    OwnExercise,
    Person,
    PlannedRun,
    PlannedWeek,
    Programme,
    ProposalAnswer,
    Recording,
    Run,
    ShownFlag,
    as_json,
    from_json,
)
from ..training.work import Assessment, BarefootTime, Device, StrengthSession
from .sqlcolumns import EPOCH, Instant, goes_with, id_column, instant

E = TypeVar("E")

JobState = Literal["waiting", "working", "done", "already", "refused", "failed"]
UNFINISHED: tuple[JobState, ...] = ("waiting", "working")


@dataclass(frozen=True, slots=True)
class Row(Generic[E]):
    """An entry and what the logbook knows about it; ``version`` counts from 1."""

    id: str
    athlete: str
    created_at: datetime
    version: int
    author: str
    entry: E


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work asked for and not forgotten: ``payload`` says what, ``result`` what came of it.

    ``error`` is one sentence for the person who asked. The times are the logbook's, and the
    ``id`` unless whoever adds the job gives it one.
    """

    athlete: str
    kind: Literal["import", "recording", "arrange", "export"]
    payload: dict[str, Any]
    state: JobState = "waiting"
    result: dict[str, Any] | None = None
    error: str | None = None
    id: str = ""
    created_at: datetime = EPOCH
    changed_at: datetime = EPOCH


metadata = sa.MetaData()

#: The scope of everything; ``writes`` grows with each change to what the athlete owns.
athlete_table = sa.Table(
    "athlete",
    metadata,
    sa.Column("id", sa.String(), primary_key=True),
    sa.Column("created_at", Instant(), nullable=False),
    sa.Column("writes", sa.BigInteger(), nullable=False),
)


#: Not plain ``version``: an entry may have a version of its own.
ROW_COLUMNS = ("id", "athlete", "created_at", "row_version", "author")

_PLAIN: dict[Any, type[sa.types.TypeEngine[Any]]] = {
    str: sa.String,
    bool: sa.Boolean,
    int: sa.BigInteger,
    float: sa.Double,
    date: sa.Date,
    datetime: Instant,
}


# What puts the rows of a kind on a day, or at an instant: the first of these that it has.
DAYS = ("day", "first_day", "since")
INSTANTS = ("started_at", "at", "created_at")


def table_of(kind: type, *more: sa.schema.SchemaItem) -> sa.Table:
    """Return the table of a kind of entry: the row's columns, then one for each field.

    A field called ``athlete`` is the row's own column. ``CheckIn`` becomes ``check_in``.
    """
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
    hints = get_type_hints(kind)
    when = next(column for column in (*DAYS, *INSTANTS) if column in (*hints, "created_at"))
    return sa.Table(
        name,
        metadata,
        id_column(),
        goes_with("athlete"),
        instant("created_at"),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        *(_column(f.name, hints[f.name]) for f in fields(kind) if f.name != "athlete"),
        sa.Index(f"{name}_in_order", "athlete", when),
        *more,
    )


def _column(name: str, hint: Any) -> sa.Column[Any]:
    nullable = False
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (arg for arg in get_args(hint) if arg is not type(None))
        nullable = True
    if get_origin(hint) is Literal:
        return sa.Column(name, sa.String(), nullable=nullable)
    if get_origin(hint) is tuple or is_dataclass(hint):
        return sa.Column(name, sa.JSON(), nullable=nullable)
    return sa.Column(name, _PLAIN[hint](), nullable=nullable)


#: Every kind of entry that has rows, with what its table has beyond columns.
KINDS: dict[type, sa.Table] = {
    kind: table_of(kind, *more)
    for kind, *more in (
        (Person, sa.Index("person_name", "name")),
        (Run, sa.Index("run_started", "athlete", "started_at")),
        (
            Recording,
            # The same athlete and content are the same recording.
            sa.UniqueConstraint("athlete", "content", name="recording_content"),
            # Not "on delete cascade": a run goes only after its recordings.
            sa.ForeignKeyConstraint(["run"], ["run.id"], name="recording_run"),
            sa.Index("recording_of_run", "run"),
        ),
        (PlannedRun,),
        (PlannedWeek,),
        (AfterRun,),
        (CheckIn,),
        (Availability,),
        (FlagAnswer,),
        (ShownFlag,),
        (StrengthSession,),
        (Device,),
        (BarefootTime,),
        (Assessment,),
        (Programme,),
        (ProposalAnswer,),
        (OwnExercise,),
        (Consent, sa.Index("consent_viewer", "viewer")),
        (Declined,),
    )
}

job_table = sa.Table(
    "job",
    metadata,
    id_column(),
    goes_with("athlete"),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("state", sa.String(), nullable=False, index=True),
    sa.Column("payload", sa.JSON(), nullable=False),
    sa.Column("result", sa.JSON(none_as_null=True)),
    sa.Column("error", sa.String()),
    instant("created_at"),
    instant("changed_at"),
    sa.Index("job_in_order", "athlete", "created_at"),
)

# People who log in; store/accounts.py. Secrets are kept as their SHA-256, passwords as argon2.

account_table = sa.Table(
    "account",
    metadata,
    id_column(),
    sa.Column("login", sa.String(), nullable=False, unique=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("role", sa.String(), nullable=False),
    goes_with("athlete", nullable=True),
    sa.Column("password", sa.String(), nullable=False),
    instant("created_at"),
    # Who gives and withdraws consent for somebody young; not gone with the guardian's account.
    sa.Column("guardian", sa.String(), sa.ForeignKey("account.id", ondelete="SET NULL")),
    # Issuer and subject of a login elsewhere (OpenID Connect).
    sa.Column("subject", sa.String(), unique=True),
)


def _secret_table(name: str, *more: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        id_column(),
        sa.Column("secret", sa.String(), nullable=False, unique=True),
        instant("created_at"),
        instant("expires_at"),
        *more,
    )


session_table = _secret_table("login_session", goes_with("account", index=True))
key_table = _secret_table(
    "api_key",
    goes_with("account", index=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("scopes", sa.JSON(), nullable=False),
    sa.Column("used_at", Instant()),
)
invitation_table = _secret_table(
    "invitation",
    sa.Column("role", sa.String(), nullable=False),
    goes_with("athlete", nullable=True),
    sa.Column("made_by", sa.String(), nullable=False),
    goes_with("team", nullable=True),
    goes_with("account", name="guardian", nullable=True),
)


def values_of(athlete: str, entry: object) -> dict[str, Any]:
    """Return the entry's columns; ValueError where a value has no place in the logbook.

    NaN and infinity have none: outside of arrays, what is not known is None.
    """
    table = KINDS[type(entry)]
    values = {f.name: getattr(entry, f.name) for f in fields(entry)}  # type: ignore[arg-type]
    if values.setdefault("athlete", athlete) != athlete:
        raise ValueError(f"athlete: expected {athlete}, got {values['athlete']}")
    for name, value in values.items():
        if isinstance(table.c[name].type, sa.JSON):
            values[name] = as_json(value)
            check_json(name, values[name])
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{name}: expected a number or None, got {value}")
        elif isinstance(value, str) and "\0" in value:
            raise ValueError(f"{name}: expected text without U+0000, which PostgreSQL cannot hold")
    return values


def row_values(row: Row[Any]) -> dict[str, Any]:
    """Return every column of a row; ValueError like ``values_of``."""
    return values_of(row.athlete, row.entry) | {
        "id": row.id,
        "created_at": row.created_at,
        "row_version": row.version,
        "author": row.author,
    }


def check_json(name: str, value: object) -> None:
    """Raise ValueError, naming the column, for what strict JSON cannot say."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"{name}: {fault}") from fault


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


def row_of(kind: type[E], found: sa.RowMapping) -> Row[E]:
    """Return the row that a line of the kind's table holds."""
    data = {name: found[name] for name in _names(kind)}  # type: ignore[arg-type]
    id, athlete, created_at, version, author = (found[name] for name in ROW_COLUMNS)
    return Row(id, athlete, created_at, version, author, from_json(kind, data))
