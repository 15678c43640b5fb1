"""After a run: recordings become rows, and the runs they belong to."""

from ..athletes import athlete_named
from .drills import Filed, file_drill, take_recording
from .exports import Line, import_path
from .folder import watch
from .imports import Imported, import_bytes, import_recording
from .runs import Arrangement, arrange, join_runs, made_true, split_off

__all__ = [
    "Arrangement",
    "Filed",
    "Imported",
    "Line",
    "arrange",
    "athlete_named",
    "file_drill",
    "import_bytes",
    "import_path",
    "import_recording",
    "join_runs",
    "made_true",
    "split_off",
    "take_recording",
    "watch",
]
