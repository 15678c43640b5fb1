"""`make audit` passes only where everything was looked up and nothing was found."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("answers", "said"), [("true", ""), ("false", "one.lock two.lock")])
def test_the_audit_fails_in_words_on_every_lock_that_did_not_pass(answers: str, said: str) -> None:
    # -o: the environment is there or not, the audit itself is what is asked.
    command = ["make", "-o", ".venv/dev", "audit", f"AUDIT={answers}", "LOCKS=one.lock two.lock"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is (said == "")
    assert f"audit: {said}:" in done.stderr if said else done.stderr == ""


def test_the_audit_is_strict_about_both_locks() -> None:
    text = (ROOT / "Makefile").read_text()
    assert "pip-audit --strict --disable-pip --require-hashes" in text
    assert "LOCKS ?= requirements.lock requirements-dev.lock" in text
