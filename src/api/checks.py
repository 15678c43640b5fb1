"""What is asked before an entry is written down: stops of the day, edits beyond the rules."""

from dataclasses import replace
from datetime import date
from typing import Any

from starlette.exceptions import HTTPException

from .. import review
from ..store.view import View
from ..training.entries import FlagAnswer, ProposalAnswer, StrengthSession
from ..training.own import exercises_on
from ..training.proposals import refused_edit


def checked(seen: View, athlete: str, entry: Any, day: date, override: bool) -> Any:
    """Return the entry to write down; 409 where it needs a word more before it is.

    ``override`` writes a session down all the same: what was done was done. An answer to a flag
    learns how grave the flag is as it is answered, where it does not say so.
    """
    if isinstance(entry, FlagAnswer) and entry.severity is None:
        held = review.flags_of(review.history_of(seen, athlete, day), day)
        found = [flag.severity for flag in held if flag.rule == entry.rule]
        return replace(entry, severity=found[0] if found else None)
    if isinstance(entry, StrengthSession) and not override:
        _stopped(seen, athlete, entry)
    elif isinstance(entry, ProposalAnswer):
        history = review.history_of(seen, athlete, max(entry.day, day))
        refused = refused_edit(entry, entry.day, history, review.flags_of(history, entry.day))
        if refused is not None:
            raise HTTPException(409 if refused.confirmable else 422, refused.why)
    return entry


def _stopped(seen: View, athlete: str, entry: StrengthSession) -> None:
    """Refuse sets of what gave sharp discomfort in an earlier session of the day."""
    sharp = {
        one.exercise
        for row in seen.entries(StrengthSession, athlete, entry.day, entry.day)
        if row.entry.started_at < entry.started_at
        for one in row.entry.sets
        if one.sharp
    }
    again = next((one.exercise for one in entry.sets if one.exercise in sharp), None)
    if again is None:
        return
    known = exercises_on(entry.day, review.history_of(seen, athlete, entry.day))
    name = known[again].name if again in known else again
    text = (
        f"{name} gave sharp discomfort today, so no more of it today. "
        "If it was done all the same, send it again with override=true."
    )
    raise HTTPException(409, text)
