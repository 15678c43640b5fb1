import re
from itertools import pairwise
from pathlib import Path

import pytest

from catfoot.training import words
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.exercises import ARTICLES, Article

#: What each article calls its exercises, and the exercise of the catalogue that it is.
NAMED: dict[Article, tuple[tuple[str, str], ...]] = {
    "stability": (
        ("heel raises", "double_heel_raise"), ("toe curls", "toe_curls"),
        ("short balance holds on a single leg", "single_leg_stand"),
        ("resisted plantarflexion", "band_plantarflexion"), ("dorsiflexion", "band_dorsiflexion"),
        ("toe spreading", "toe_spread"), ("short-foot", "short_foot"),
        ("towel scrunches", "towel_scrunch"), ("marbles", "marble_pickup"),
        ("hops in place", "hops_in_place"), ("light bounding", "bounding"),
        ("short-distance accelerations", "short_strides"), ("ankle circles", "ankle_circles"),
        ("ankle alphabet", "ankle_alphabet"), ("inversion", "band_inversion"),
        ("eversion", "band_eversion"), ("midfoot strike", "midfoot_drill"),
        ("light incline", "ramp_step"), ("uphill segments", "uphill_repetitions"),
        ("heel-to-toe sequence", "heel_to_toe_walk"), ("barefoot drills", "barefoot_drill"),
        ("foot massages", "foot_massage"), ("calf stretches", "calf_stretch"),
        ("ankle mobility work", "ankle_pumps"), ("gentle foot and calf stretches", "toe_flexibility"),
    ),
    "impact": (
        ("toe curls", "toe_curls"), ("towel scrunches", "towel_scrunch"),
        ("arch lifts", "arch_lift"), ("a chair for support", "chair_stand"),
        ("single-leg stands", "single_leg_stand"), ("cushioned mat", "foam_stand"),
        ("unstable surface", "foam_stand"), ("toe spreads", "toe_spread"),
        ("resisted big toe", "resisted_big_toe"), ("resistance-band curls", "resisted_toe_flexion"),
        ("pause at mid-stance", "mid_stance_pause"), ("quiet landings", "quiet_drop_landing"),
        ("toe push-throughs", "toe_push_through"), ("ankle dorsiflexion", "band_dorsiflexion"),
        ("plantarflexion", "band_plantarflexion"), ("resisted toe flexion", "resisted_toe_flexion"),
        ("scrunches with incremental resistance", "weighted_scrunch"),
        ("gastroc-soleus loading", "double_heel_raise"), ("mini-run segments", "soft_landing_run"),
        ("dynamic toe spreads", "toe_spread_transfer"), ("bands around the toes", "resisted_toe_spread"),
        ("ankle cuff", "ankle_cuff_arch"), ("unilateral hopping", "single_leg_hops"),
        ("short strides", "short_strides"), ("planted and elevated foot", "planted_elevated"),
        ("flexibility for toes and the plantar fascia", "toe_flexibility"),
    ),
    "intrinsics": (
        ("barefoot time on varied surfaces", "barefoot_walk"), ("ankle circles", "ankle_circles"),
        ("toe spreads", "toe_spread"), ("resisted toe presses", "resisted_toe_flexion"),
        ("short-foot grips", "short_foot_grip"), ("arch lifts", "arch_lift"),
        ("toe curls", "toe_curls"), ("marble pickups", "marble_pickup"),
        ("controlled hops", "hops_in_place"), ("single-leg stands on a firm", "single_leg_stand"),
        ("foam pads", "foam_stand"), ("wobble boards", "board_stand"),
        ("slow heel-to-toe", "dynamic_single_leg"), ("toe taps", "toe_taps"),
        ("barefoot drills", "barefoot_drill"), ("uphill", "uphill_repetitions"),
        ("stair repetitions", "stair_repetitions"), ("midfoot strike", "midfoot_drill"),
        ("soft grass", "grass_stand"), ("soft landings during light jogs", "soft_landing_run"),
        ("shorter, frequent strides", "cadence_drill"), ("short strides", "short_strides"),
        ("rolling of the plantar fascia", "plantar_roll"), ("calves", "calf_roll"),
        ("gentle perturbations", "perturbed_stand"), ("light hops", "single_leg_hops"),
        ("controlled hopping distance", "controlled_hop_distance"),
        ("short-foot", "short_foot"), ("heel-to-toe movements", "heel_to_toe_walk"),
        ("quiet landings", "quiet_drop_landing"),
    ),
    "ankle": (
        ("ankle circles", "ankle_circles"), ("assisted dorsiflexion", "assisted_dorsiflexion"),
        ("calf and soleus rolling", "calf_roll"), ("towel scrunches", "towel_scrunch"),
        ("marble pickups", "marble_pickup"), ("resisted ankle dorsiflexion", "band_dorsiflexion"),
        ("plantarflexion with controlled tempo", "band_plantarflexion"),
        ("resisted ankle inversion", "band_inversion"), ("eversion", "band_eversion"),
        ("balance challenges on a firm surface", "single_leg_stand"),
        ("eyes closed", "eyes_closed_stand"), ("unstable pad", "foam_stand"),
        ("diagonal pushes", "diagonal_push"), ("heel raises with knee flexion", "bent_knee_heel_raise"),
        ("heel-toe reload", "heel_toe_reload"), ("on a ramp", "ramp_step"),
        ("dynamic calf stretches", "dynamic_calf_stretch"),
        ("gastrocnemius curls", "standing_calf_curl"),
        ("controlled ankle plantarflexion and dorsiflexion", "ankle_pumps"),
        ("toe taps", "toe_taps"), ("ankle rolls", "ankle_rolls"),
        ("light calf stretches", "calf_stretch"), ("heel raises on both feet", "double_heel_raise"),
        ("single-leg variants", "single_heel_raise"), ("suitcase carry", "suitcase_carry"),
        ("light cadence drills", "cadence_drill"), ("hills", "uphill_repetitions"),
        ("controlled hops", "hops_in_place"), ("soft landings", "quiet_drop_landing"),
        ("soft landings and quick ground contact", "soft_landing_run"),
    ),
    "devices": (
        ("plantar flexion", "band_plantarflexion"), ("toe curls", "toe_curls"),
        ("toe curls with bands", "resisted_toe_flexion"), ("toe spreader", "toe_spread"),
        ("dome", "dome_hold"), ("wedges", "dome_hold"), ("balance pad", "foam_stand"),
        ("mini trampoline", "board_stand"), ("arch squeezes", "arch_squeeze"),
        ("foot taps", "foot_taps"), ("toe flexion holds", "toe_flexion_hold"),
        ("slow pulses", "toe_flexion_pulses"), ("isometric holds at the arch", "arch_squeeze"),
        ("toe spreads against resistance", "resisted_toe_spread"), ("grass", "grass_stand"),
        ("adduction, and abduction", "toe_abduction"),
        ("compression and release", "dome_transitions"),
        ("barefoot-friendly intervals", "barefoot_drill"), ("barefoot", "barefoot_walk"),
        ("single-leg drills", "single_leg_stand"),
    ),
}  # fmt: skip
FILES: dict[Article, str] = dict(zip(ARTICLES, ("000", "001", "002", "003", "004"), strict=True))
PAIRS: list[tuple[Article, str, str]] = [
    (article, name, id_) for article, list_ in NAMED.items() for name, id_ in list_
]


