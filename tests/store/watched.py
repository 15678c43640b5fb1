"""Servers of the tests end with the tests, also with tests that were killed."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ending_with_us(*command: str, user: int | None = None) -> Iterator[None]:
    """Run the command when the block ends, or when this process is gone, however it went.

    A shell waits at the end of a pipe that only we hold open.
    """
    watcher = subprocess.Popen(
        ["sh", "-c", 'cat >/dev/null; exec "$@"', "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        user=user,
        cwd="/",
        start_new_session=True,  # Ctrl-C is for the tests; this must still do its work
    )
    try:
        yield
    finally:
        watcher.communicate()
