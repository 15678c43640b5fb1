"""The families whose devices store runs, by the name of their profile."""

from ..source import Profile
from . import capture2goruns, dotruns, movesenselog, openpodruns
from .stored import Memory

MEMORIES: tuple[Memory, ...] = (
    openpodruns.MEMORY,
    capture2goruns.MEMORY,
    movesenselog.MEMORY,
    dotruns.MEMORY,
)


def memory_of(profiles: tuple[Profile, ...]) -> Memory | None:
    """Return how a device of these profiles tells its stored runs; None where it has none."""
    names = {profile.name for profile in profiles}
    return next((memory for memory in MEMORIES if memory.profile in names), None)
