"""The groups of figures about feet in motion."""

from . import lengths, levers, shocks, timing

GROUPS = {
    "Cadence": (timing.cadence, timing.doubling),
    "Walking": (timing.walking,),
    "Contact in running": (timing.running,),
    "Stride length, clearance, angles": (lengths.space, levers.points),
    "By rate": (timing.rates,),
    "Latency": (timing.latency,),
    "Softness": (shocks.softness,),
}
