"""Values out of a JSON body that is no entry: of their size, and no key beside the known ones."""

from .bodies import Json
from .problems import Unprocessable


def text_of(data: Json, name: str, most: int) -> str:
    """Return a text of 1 to ``most`` characters; Unprocessable names the key."""
    value = data.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise Unprocessable(f"{name}: expected 1 to {most} characters", name)
    return value


def number_of(data: Json, name: str, most: float) -> float | None:
    """Return a number above 0, None where none is said; Unprocessable names the key."""
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= most:
        raise Unprocessable(f"{name}: expected a number above 0, at most {most:g}", name)
    return float(value)


def only(data: Json, known: set[str]) -> None:
    """Raise Unprocessable for a key that is not known."""
    if unknown := sorted(set(data) - known):
        raise Unprocessable(f"body: unknown key {unknown[0]!r}", unknown[0])
