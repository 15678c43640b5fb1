"""What a message says: that there is something new, with a link; numbers only where allowed.

A message is written when it is sent, through the eyes of whoever receives it, so that a consent
withdrawn meanwhile, or a run taken out, is not in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ..errors import CatfootError, NotFound, Refused
from ..store.channels import Channel, Delivery
from ..training.consent import MACHINE, Viewer
from ..training.entries import Recording, Run
from ..training.words import FOOTER
from .letters import letter

if TYPE_CHECKING:
    from ..config import Stores
    from ..store.view import View

NEWS = {
    "letter": "The letter of the week is there to read",
    "run.final": "There is something new to see",
}


class SendError(Exception):
    """A message did not go out; ``again`` says whether another try makes sense."""

    def __init__(self, answer: str, *, again: bool) -> None:
        super().__init__(answer)
        self.again = again


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as people read it and as programs do; ``at`` is when it was written."""

    subject: str
    text: str
    payload: dict[str, Any]
    at: datetime


def receiver(stores: "Stores", channel: Channel) -> Viewer | None:
    """Return who receives a channel's messages, None where there is nobody any more.

    The machine's owner does so only as long as nobody has an account.
    """
    accounts = stores.logbook.accounts
    if channel.viewer == MACHINE.id:
        return None if accounts.any() else MACHINE
    account = accounts.of_viewer(channel.viewer)
    return None if account is None else account.viewer


def compose(
    stores: "Stores", channel: Channel, delivery: Delivery, address: str, now: datetime
) -> Message | None:
    """Return the message, None where the receiver may not have it, or not any more."""
    viewer = receiver(stores, channel)
    if viewer is None:
        return None
    view = stores.as_seen_by(viewer, lambda: now)
    said: tuple[str, ...] = ()
    payload: dict[str, Any] = {"id": delivery.id, "event": "news", "at": now.isoformat()}
    if channel.athlete is not None:
        try:
            view.must(channel.athlete, "load_and_flags")
            payload["link"] = link = _link(view, channel.athlete, delivery, address)
            if channel.numbers:
                payload["event"] = delivery.event
                said, more = _numbers(view, channel.athlete, delivery)
                payload |= more
        except (Refused, NotFound):
            return None
    else:
        payload["link"] = link = f"{address}/team"
    lines = [*said, *([FOOTER] if said else []), f"{NEWS[delivery.event]}: {link}"]
    lines.append(f"You asked for this; end it here: {address}/account")
    return Message(
        subject=f"catfoot: {NEWS[delivery.event].lower()}",
        text="\n".join(lines) + "\n",
        payload=payload,
        at=now,
    )


def question(token: str, address: str, now: datetime) -> Message:
    """Return the mail that asks a mailbox's owner whether news may come there."""
    lines = (
        "Somebody who uses catfoot wants news sent to this address.",
        f"If that is you, say yes here: {address}/confirm/{token}",
        "If not, do nothing: nothing more will come.",
    )
    return Message(
        subject="catfoot: may news come to this address?",
        text="\n".join(lines) + "\n",
        payload={},
        at=now,
    )


def _link(view: "View", athlete: str, delivery: Delivery, address: str) -> str:
    if delivery.event == "letter":
        return f"{address}/?athlete={athlete}"
    run = view.get(Recording, athlete, delivery.about).entry.run if _sees(view, athlete) else None
    return (
        f"{address}/?athlete={athlete}"
        if run is None
        else f"{address}/run?athlete={athlete}&run={run}"
    )


def _sees(view: "View", athlete: str) -> bool:
    try:
        view.must(athlete, "metrics")
    except CatfootError:
        return False
    return True


def _numbers(
    view: "View", athlete: str, delivery: Delivery
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return sentences and numbers of what is new, as far as the receiver may see them."""
    if delivery.event == "letter":
        told = letter(view, athlete, date.fromisoformat(delivery.about))
        return told.sentences, {"sentences": list(told.sentences), "footer": FOOTER}
    run = view.get(Recording, athlete, delivery.about).entry.run
    numbers = view.get(Run, athlete, run).entry.summary.flat()
    return (), {"run": run, "numbers": numbers}
