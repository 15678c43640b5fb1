"""What every test may ask for."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings, which stays outside the project."""
    shared = Path(os.environ.get("CATFOOT_SHARED", ROOT.parent / "shared")) / "data"
    if not shared.is_dir():
        pytest.skip(f"needs the real recordings in {shared}, which are not part of the project")
    return shared


def needed(thing: str, present: bool) -> None:
    """Skip with a reason where ``thing`` is missing; under CI=true that is a failure."""
    if present:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{thing} is missing, and CI must have it")
    pytest.skip(f"{thing} is not on this machine")
