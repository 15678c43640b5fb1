"""Secrets that stand in files: ``CATFOOT_X_FILE`` names one that holds what ``CATFOOT_X`` would say.

An environment is seen by more eyes than a file: by `docker inspect`, in a unit that anybody may
print, by every program that the server starts.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from .errors import ConfigError

FILE = "_FILE"


def with_files(variables: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the variables with what the files hold that ``..._FILE`` name, by lower-case name."""
    found = {name.lower(): value for name, value in variables.items()}
    for name in [n for n in found if n.startswith("catfoot_") and n.endswith(FILE.lower())]:
        path, bare = found.pop(name), name.removesuffix(FILE.lower())
        if not path:  # as compose files leave it where nothing is set
            continue
        if found.get(bare) is not None:
            raise ConfigError(f"{name.upper()}: {bare.upper()} is set too; set one of them")
        found[bare] = _read(name.upper(), Path(path))
    return found


def secret(name: str) -> str:
    """Return what the variable, or the file that ``<name>_FILE`` names, says; empty for neither."""
    variables = {n: os.environ[n] for n in (name, name + FILE) if n in os.environ}
    return with_files(variables).get(name.lower()) or ""


def _read(name: str, path: Path) -> str:
    """Return a file's text without the line's end that editors add; ConfigError without one."""
    try:
        text = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        why = getattr(fault, "strerror", None) or "it is no text"
        raise ConfigError(f"{name}: {path} cannot be read ({why})") from fault
    if not text:
        raise ConfigError(f"{name}: {path} is empty")
    return text
