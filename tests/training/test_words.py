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
