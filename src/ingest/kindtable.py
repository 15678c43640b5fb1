"""The table of what you get with what you own, as plain data and as docs/devices.md shows it."""

from .kinds import COLUMNS, FLAGS, KINDS, MEASURES, Cell


def as_rows() -> list[dict[str, object]]:
    """Return the table as plain data: one object a kind."""
    return [
        {
            "key": kind.key,
            "name": kind.name,
            "profiles": list(kind.profiles),
            "rate_hz": kind.rate_hz or None,
            "storage": None if kind.storage is None else kind.storage.said(),
            "cells": {
                column: {"grade": cell.grade, "why": cell.why}
                for column in COLUMNS
                if (cell := kind.cell(column))
            },
        }
        for kind in KINDS
    ]


def markdown() -> str:
    """Return the table as docs/devices.md shows it: grades, and numbers that lead to reasons."""
    reasons: list[str] = []

    def shown(cell: Cell) -> str:
        if cell.grade == "said":
            return "w"
        if cell.grade is not None and not cell.why:
            return cell.grade
        if cell.why not in reasons:
            reasons.append(cell.why)
        return (
            f"{cell.grade or ''}{'' if cell.grade is None else ' '}({reasons.index(cell.why) + 1})"
        )

    out = ["| what you own | " + " | ".join(MEASURES) + " | stores |"]
    out.append("|" + "---|" * (len(MEASURES) + 2))
    for kind in KINDS:
        cells = [shown(kind.cell(column)) for column in MEASURES]
        stores = "" if kind.storage is None else kind.storage.said()
        out.append(f"| {kind.name} | " + " | ".join(cells) + f" | {stores} |")
    out += ["", "| flags | " + " | ".join(FLAGS) + " |", "|" + "---|" * (len(FLAGS) + 1)]
    for kind in KINDS:
        cells = [shown(kind.cell(column)) for column in FLAGS]
        out.append(f"| {kind.name} | " + " | ".join(cells) + " |")
    out += [
        "",
        "w: from what you write down (runs, check-ins, sets). A, B, C: the grade, A the best.",
    ]
    out += [f"({i + 1}) {reason}." for i, reason in enumerate(reasons)]
    return "\n".join(out).replace(".\n(", ".\n\n(", 1) + "\n"
