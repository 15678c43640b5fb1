"""After a run: recordings become rows, and the runs they belong to."""

from .exports import Line, import_path
from .folder import watch
from .imports import Imported, athlete_named, import_bytes, import_recording
from .runs import Arrangement, arrange, join_runs, split_off

__all__ = [
    "Arrangement",
    "Imported",
    "Line",
    "arrange",
    "athlete_named",
    "import_bytes",
    "import_path",
    "import_recording",
    "join_runs",
    "split_off",
    "watch",
]
