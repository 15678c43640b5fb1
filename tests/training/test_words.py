import ast
from pathlib import Path

import pytest

from catfoot.training import words


@pytest.mark.parametrize(
    "text",
    [
        "Your injury risk score is 3.", "It prevents injury.", "This prevents injuries",
        "a Diagnosis", "diagnosed", "We treat it", "treatment", "It will heal", "healing",
        "a cure", "cures", "You are safe to run.", "safe\nto run", "cleared for racing",
        "medical-grade", "Medical Grade", "bone load", "loading rate", "patient", "be patients",
        "normal gait", "abnormal gait", "High risk!", "at risk",
    ],
)  # fmt: skip
@pytest.mark.row("G05")
def test_forbidden_words_are_found(text: str) -> None:
    assert words.forbidden_in(text)


@pytest.mark.parametrize(
    "text",
    ["Verletzungsrisiko", "verhindert Verletzungen", "Diagnose", "heilen", "geheilt",
     "behandeln", "Behandlung", "Patientin", "unbedenklich"],
)  # fmt: skip
def test_german_has_its_own_list(text: str) -> None:
    assert words.forbidden_in(f"Wort: {text}.", "de")


@pytest.mark.parametrize(
    "text",
    [
        "Your health and that of others", "a secure hold", "retreat", "a heel raise",
        "the wheat field", "Procure shoes", "nuclear", "dear", "/health", "an obscured view",
        words.INTENDED_USE, words.FOOTER, words.SEE_SOMEONE,
    ],
)  # fmt: skip
def test_whole_words_only_and_the_fixed_texts_stand(text: str) -> None:
    assert words.forbidden_in(text) == ()


def test_a_fixed_text_does_not_excuse_what_stands_beside_it() -> None:
    assert words.forbidden_in(f"{words.SEE_SOMEONE} It will heal.") == ("heal",)


def test_a_language_without_a_list_cannot_be_used() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        words.forbidden_in("Bonjour", "fr")


SRC = Path(words.__file__).parents[1]
#: Where sentences for people are made; the decoders name other makers' fields.
TOLD = sorted(
    path
    for part in ("training", "cli", "api", "post", "review.py", "demo.py", "errors.py")
    for path in ([SRC / part] if part.endswith(".py") else (SRC / part).rglob("*.py"))
    if path.name != "words.py"
)


def said(path: Path) -> list[str]:
    """Every text of a module that is no docstring."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


@pytest.mark.row("G05")
def test_no_text_that_the_program_can_say_uses_a_forbidden_word() -> None:
    texts = {path: said(path) for path in TOLD}
    assert sum(len(found) for found in texts.values()) > 3000
    wrong = {
        (path.name, text) for path, found in texts.items() for text in found
        if words.forbidden_in(text)
    }  # fmt: skip
    assert wrong == set()


def test_pages_and_their_scripts_use_no_forbidden_word() -> None:
    pages = [p for p in (SRC / "api" / "web").rglob("*") if p.suffix in (".html", ".js")]
    assert len(pages) > 10
    # A comment of a script is nobody's reading, and says nothing else either.
    assert {p.name: found for p in pages if (found := words.forbidden_in(p.read_text()))} == {}
