"""Thresholds as settings: others than usual are read strictly, and every flag names them."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from catfoot.training import flags
from catfoot.training.answers import shown_flag, vanished_since
from catfoot.training.thresholds import DEFAULT, Thresholds, said, thresholds_with

from .make import DAY, history, run

BEFORE = (run(3, 10.0), run(6, 8.0), run(9, 6.0))
LONGER = history(*BEFORE, run(0, 11.5))


def test_a_threshold_set_otherwise_changes_what_is_flagged_and_is_named() -> None:
    assert [flag.rule for flag in flags.flags_on(DAY, LONGER)] == ["F01"]
    calm = replace(LONGER, thresholds=thresholds_with({"spike_notice_ratio": 1.2}))
    assert flags.flags_on(DAY, calm) == ()
    strict = replace(LONGER, thresholds=thresholds_with({"spike_caution_ratio": 1.12}))
    (flag,) = flags.flags_on(DAY, strict)
    assert (flag.severity, flag.settings) == ("caution", "spike_caution_ratio 1.12")
    assert flags.flags_on(DAY, LONGER)[0].settings == ""


def test_a_flag_that_went_with_its_threshold_is_explained_by_the_rule() -> None:
    (flag,) = flags.flags_on(DAY, LONGER)
    calm = replace(LONGER, thresholds=thresholds_with({"spike_notice_ratio": 1.2}))
    (told,) = vanished_since([shown_flag(flag, "a")], calm, DAY)
    assert "because the rule has changed" in told
    strict = replace(LONGER, thresholds=thresholds_with({"spike_caution_ratio": 1.12}))
    (flag,) = flags.flags_on(DAY, strict)
    back = history(*BEFORE, run(0, 10.5))
    (told,) = vanished_since([shown_flag(flag, "a")], back, DAY)
    assert "because the rule has changed" in told
    assert "spike_caution_ratio" not in told


def test_every_threshold_can_be_set_to_what_it_is() -> None:
    usual = {f.name: getattr(DEFAULT, f.name) for f in fields(Thresholds) if f.name != "version"}
    assert thresholds_with(usual) == DEFAULT
    assert thresholds_with({name: str(value) for name, value in usual.items()}) == DEFAULT
    assert said(DEFAULT) == ""


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"spike_notice": 1.2}, "spike_notice: there is no such threshold; did you mean"),
        ({"version": 9}, "version: there is no such threshold"),
        ({"pain_notice": "much"}, "pain_notice: expected 0.8 to 20, got much"),
        ({"pain_notice": True}, "pain_notice: expected 0.8 to 20, got True"),
        ({"pain_notice": float("nan")}, "pain_notice: expected 0.8 to 20, got nan"),
        ({"pain_notice": 6}, "pain_notice: expected 5 (pain_caution) at most, got 6"),
        ({"spike_window_days": 30.5}, "spike_window_days: expected a whole number, got 30.5"),
        ({"spike_notice_ratio": 0.9}, "spike_notice_ratio: expected 1 to 5.5, got 0.9"),
        ({"fade_share": 1.2}, "fade_share: expected 0.19 to 1, got 1.2"),
        ({"monotony_on": "perhaps"}, "monotony_on: expected true or false, got perhaps"),
    ],
)
def test_what_no_rule_can_go_by_is_refused_in_one_sentence(
    values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence.partition(":")[0]) as fault:
        thresholds_with(values)
    assert str(fault.value).startswith(sentence)
    assert "\n" not in str(fault.value)


def test_rules_take_their_numbers_from_the_history_alone() -> None:
    """A rule that reached for the usual thresholds would not see those that were set."""
    folder = Path(flags.__file__).parent
    for name in ("caps", "tissues", "programme", "letter", "suggestions", "flags", "whatif"):
        assert "DEFAULT" not in (folder / f"{name}.py").read_text()
