"""What goes into the image, as far as it can be said without a container engine."""

import re
from fnmatch import fnmatch
from pathlib import Path

from .dockerfile import ROOT, healthcheck, stages

DEPLOY = ROOT / "deploy"


def pins(path: Path) -> set[str]:
    return set(re.findall(r"(?m)^([a-z0-9][a-z0-9._-]*==\S+)", path.read_text()))


def test_what_the_image_runs_is_what_the_tests_ran() -> None:
    image = pins(DEPLOY / "requirements.lock")
    assert image <= pins(ROOT / "requirements-dev.lock")
    names = {pin.partition("==")[0] for pin in image}
    assert {"fastapi", "psycopg", "psycopg-binary", "influxdb-client"} <= names
    assert not {"bumble", "pytest", "matplotlib"} & names


def test_the_lock_of_the_image_pins_every_package_by_hash_and_names_no_registry() -> None:
    text = (DEPLOY / "requirements.lock").read_text()
    parts = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert len(parts) > 40
    assert all("==" in part and "--hash=sha256:" in part for part in parts)
    assert not re.search(r"https?://|--index-url", text)


def test_no_source_reaches_the_last_stage_and_nobody_is_root_in_it() -> None:
    *_, last = stages()
    copied = [words[1:] for words in last if words[0] in ("COPY", "ADD")]
    assert copied == [["--from=build", "/opt/catfoot", "/opt/catfoot"]]
    (user,) = (words[1] for words in last if words[0] == "USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert healthcheck()[0] == "python"
    assert last[-1] == ["CMD", "[catfoot,", "serve]"]


def test_the_context_holds_what_the_build_copies_and_not_the_rest() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] != "#"]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    build = stages()[0]
    sources = {word for words in build if words[0] == "COPY" for word in words[1:-1]}
    assert sources == let_in
    assert all((ROOT / source).exists() for source in sources)
    assert not any(fnmatch(name, rule) for name in ("tests", ".git", "docs") for rule in let_in)


def test_the_image_runs_the_steps_that_were_tried_in_a_clean_root() -> None:
    build = stages()[0]
    ran = [words[1:] for words in build if words[0] == "RUN"]
    assert ran == [["deploy/install.sh", step, "/opt/catfoot"] for step in ("locked", "catfoot")]
    assert (DEPLOY / "install.sh").stat().st_mode & 0o111
