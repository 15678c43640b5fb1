"""The data belong to the athlete: taken away, brought back, erased, backed up, measured again."""

from .archive import Exported, export, exported_file
from .backup import Backup, back_up, bring_back
from .condition import Condition, Finding, look
from .eraser import Eraser
from .erasing import Erased, erase, finish_erasing
from .housekeeping import Tidied, housekeeping, tidy
from .measuring import Measured, reanalyse
from .restoring import Restored, restore

__all__ = [
    "Backup",
    "Condition",
    "Erased",
    "Eraser",
    "Exported",
    "Finding",
    "Measured",
    "Restored",
    "Tidied",
    "back_up",
    "bring_back",
    "erase",
    "export",
    "exported_file",
    "finish_erasing",
    "housekeeping",
    "look",
    "reanalyse",
    "restore",
    "tidy",
]
