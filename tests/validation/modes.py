"""The groups of figures about sensors off the foot, about balance, hops, landings and drills."""

from . import waist

GROUPS = {
    "Waist and shin": (waist.contact, waist.elsewhere),
}
