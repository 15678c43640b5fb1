"""The supervisor of one device: found, connected, kept streaming, found again.

Callbacks do one put into a bounded Inbox; whoever empties it decides what packets mean.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping

from .ble import (
    FAULTS,
    REFUSED,
    Client,
    Fault,
    Radio,
    client_of,
    heard,
    held,
    let_go,
    read,
    sentence,
    write,
)
from .devices import BATTERY_LEVEL, profiles_of
from .inbox import Changed, Inbox, Opened
from .source import LinkState, Notification, Profile, Stamps

log = logging.getLogger(__name__)


class Link:
    """Keeps one device connected and its packets coming, until ``stop``.

    ``run`` never raises for what a radio can do; it says it through Changed in the inbox.
    """

    def __init__(
        self,
        address: str,
        inbox: Inbox,
        radio: Radio | None = None,
        *,
        search_s: float = 10.0,
        connect_s: float = 20.0,
        samples_first: bool = False,
        instead: Mapping[str, Profile] | None = None,
        silence_s: float | None = None,
        answer_s: float = 3.0,
        back_off_s: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0),
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.address = address
        self.state: LinkState = "searching"
        self.attempts = self.connections = 0
        self._inbox = inbox
        self._radio = radio or Radio()
        self._search_s, self._connect_s, self._silence_s = search_s, connect_s, silence_s
        self._back_off_s, self._samples_first = back_off_s, samples_first
        self._instead = instead or {}  # families that somebody asked for, by those they replace
        self._now_ns = now_ns
        self._stopping = False
        self._gone = False
        self._packets = 0
        self._subscribed: set[str] = set()
        self._client: Client | None = None
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()  # that the handshake waits for
        self._answering = ""
        self._zero_ns: int | None = None  # when the first connection stood: a recording's zero
        self._answer_s = answer_s
        self._woken = asyncio.Event()  # set by the disconnect callback and by stop()

    async def run(self) -> None:
        """Search, connect and stream, again and again, until ``stop`` is called."""
        failures = 0
        while not self._stopping:
            try:
                client = await self._connected()
            except FAULTS as fault:
                self._change("lost", sentence(fault))
                await self._pause(self._back_off_s[min(failures, len(self._back_off_s) - 1)])
                failures += 1
                continue
            if client is None:
                continue
            failures = 0
            try:
                await self._stream(client)
            except FAULTS as fault:
                self._change("lost", sentence(fault))
            finally:
                await let_go(client)
        self._change("closed")

    def stop(self) -> None:
        """Ask ``run`` to let the device go and return."""
        self._stopping = True
        self._woken.set()

    def _change(self, state: LinkState, why: str = "") -> None:
        if state != self.state or why:
            log.info("pod %s: %s %s", self.address, state, why)
        self.state = state
        self._inbox.put(Changed(state=state, at_ns=self._now_ns(), why=why))

    async def _pause(self, seconds: float) -> bool:
        """Wait, but not longer than until something happened; return whether it did."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    async def _connected(self) -> Client | None:
        """Return a connected client, or None where the device was not seen."""
        async with self._radio.busy:
            if self._stopping:
                return None
            self._change("searching")
            found = await heard(self.address, self._search_s, self._radio)
            device = found[0] if found else None
            if device is None:
                kept = (d for d, _ in await held(self._radio) if d.address == self.address)
                device = next(kept, None)
            if device is None or self._stopping:
                return None
            self._change("connecting")
            self._gone = False
            self.attempts += 1
            client = self._client = client_of(device, self._radio, self._connect_s, self._on_gone)
            try:
                await client.connect()
            except BaseException:
                await let_go(client)
                raise
            return client

    def _on_gone(self, client: Client) -> None:
        if client is self._client:  # an earlier client may say so late
            self._gone = True
            self._woken.set()

    async def _stream(self, client: Client) -> None:
        """Subscribe, start, and watch until the device is gone, silent or let go."""
        profiles = profiles_of([service.uuid for service in client.services])
        if not profiles:
            raise Fault("the device offers no profile that catfoot knows")
        # A sensor that is worn on a foot is read for its samples, not for its pulse.
        profile = min(profiles, key=lambda p: self._samples_first and not p.wrap_ns)
        profile = self._instead.get(profile.name, profile)
        reads = {uuid: await read(client, uuid) for uuid in (*profile.reads, BATTERY_LEVEL)}
        battery = reads.pop(BATTERY_LEVEL)
        self.connections += 1
        at_ns = self._now_ns()
        self._zero_ns = at_ns if self._zero_ns is None else self._zero_ns
        self._inbox.put(
            Opened(
                device=self.address, profile=profile, at_ns=at_ns,
                reads={uuid: value for uuid, value in reads.items() if value is not None},
                battery_pct=battery[0] if battery else None,
            )
        )  # fmt: skip
        await self._subscribe(client, profile)
        self._change("streaming")
        await self._watch(client, profile)
        if self._stopping and client.is_connected:
            for uuid, data in profile.stop:
                await write(client, uuid, data)

    async def _subscribe(self, client: Client, profile: Profile, *, signals: bool = False) -> None:
        """Turn the notifications on, then start the device.

        On BlueZ a socket per characteristic costs a quarter of what D-Bus signals cost; but
        some devices notify too early for it (bleak #1885), and those get ``signals``.
        """
        offered = {c.uuid for service in client.services for c in service.characteristics}
        self._subscribed.clear()
        for uuid in profile.notify:
            if uuid in offered:
                await client.start_notify(
                    uuid, self._receiver(uuid), bluez={"use_start_notify": signals}
                )
                self._subscribed.add(uuid)
        await self._shake_hands(client, profile)
        for uuid, data in profile.start:
            await write(client, uuid, data)

    async def _shake_hands(self, client: Client, profile: Profile) -> None:
        """Ask what the profile's handshake wants to know, answer by answer."""
        talk = profile.handshake(Stamps(self._recorded_ns, time.time_ns))
        try:
            uuid, data = next(talk)
            while True:
                self._answering = profile.answers or uuid
                try:
                    if data:
                        self._answers = asyncio.Queue()  # what was said before is no answer
                        await write(client, uuid, data)
                    async with asyncio.timeout(self._answer_s):
                        said = await self._answers.get()
                except (REFUSED, TimeoutError):
                    said = b""
                uuid, data = talk.send(said)
        except StopIteration:
            pass
        finally:
            self._answering = ""

    def _recorded_ns(self) -> int:
        """Return the time on the clock of the recording."""
        return self._now_ns() - (self._zero_ns or 0)

    def _receiver(self, uuid: str) -> Callable[[object, bytearray], None]:
        inbox, address, now_ns = self._inbox, self.address, self._now_ns

        def received(_: object, data: bytearray) -> None:
            self._packets += 1
            if uuid == self._answering:
                self._answers.put_nowait(bytes(data))
            inbox.put(Notification(address, uuid, bytes(data), now_ns()))

        return received

    async def _watch(self, client: Client, profile: Profile) -> None:
        """Return when the device is gone or let go; a silent one is asked once, then left.

        Only the absence of packets shows that bluetoothd died: no callback comes then, and
        ``is_connected`` stays true.
        """
        asked = False
        while not self._stopping and not self._gone:
            before = self._packets
            if await self._pause(self._silence_s or profile.silence_s):
                continue
            if self._packets > before:
                if asked:
                    self._change("streaming")
                asked = False
            elif asked:
                raise Fault("it stays silent")
            else:
                asked = True
                self._change("stalled", "no packets although connected")
                for uuid in self._subscribed:
                    await client.stop_notify(uuid)
                await self._subscribe(client, profile, signals=True)
        if not self._stopping:
            self._change("lost", "the connection broke")
