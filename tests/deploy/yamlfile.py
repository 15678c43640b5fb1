"""Reading YAML."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def loaded(path: Path) -> Any:
    """Return what the file says, merge keys followed."""
    return YAML(typ="safe").load(path.read_text())