@pytest.mark.row("C01")
@pytest.mark.parametrize(("article", "name", "exercise"), PAIRS)
def test_every_exercise_an_article_names_is_in_the_catalogue(
    article: Article, name: str, exercise: str
) -> None:
    assert exercise in CATALOGUE, name
    assert article in CATALOGUE[exercise].articles


def test_every_article_an_exercise_claims_names_it() -> None:
    claimed = {(a, e.id) for e in CATALOGUE.values() for a in e.articles}
    assert claimed - {(article, id_) for article, _, id_ in PAIRS} == set()


@pytest.fixture(scope="module")
def articles(shared_data: Path) -> dict[Article, str]:
    folder = shared_data.parent / "seeds"
    if not folder.is_dir():
        pytest.skip("the articles are not part of the project")
    found: dict[Article, str] = {
        a: next(folder.glob(f"{n}_*.txt")).read_text("utf-8") for a, n in FILES.items()
    }
    return {a: re.sub(r"\s+", " ", text).lower() for a, text in found.items()}


def test_the_names_are_the_articles_own(articles: dict[Article, str]) -> None:
    assert [p for p in PAIRS if p[1].lower() not in articles[p[0]]] == []


def test_no_cue_is_a_sentence_of_an_article(articles: dict[Article, str]) -> None:
    cues = [cue.lower().rstrip(".") for e in CATALOGUE.values() for cue in e.cues]
    assert [cue for cue in cues if any(cue in text for text in articles.values())] == []


def test_there_are_enough_and_every_line_is_whole() -> None:
    assert len(CATALOGUE) >= 36
    for exercise in CATALOGUE.values():
        assert exercise.cues
        assert exercise.articles
        assert 1 <= exercise.level <= 5
        dose = exercise.dose
        given = {
            "reps": dose.reps, "hold": dose.hold_s, "pulses": dose.reps, "time": dose.duration_s,
            "contacts": dose.contacts, "distance": dose.distance_m,
        }  # fmt: skip
        assert given[exercise.mode] is not None, exercise.id
        assert dose.said().startswith(f"{dose.sets} x ")
        assert dose.seconds > 0
        assert all(re.fullmatch(r"F\d\d", rule) for rule in exercise.contra)


def test_every_way_leads_to_an_exercise_there_is() -> None:
    for e in CATALOGUE.values():
        ways = [*e.needs, *e.swaps, *(way for way in (e.easier, e.harder) if way)]
        assert set(ways) <= set(CATALOGUE), e.id
        assert e.id not in ways
        assert e.swaps, e.id


def test_harder_is_never_a_lower_level_and_easier_never_a_higher() -> None:
    for e in CATALOGUE.values():
        if e.harder:
            assert CATALOGUE[e.harder].level >= e.level, e.id
        if e.easier:
            assert CATALOGUE[e.easier].level <= e.level, e.id
        assert all(CATALOGUE[need].level <= e.level for need in e.needs), e.id


def test_going_easier_ends() -> None:
    for e in CATALOGUE.values():
        path = [e.id]
        while (easier := CATALOGUE[path[-1]].easier) is not None:
            assert easier not in path
            path.append(easier)
        assert all(CATALOGUE[a].level >= CATALOGUE[b].level for a, b in pairwise(path))


def test_levels_above_one_have_a_gate_and_hops_the_strictest() -> None:
    for e in CATALOGUE.values():
        if e.level >= 2:
            assert e.gate != "none", e.id
        if e.mode == "contacts":
            assert e.gate == "plyometric", e.id


@pytest.mark.row("G05")
def test_no_exercise_uses_a_forbidden_word() -> None:
    texts = [text for e in CATALOGUE.values() for text in (e.name, *e.cues)]
    assert {word for text in texts for word in words.forbidden_in(text)} == set()
