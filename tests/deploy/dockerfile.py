"""Reading deploy/Dockerfile."""

import json
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATH = ROOT / "deploy" / "Dockerfile"


def stages() -> list[list[list[str]]]:
    """Return the stages, each a list of instructions, each a list of words."""
    found: list[list[list[str]]] = []
    for line in _lines():
        words = shlex.split(line, comments=True)
        if words and words[0] == "FROM":
            found.append([])
        if words:
            found[-1].append(words)
    return found


def healthcheck() -> list[str]:
    """Return the command that says whether the container is well."""
    (line,) = (line for line in _lines() if line.startswith("HEALTHCHECK"))
    command: list[str] = json.loads(line.partition(" CMD ")[2])
    return command


def environment() -> dict[str, str]:
    """Return what the last stage sets, with this Python's own PATH behind its."""
    (words,) = (words[1:] for words in stages()[-1] if words[0] == "ENV")
    found = dict(word.split("=", 1) for word in words)
    return found | {"PATH": found["PATH"].replace("$PATH", "/usr/bin:/bin")}


def _lines() -> list[str]:
    return PATH.read_text().replace("\\\n", " ").splitlines()
