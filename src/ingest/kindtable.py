"""The table of what you get with what you own, as plain data; docs/devices.md shows the same."""

from .kinds import COLUMNS, KINDS


def as_rows() -> list[dict[str, object]]:
    """Return the table as plain data: one object a kind."""
    return [
        {
            "key": kind.key,
            "name": kind.name,
            "profiles": list(kind.profiles),
            "rate_hz": kind.rate_hz or None,
            "storage": kind.stores,
            "cells": {
                column: {"grade": cell.grade, "why": cell.why}
                for column in COLUMNS
                if (cell := kind.cell(column))
            },
        }
        for kind in KINDS
    ]
