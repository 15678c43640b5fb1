"""The groups of figures about sensors off the foot, about balance, hops, landings and drills."""

from . import moves, swaying, waist

GROUPS = {
    "Waist and shin": (waist.contact, waist.elsewhere),
    "Balance": (swaying.sway, moves.holds, moves.wobbles),
    "Hops and landings": (moves.hops, moves.drops),
    "Drills": (moves.moves,),
}
