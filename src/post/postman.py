"""What goes out, and when: letters on Mondays, runs once their numbers are final.

News is a row before it is sent; a round sends what is due. A mail is sent once or not at all, a
webhook until it is taken or has been refused for a day; its event id tells a receiver a second
copy.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..errors import CatfootError, NotFound
from ..store.channels import Channel, Delivery
from ..training.letter import monday_of
from . import hooks, mail
from .message import Message, SendError, compose, question, receiver

if TYPE_CHECKING:
    from ..config import Stores

EVERY_S = 5.0
#: When on the athlete's Monday the letter goes out: after most mornings' check-in.
LETTER_AT = time(7)
#: How long after each try the next one follows; after the last a message has failed.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 960))

log = logging.getLogger(__name__)


def announce(stores: "Stores", athlete: str, recording: str, now: datetime) -> int:
    """Queue that a run's numbers are final, for every webhook of the athlete; return how many."""
    channels = stores.logbook.channels
    return sum(
        channels.queue(channel, "run.final", recording, now)
        for channel in channels.channels(athlete=athlete)
        if channel.kind == "webhook"
    )


class Postman:
    """Sends what is due, in a thread of its own; ``round`` does so once."""

    def __init__(
        self, stores: "Stores", clock: Callable[[], datetime], address: Callable[[], str]
    ) -> None:
        self._stores = stores
        self._channels = stores.logbook.channels
        self._clock = clock
        self._address = address
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._rounds, name="postman", daemon=True)

    def start(self) -> None:
        """Begin; what another server was just sending when it stopped is settled first."""
        self._after_a_stop()
        self._thread.start()

    def close(self) -> None:
        """End after the message that is being sent, if any."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=mail.TIMEOUT_S + EVERY_S)

    def round(self) -> int:
        """Queue the letters that are due, send what is due; return how many went out."""
        now = self._clock()
        for channel in self._channels.channels():
            if channel.kind in ("mail", "webhook") and channel.confirmed:
                try:
                    self._queue_letter(channel, now)
                except Exception:  # one channel does not hold up all the others
                    log.exception("the letter of channel %s waits", channel.id)
        return sum(self._send(delivery) for delivery in self._channels.due(now))

    def _rounds(self) -> None:
        while not self._ended.wait(EVERY_S):
            try:
                self.round()
            except CatfootError as fault:
                log.error("messages wait: %s", fault)
            except Exception:  # nothing would go out any more without the thread
                log.exception("messages wait")

    def _after_a_stop(self) -> None:
        for delivery in self._channels.left_sending():
            try:
                channel = self._channels.channel(delivery.channel)
            except NotFound:
                continue
            # A mail may have arrived; a webhook's receiver can tell a second copy.
            again = channel.kind == "webhook"
            answer = "the server stopped meanwhile"
            now = self._clock()
            self._channels.settle(
                delivery.id, "waiting" if again else "failed", answer, now, now if again else None
            )

    def _queue_letter(self, channel: Channel, now: datetime) -> None:
        """Queue this week's letter once its Monday morning has come, if it was asked for before."""
        local = now.astimezone(self._zone(channel))
        monday = monday_of(local.date())
        due = datetime.combine(monday, LETTER_AT, local.tzinfo)
        if channel.created_at <= due <= local:
            self._channels.queue(channel, "letter", monday.isoformat(), now)

    def _zone(self, channel: Channel) -> ZoneInfo:
        logbook = self._stores.logbook
        whose = channel.athlete
        if whose is None:  # a coach who runs too has a zone
            account = logbook.accounts.of_viewer(channel.viewer)
            whose = None if account is None else account.athlete
        return ZoneInfo("UTC" if whose is None else logbook.person(whose).entry.tz)

    def _send(self, delivery: Delivery) -> bool:
        """Send one message, unless somebody else does or its channel is gone."""
        now = self._clock()
        if self._ended.is_set() or not self._channels.claim(delivery, now):
            return False
        try:
            # Read anew: it may have been revoked, or numbers withdrawn, since it was queued.
            channel = self._channels.channel(delivery.channel)
        except NotFound:
            return False
        try:
            answer = self._through(channel, delivery, now)
        except SendError as fault:
            self._failed(delivery, fault, now)
            return False
        except CatfootError as fault:
            log.error("message %s: %s", delivery.id, fault)
            self._failed(delivery, SendError("a store did not answer", again=True), now)
            return False
        except Exception:  # it would fail again
            log.exception("message %s", delivery.id)
            self._failed(delivery, SendError("something went wrong here", again=False), now)
            return False
        self._channels.settle(delivery.id, "sent", answer, now, None)
        return True

    def _through(self, channel: Channel, delivery: Delivery, now: datetime) -> str:
        settings = self._stores.settings
        message = self._written(channel, delivery, now)
        if channel.kind == "webhook":
            return hooks.send(channel.target, channel.secret, message, settings.webhook_networks)
        if settings.smtp is None:
            raise SendError("this server has no mail server", again=False)
        return mail.send(settings.smtp, channel.target, message, delivery.id)

    def _written(self, channel: Channel, delivery: Delivery, now: datetime) -> Message:
        """Return the message; SendError where its receiver may not have it, or did not say yes."""
        if delivery.event == "confirm" and not channel.confirmed:
            if receiver(self._stores, channel) is None:
                raise SendError("asked for by nobody any more", again=False)
            return question(self._channels.ask(channel.id), self._address(), now)
        if delivery.event == "confirm" or not channel.confirmed:
            raise SendError(
                "confirmed already" if channel.confirmed else "not confirmed", again=False
            )
        message = compose(self._stores, channel, delivery, self._address(), now)
        if message is None:
            raise SendError("not shared any more", again=False)
        return message

    def _failed(self, delivery: Delivery, fault: SendError, now: datetime) -> None:
        tried = delivery.attempts
        if fault.again and tried < len(BACK_OFF):
            due = now + BACK_OFF[tried]
            self._channels.settle(delivery.id, "waiting", str(fault), now, due)
        else:
            self._channels.settle(delivery.id, "failed", str(fault), now, None)
        log.info("message %s: %s", delivery.id, fault)
