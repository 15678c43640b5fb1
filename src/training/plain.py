"""Entries as plain JSON values and back, strictly; and the checks that entries share."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
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
    hints = _hints(kind)
    if unknown := sorted(set(data) - set(hints)):
        raise ValueError(f"{kind.__name__}: unknown key {unknown[0]!r}")
    values = {name: _value(hints[name], value, name) for name, value in data.items()}
    try:
        return kind(**values)
    except TypeError as fault:
        raise ValueError(str(fault).replace(f"{kind.__name__}.__init__() ", "")) from fault


# A year of rows is hundreds of entries of a few kinds: what a kind declares is worked out once.
_HINTS: dict[Any, Mapping[str, Any]] = {}


def _hints(kind: Any) -> Mapping[str, Any]:
    if (known := _HINTS.get(kind)) is None:
        known = _HINTS[kind] = get_type_hints(kind)
    return known


@cache
def _shape(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    return get_origin(hint), get_args(hint)


def _value(hint: Any, value: Any, name: str) -> Any:
    """Return one JSON value as the type that the dataclass declares."""
    if type(value) is hint:
        return value
    origin, args = _shape(hint)
    if origin in (Union, UnionType):
        if value is None and type(None) in args:
            return None
        (inner,) = (arg for arg in args if arg is not type(None))
        return _value(inner, value, name)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise ValueError(f"{name}: expected a list")
        return tuple(_value(args[0], item, name) for item in value)
    if origin is Literal:
        if value not in args:
            raise ValueError(f"{name}: expected one of {', '.join(map(str, args))}, got {value!r}")
        return value
    if is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ValueError(f"{name}: expected an object")
        try:
            return from_json(hint, value)  # type: ignore[arg-type]
        except ValueError as fault:
            raise ValueError(f"{name}: {fault}") from fault
    if hint in (date, datetime) and isinstance(value, str):
        try:
            return hint.fromisoformat(value)
        except ValueError as fault:
            raise ValueError(f"{name}: expected a {hint.__name__}, got {value!r}") from fault
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"{name}: expected {hint.__name__}, got {value!r}")
    return value
