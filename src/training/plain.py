"""Entries as plain JSON values and back, strictly; and the checks that entries share."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

E = TypeVar("E")

#: Nobody writes down runs of other centuries, and int64 nanoseconds end in 2262.
FIRST_YEAR, END_YEAR = 1900, 2200


def within(name: str, value: float | None, low: float, high: float) -> None:
    """Raise ValueError, naming the field, for a number outside the range; None passes."""
    if value is not None and not low <= value <= high:
        raise ValueError(f"{name}: expected {low:g} to {high:g}, got {value:g}")


def aware(name: str, value: datetime) -> None:
    """Raise ValueError, naming the field, for an instant without its zone, or far off.

    The first and last hours of the calendar have no UTC: once stored they cannot be read.
    """
    if value.tzinfo is None:
        raise ValueError(f"{name}: expected a time with its zone, got {value.isoformat()}")
    if not FIRST_YEAR <= value.year < END_YEAR:
        text = f"expected a time between {FIRST_YEAR} and {END_YEAR}, got {value.isoformat()}"
        raise ValueError(f"{name}: {text}")


def as_json(entry: Any) -> Any:
    """Return the entry as plain JSON values: ISO dates, lists, objects."""
    if is_dataclass(entry) and not isinstance(entry, type):
        return {f.name: as_json(getattr(entry, f.name)) for f in fields(entry)}
    if isinstance(entry, (tuple, list)):
        return [as_json(item) for item in entry]
    if isinstance(entry, (date, datetime)):
        return entry.isoformat()
    return entry


def from_json(kind: type[E], data: Mapping[str, Any]) -> E:
    """Return the entry that plain JSON values describe.

    Raises ValueError, naming the key, for an unknown key or a value that does not fit.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Shoe:
    ...     name: str
    ...     weight_g: float | None = None
    >>> from_json(Shoe, {"name": "blue", "weight_g": 240})
    Shoe(name='blue', weight_g=240.0)
    """
    readers, exact = _readers(kind), _exact(kind)  # type: ignore[arg-type]
    if not data.keys() <= readers.keys():
        unknown = sorted(data.keys() - readers.keys())
        raise ValueError(f"{kind.__name__}: unknown key {unknown[0]!r}")
    values = {
        name: value if type(value) in exact[name] else readers[name](value, name)
        for name, value in data.items()
    }
    if missing := [name for name in _required(kind) if name not in values]:  # type: ignore[arg-type]
        raise ValueError(f"{kind.__name__}: missing key {missing[0]!r}")
    return kind(**values)


#: Returns one JSON value as the type that a dataclass declares; the name is for the fault.
Reader = Callable[[Any, str], Any]


@cache
def _readers(kind: type) -> Mapping[str, Reader]:
    """Return how each field is read, worked out once: a team page reads a hundred thousand."""
    return {name: _reader(hint) for name, hint in get_type_hints(kind).items()}


@cache
def _required(kind: type) -> tuple[str, ...]:
    """Return the keys that have to be there."""
    return tuple(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )


@cache
def _exact(kind: type) -> Mapping[str, frozenset[type]]:
    """Return the types whose values each field takes as they are, without asking its reader."""
    return {name: _plain_types(hint) for name, hint in get_type_hints(kind).items()}


def _plain_types(hint: Any) -> frozenset[type]:
    if get_origin(hint) in (Union, UnionType):
        return frozenset[type]().union(*map(_plain_types, get_args(hint)))
    plain = (str, bool, int, float, date, datetime, type(None))
    return frozenset({hint}) if hint in plain else frozenset()


def _reader(hint: Any) -> Reader:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        (inner,) = (arg for arg in args if arg is not type(None))
        return _optional(_reader(inner), inner)
    if origin is tuple:
        return _many(_reader(args[0]))
    if origin is Literal:
        return _one_of(args)
    if is_dataclass(hint) and isinstance(hint, type):
        return _nested(hint)
    return _time(hint) if hint in (date, datetime) else _scalar(hint)


def _optional(inner: Reader, hint: Any) -> Reader:
    def read(value: Any, name: str) -> Any:
        if value is None or type(value) is hint:
            return value
        return inner(value, name)

    return read


def _many(inner: Reader) -> Reader:
    def read(value: Any, name: str) -> Any:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{name}: expected a list")  # noqa: TRY004, as every misfit
        if not value:
            return ()
        return tuple([inner(item, name) for item in value])

    return read


def _one_of(args: tuple[Any, ...]) -> Reader:
    def read(value: Any, name: str) -> Any:
        if value not in args:
            raise ValueError(f"{name}: expected one of {', '.join(map(str, args))}, got {value!r}")
        return value

    return read


def _nested(kind: type) -> Reader:
    def read(value: Any, name: str) -> Any:
        if type(value) is not dict and not isinstance(value, Mapping):
            raise ValueError(f"{name}: expected an object")
        try:
            return from_json(kind, value)
        except ValueError as fault:
            raise ValueError(f"{name}: {fault}") from fault

    return read


def _time(hint: type[date]) -> Reader:
    def read(value: Any, name: str) -> Any:
        if not isinstance(value, str):
            return _plain(hint, value, name)
        try:
            return hint.fromisoformat(value)
        except ValueError as fault:
            raise ValueError(f"{name}: expected a {hint.__name__}, got {value!r}") from fault

    return read


def _scalar(hint: Any) -> Reader:
    def read(value: Any, name: str) -> Any:
        if type(value) is hint:
            return value
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        return _plain(hint, value, name)

    return read


def _plain(hint: Any, value: Any, name: str) -> Any:
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{name}: expected {hint.__name__}, got {value!r}")
    return value
