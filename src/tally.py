"""How a pod's recordings went, in counts that add up over sessions and name nobody."""

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of pods, and what of it got lost where.

    ``lost`` samples never arrived, ``gaps`` are the holes that makes; ``refused`` packets could
    not be decoded, ``dropped`` ones found no room at the collector, ``unkept`` writes failed here.
    """

    recordings: int = 0
    packets: int = 0
    samples: int = 0
    lost: int = 0
    gaps: int = 0
    refused: int = 0
    dropped: int = 0
    unkept: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        names = self.__dataclass_fields__
        both = zip(names, astuple(self), astuple(other), strict=True)
        return Tally(**{name: mine + theirs for name, mine, theirs in both})


def tally(session: "Session") -> Tally:
    """Return the counts of one recording so far, from when this process took it up."""
    decoder = session.reader.decoder
    return Tally(
        recordings=1,
        packets=session.reader.packets,
        samples=session.foot.samples,
        lost=getattr(decoder, "lost_samples", 0),  # what a family has no way to see is 0
        gaps=getattr(decoder, "gaps", 0),
        refused=session.reader.refused,
        dropped=session.foot.inbox_dropped,
        unkept=session.unkept,
    )
