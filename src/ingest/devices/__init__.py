"""One module a device family: what its bytes mean, and how to ask for them. No sockets."""

import re
from collections.abc import Iterable

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

# An advertisement has 31 bytes, and a UUID of 128 bits takes 18 of them: these devices say who they
# are by a name, a short UUID of their maker or its company number, and offer their service once
# connected (the makers' documents; Movesense also as movesense-commander's users saw it).
_BY_SERVICE = {sig(0xFDF3): movesense.PROFILE}
_BY_COMPANY = {0x0886: dot.PROFILE}
_BY_NAME = (
    (re.compile(r"Movesense \d+"), movesense.PROFILE),
    (re.compile(r"(Movella|Xsens) DOT"), dot.PROFILE),
    (re.compile(r"IMU_[0-9A-Za-z]{6}$"), capture2go.PROFILE),
    (re.compile(r"B?WT901"), witmotion.PROFILE),
    (re.compile(r"Polar (Verity )?Sense|Polar H10"), polar.PROFILE),
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


def heard_as(
    services: Iterable[str], name: str | None = None, companies: Iterable[int] = ()
) -> tuple[Profile, ...]:
    """Return the families that an advertisement tells of, best first."""
    offered = [uuid.lower() for uuid in services]
    told = [_BY_SERVICE[uuid] for uuid in offered if uuid in _BY_SERVICE]
    told += [_BY_COMPANY[company] for company in companies if company in _BY_COMPANY]
    told += [family for pattern, family in _BY_NAME if pattern.match(name or "")]
    listed = profiles_of(offered)
    return tuple(p for p in PROFILES if p in listed or p in told)
