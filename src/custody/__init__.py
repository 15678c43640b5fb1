"""The data belong to the athlete: taken away, brought back, erased, backed up, measured again."""

from .archive import Exported, Restored, export, restore
from .backup import Backup, back_up, bring_back
from .erasing import Erased, erase, finish_erasing
from .measuring import Measured, reanalyse

__all__ = [
    "Backup",
    "Erased",
    "Exported",
    "Measured",
    "Restored",
    "back_up",
    "bring_back",
    "erase",
    "export",
    "finish_erasing",
    "reanalyse",
    "restore",
]
