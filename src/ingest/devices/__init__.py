"""One module a device family: what its bytes mean, and how to ask for them. No sockets."""

from ..source import Profile, sig
from . import capture2go, dot, heartrate, movesense, openpod, polar, rsc, stryd, witmotion

#: Families in the order in which they are preferred where a device speaks several.
PROFILES: tuple[Profile, ...] = (
    openpod.PROFILE,
    capture2go.PROFILE,
    movesense.PROFILE,
    dot.PROFILE,
    witmotion.PROFILE,
    rsc.PROFILE,
    heartrate.PROFILE,
    polar.PROFILE,
)

#: Families that are only read where somebody asks for them, instead of those above.
OPTIONAL: tuple[Profile, ...] = (stryd.PROFILE,)

#: Families that are worn on a foot; the others are only read where somebody names them.
ON_FOOT = (
    openpod.PROFILE,
    capture2go.PROFILE,
    movesense.PROFILE,
    dot.PROFILE,
    witmotion.PROFILE,
    rsc.PROFILE,
)

BATTERY_SERVICE, BATTERY_LEVEL = sig(0x180F), sig(0x2A19)
INFORMATION_SERVICE, MODEL, FIRMWARE = sig(0x180A), sig(0x2A24), sig(0x2A26)


def profile(name: str) -> Profile:
    """Return the family of that name; ValueError where there is none."""
    for known in (*PROFILES, *OPTIONAL):
        if known.name == name:
            return known
    raise ValueError(f"no device family is called {name!r}")


def profiles_of(services: object) -> tuple[Profile, ...]:
    """Return the known families among service UUIDs, best first."""
    offered = {str(uuid).lower() for uuid in services} if isinstance(services, list) else set()
    return tuple(p for p in PROFILES if p.service in offered)
