"""Contacts of one foot, found as the samples come in; each is returned once, when certain."""

import numpy as np

from .filters import History, gaussian
from .footframe import SPIN, FootFrame
from .imu import ImuBlock
from .moments import CONTACT, CUTOFFS_HZ, Moments, Span
from .orientation import SWING_HZ
from .swings import Swings
from .tables import FloatArray, Table

__all__ = ["CHUNK", "CONTACT", "ContactAnalyser"]

_NONE = np.zeros(0, CONTACT)

_APART_S = 0.12  # swings closer than this are one; a sprinter's are 0.25 s apart
# A foot on the ground comes nearly to rest: at some sample of every contact of the recordings at
# hand it turns slower than 1.5 rad/s (a loose pod 6.5). One that pivots in the air, where the
# pitch sways down between two humps, keeps turning at 5.4 rad/s (pyshoe).
_PLANTED_RADPS = 3.5
_PLANTED_SHARE = 0.6  # of the usual swing, where that is more: quick feet, loose pods
_STAND_S = 2.5  # on the ground for longer is standing, not a contact
CHUNK = 1 << 15  # samples looked at together: stays in the cache
KEEP_S = 12.0
_RIPEN_S = 4.0  # without a contact, the rest is worked out this far behind at most


class ContactAnalyser:
    """Finds the contacts of one foot.

    A contact is certain, and returned, 0.2 to 0.35 s after FC: as soon as the foot swings
    forward again. Standing for 2.5 s ends a contact without FC, and the first rise after it
    gives an FC without IC.

    Of every sample only the slow pitch rate is worked out as it comes; all else waits for the
    contact it belongs to.
    """

    def __init__(self, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self.frame = FootFrame(rate_hz)
        self.slow = History(1)  # the pitch rate, toes up, smoothed for swings
        self.sharp = History(2)  # the same for IC and for FC
        self._moments = Moments(self.frame, self.sharp)
        self._slow_taps = -gaussian(SWING_HZ, rate_hz)
        self._sharp_taps = [-gaussian(hz, rate_hz) for hz in CUTOFFS_HZ]
        self._lag = len(self._slow_taps) // 2
        self._stand = round(_STAND_S * rate_hz)
        self._keep = round(KEEP_S * rate_hz)
        self._ripen = round(_RIPEN_S * rate_hz)
        self._swings: Swings | None = None
        self._turning = 0.0
        self._certain: list[Span] = []
        self._since = 0
        self._number = 0
        self._apart = round(_APART_S * rate_hz)
        self._rise = self._hump = -1
        self._open: tuple[int, int] | None = None  # top and end of the swing before

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The table of its rows: CONTACT."""
        return CONTACT

    def update(self, block: ImuBlock) -> Table:
        """Take the next samples; return the contacts that became certain."""
        if len(block) > CHUNK:
            cuts = (block[i : i + CHUNK] for i in range(0, len(block), CHUNK))
            return np.concatenate([self.update(cut) for cut in cuts])
        self.follow(block)
        return self.take()

    def finish(self) -> Table:
        """Return the contacts that only the end of the recording makes certain."""
        self.end()
        return self.take()

    def follow(self, block: ImuBlock) -> None:
        """Take the next samples; contacts that became certain wait for ``take``.

        They can wait for half of ``KEEP_S``; then what they are worked out from is forgotten.
        """
        if self.frame.update(block):
            self._advance(final=False)

    def end(self) -> None:
        """Make certain what only the end of the recording does."""
        self.frame.finish()
        self._advance(final=True)

    def take(self) -> Table:
        """Return the contacts that wait."""
        if not self._certain:
            return _NONE
        spans, self._certain = self._certain, []
        self._catch_up()
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._moments.of(spans)

    @property
    def waited_s(self) -> float:
        """For how long contacts have been waiting, by the sensor's clock; 0 where none is."""
        return (self.slow.stop - self._since) / self.rate_hz if self._certain else 0.0

    def _advance(self, *, final: bool) -> None:
        pitch, at = self.frame.pitch, self.frame.alignment
        if at is None:
            return
        if self._swings is None:
            self._swings = Swings(self.rate_hz, at.swing_radps, pitch.start)
            for history in (self.slow, self.sharp):
                history.start = history.stop = pitch.start
            self._turning = max(_PLANTED_RADPS, _PLANTED_SHARE * at.swing_radps) ** 2
        stop = pitch.stop if final else pitch.stop - self._lag
        if stop <= self.slow.stop and not final:
            return
        # What the last contacts are worked out from is kept until the next samples come.
        done = self.slow.stop
        if done - self.slow.start > 2 * self._keep:
            self._forget(done - self._keep)
        slow = self.slow.grow(stop - done)
        self._smooth([self._slow_taps], done, stop, slow)
        turns = self._swings.update(slow[0])
        if turns or final or stop - self.sharp.stop > self._ripen:
            self._catch_up()
        spans = self._spans(turns, final=final)
        if spans and not self._certain:
            self._since = spans[0].rise if spans[0].rise >= 0 else stop
        self._certain += spans

    def _forget(self, oldest: int) -> None:
        oldest = min(oldest, self.sharp.stop)
        self.slow.drop(oldest)
        self.sharp.drop(oldest)
        self.frame.pitch.drop(oldest - self._lag)
        self.frame.track.drop(oldest - self._lag)

    def _catch_up(self) -> None:
        """Work out the rest of the samples that are smoothed for swings."""
        done, stop = self.sharp.stop, self.slow.stop
        self.frame.ripen()
        if stop > done:
            self._smooth(self._sharp_taps, done, stop, self.sharp.grow(stop - done))

    def _smooth(self, taps: list[FloatArray], start: int, stop: int, out: FloatArray) -> None:
        """Fill the smoothed pitch rates of samples start to stop."""
        pitch, lag = self.frame.pitch, max(map(len, taps)) // 2
        lo, hi = max(start - lag, pitch.start), min(stop + lag, pitch.stop)
        x = pitch.view(lo, hi)[0]
        if hi - lo < stop - start + 2 * lag:  # at the ends of the recording
            x = np.pad(x, (lo - start + lag, stop + lag - hi), mode="edge")
        for row, kernel in enumerate(taps):
            cut = lag - len(kernel) // 2
            # Symmetric taps, so this is a convolution, with less around it.
            out[row] = np.correlate(x[cut : len(x) - cut], kernel, "valid")

    def _spans(self, turns: list[tuple[int, bool]], *, final: bool) -> list[Span]:
        """Contacts that became certain with these begins (True) and ends of swings."""
        spans: list[Span] = []
        for at, rises in turns:
            self._stand_until(at, spans)
            if not rises:
                top = self._hump + int(self.slow.view(self._hump, at)[0].argmax())
                self._number += 1
                self._open = (top, at)
                continue
            self._hump = at
            if self._open is not None and not self._planted(self._open[1], at):
                self._number -= 1  # the swing before goes on
            else:
                top = -1 if self._open is None else self._open[0]
                spans.append(Span(self._number, top, at, self._rise if top >= 0 else -1))
                self._rise = at
            self._open = None
        self._stand_until(10**18 if final else self.slow.stop, spans)
        return spans

    def _planted(self, end: int, rise: int) -> bool:
        """Whether the foot was on the ground between the end of a swing and the next rise."""
        if rise - end < self._apart:
            return False
        spin = self.frame.track.view(end, rise)[SPIN]
        # Its middle is nearly always enough, and an hour has 5,000 contacts.
        return bool(spin[len(spin) // 2] < self._turning or spin.min() < self._turning)

    def _stand_until(self, at: int, spans: list[Span]) -> None:
        if self._open is not None and at - self._open[1] > self._stand:
            spans.append(Span(self._number, self._open[0], -1, -1))
            self._open = None
