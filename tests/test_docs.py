"""The documents say what is true: commands exist, links lead somewhere, words are allowed."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from catfoot import cli
from catfoot.training.words import INTENDED_USE, forbidden_in

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *ROOT.glob("docs/**/*.md"),
]
#: What a person meets; documents about the science may name what is not claimed.
FOR_PEOPLE = [README, (ROOT / "CHANGELOG.md").read_text()]


def commands() -> list[list[str]]:
    """Every catfoot command of the README, split as a shell would."""
    lines = re.findall(r"(?m)^    (?:[A-Z_]+=\S+ )?(catfoot .*)$", README)
    return [shlex.split(line, comments=True) for line in lines]


def test_the_two_commands_stand_at_the_top() -> None:
    shown = re.findall(r"(?m)^    (\S.*)$", README)
    assert [line.split("#")[0].strip() for line in shown[:2]] == ["make demo", "make test"]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_of_the_readme_is_understood(words: list[str]) -> None:
    group = typer.main.get_group(cli.app)
    context = typer.Context(group)
    name, command, rest = group.resolve_command(context, words[1:])
    assert command is not None
    command.make_context(name, rest, parent=context).close()


def test_every_command_is_in_the_readme() -> None:
    told = {words[1] for words in commands()} | {"demo"}
    group = typer.main.get_group(cli.app)
    offered = set(group.list_commands(typer.Context(group)))
    assert offered <= told


@pytest.mark.parametrize("path", DOCS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_what_people_read_makes_no_claim() -> None:
    for text in FOR_PEOPLE:
        assert forbidden_in(text) == ()


def test_the_intended_use_is_quoted_whole() -> None:
    quoted = " ".join(line[2:] for line in README.splitlines() if line.startswith("> "))
    assert quoted == INTENDED_USE
