"""Every exercise that the programme's five articles name, and what leads to and from each.

Doses and levels are the articles' where they give them, else a cautious start; each line's
order is id, name, pillar, level, target, mode, dose. Cues are ours.
"""

from collections.abc import Mapping
from types import MappingProxyType

from .exercises import ARTICLES, Article, Dose, Exercise
from .work import Tempo

_SLOW = Tempo(down_s=2, pause_s=1, up_s=2)
_STEADY = Tempo(down_s=2, pause_s=0, up_s=1)
_PAUSED = Tempo(down_s=2, pause_s=1, up_s=1)


def _from(letters: str) -> tuple[Article, ...]:
    """Return articles by first letter: s(tability) i(mpact) n (intrinsics) a(nkle) d(evices)."""
    return tuple(
        article for article, letter in zip(ARTICLES, "sinad", strict=True) if letter in letters
    )


_MOBILITY = (
    Exercise(
        id="ankle_circles", name="Ankle circles", pillar="mobility", level=1, target="ankle_range",
        mode="reps", dose=Dose(sets=2, reps=10), per_side=True, articles=_from("sna"),
        cues=("Draw the largest slow circle you can.", "Both directions; the shin stays still."),
        harder="ankle_alphabet", swaps=("ankle_rolls",), measure="roll_pitch_range",
    ),
    Exercise(
        id="ankle_alphabet", name="Ankle alphabet", pillar="mobility", level=1,
        target="ankle_range", mode="reps", dose=Dose(sets=1, reps=26), per_side=True,
        articles=_from("s"), easier="ankle_circles", swaps=("ankle_circles",),
        cues=("Write A to Z with the big toe, slowly.",),
    ),
    Exercise(
        id="ankle_rolls", name="Ankle rolls", pillar="mobility", level=1, target="ankle_range",
        mode="reps", dose=Dose(sets=1, reps=10), per_side=True, articles=_from("a"),
        swaps=("ankle_circles",), cues=("Loose and easy, at the end of a session.",),
    ),
    Exercise(
        id="assisted_dorsiflexion", name="Assisted dorsiflexion (knee to wall)", pillar="mobility",
        level=1, target="ankle_range", mode="hold", dose=Dose(sets=2, reps=8, hold_s=5),
        per_side=True, articles=_from("a"), contra=("F05",), swaps=("dynamic_calf_stretch",),
        measure="dorsiflexion_deg", cues=("Heel down, knee over the second toe.",),
    ),
    Exercise(
        id="ankle_pumps", name="Free plantarflexion and dorsiflexion", pillar="mobility", level=1,
        target="ankle_range", mode="reps", dose=Dose(sets=2, reps=12), per_side=True,
        articles=_from("sa"), harder="band_plantarflexion", tempo=_STEADY,
        swaps=("ankle_circles",), cues=("All the way down, all the way up.",),
    ),
    Exercise(
        id="calf_stretch", name="Calf stretch", pillar="mobility", level=1, target="soft_tissue",
        mode="hold", dose=Dose(sets=2, reps=1, hold_s=30), per_side=True, articles=_from("sa"),
        contra=("F05",), harder="dynamic_calf_stretch", swaps=("calf_roll",),
        cues=("Gentle pull, no bouncing.",),
    ),
    Exercise(
        id="dynamic_calf_stretch", name="Dynamic calf stretch", pillar="mobility", level=1,
        target="ankle_range", mode="reps", dose=Dose(sets=2, reps=10), per_side=True,
        articles=_from("a"), contra=("F05",), easier="calf_stretch", measure="pitch_range",
        swaps=("assisted_dorsiflexion",), equipment=("step",), cues=("Sink and rise slowly.",),
    ),
    Exercise(
        id="calf_roll", name="Calf and soleus roll", pillar="mobility", level=1,
        target="soft_tissue", mode="time", dose=Dose(sets=1, duration_s=60), per_side=True,
        articles=_from("na"), contra=("F23",), equipment=("roller",), swaps=("calf_stretch",),
        cues=("Slow passes; stay where it is comfortable.",),
    ),
    Exercise(
        id="plantar_roll", name="Sole roll", pillar="mobility", level=1, target="soft_tissue",
        mode="time", dose=Dose(sets=1, duration_s=60), per_side=True, articles=_from("n"),
        contra=("F23",), sites=("heel", "plantar_fascia"), equipment=("ball",),
        swaps=("foot_massage",), cues=("Light weight on the ball.",),
    ),
    Exercise(
        id="foot_massage", name="Foot massage", pillar="mobility", level=1, target="soft_tissue",
        mode="time", dose=Dose(sets=1, duration_s=60), per_side=True, articles=_from("s"),
        swaps=("plantar_roll",), cues=("Thumbs along the arch, easy pressure.",),
    ),
    Exercise(
        id="toe_flexibility", name="Toe and sole stretch", pillar="mobility", level=1,
        target="soft_tissue", mode="hold", dose=Dose(sets=2, reps=1, hold_s=30), per_side=True,
        articles=_from("is"), contra=("F23",), swaps=("foot_massage",),
        cues=("Toes back by hand until a light pull.",),
    ),
)  # fmt: skip

_TOES_AND_ARCH = (
    Exercise(
        id="toe_spread", name="Toe spread", pillar="strength", level=1, target="toe_spreaders",
        mode="hold", dose=Dose(sets=3, reps=10, hold_s=3), per_side=True, articles=_from("sind"),
        harder="resisted_toe_spread", swaps=("toe_abduction",), equipment=(),
        cues=("Fan all toes; the ball stays down.",),
    ),
    Exercise(
        id="toe_abduction", name="Toe abduction and adduction", pillar="strength", level=1,
        target="toe_spreaders", mode="reps", dose=Dose(sets=2, reps=12), per_side=True,
        articles=_from("d"), harder="resisted_toe_spread", swaps=("toe_spread",), tempo=_SLOW,
        cues=("Toes apart, then together; the ankle does nothing.",),
    ),
    Exercise(
        id="arch_lift", name="Arch lift, big toe pressed", pillar="strength", level=1,
        target="arch", mode="hold", dose=Dose(sets=3, reps=10, hold_s=3), per_side=True,
        articles=_from("in"), contra=("F06",), harder="short_foot", swaps=("arch_squeeze",),
        cues=("Press the big toe, lift the arch, other toes loose.",),
    ),
    Exercise(
        id="short_foot", name="Short foot", pillar="strength", level=1, target="arch", mode="hold",
        dose=Dose(sets=3, reps=8, hold_s=5), per_side=True, articles=_from("sn"), contra=("F06",),
        easier="arch_lift", harder="short_foot_grip", swaps=("arch_squeeze",),
        cues=("Ball towards heel; toes stay long.",),
    ),
    Exercise(
        id="short_foot_grip", name="Short-foot grip on towel, band or ball", pillar="strength",
        level=2, target="arch", mode="hold", dose=Dose(sets=3, reps=8, hold_s=5), per_side=True,
        articles=_from("n"), contra=("F06",), needs=("short_foot",), easier="short_foot",
        harder="dome_hold", equipment=("towel",), swaps=("dome_hold",), gate="baseline",
        cues=("Grip with the arch, not with the toe tips.",),
    ),
    Exercise(
        id="arch_squeeze", name="Arch squeeze", pillar="strength", level=1, target="arch",
        mode="hold", dose=Dose(sets=4, reps=1, hold_s=15), per_side=True, articles=_from("d"),
        contra=("F06",), harder="dome_hold", swaps=("short_foot",),
        cues=("Even breath; calf stays soft.",),
    ),
    Exercise(
        id="toe_curls", name="Toe curls", pillar="strength", level=1, target="toe_flexors",
        mode="reps", dose=Dose(sets=3, reps=20), per_side=True, articles=_from("sind"),
        contra=("F05",), harder="towel_scrunch", swaps=("toe_flexion_hold",), tempo=_STEADY,
        cues=("Curl from the ball; no help from the calf.",),
    ),
    Exercise(
        id="toe_flexion_hold", name="Toe flexion hold", pillar="strength", level=1,
        target="toe_flexors", mode="hold", dose=Dose(sets=3, reps=5, hold_s=8), per_side=True,
        articles=_from("d"), contra=("F05",), harder="toe_flexion_pulses", swaps=("toe_curls",),
        cues=("Toes press the floor and stay long.",),
    ),
    Exercise(
        id="toe_flexion_pulses", name="Toe flexion pulses", pillar="strength", level=2,
        target="toe_flexors", mode="pulses", dose=Dose(sets=3, reps=15), per_side=True,
        articles=_from("d"), contra=("F05",), needs=("toe_flexion_hold",), gate="baseline",
        easier="toe_flexion_hold", swaps=("toe_curls",), cues=("Small, slow, even.",),
    ),
    Exercise(
        id="towel_scrunch", name="Towel scrunch", pillar="strength", level=1, target="toe_flexors",
        mode="reps", dose=Dose(sets=3, reps=10), per_side=True, articles=_from("sia"),
        contra=("F05",), needs=("toe_curls",), easier="toe_curls", harder="weighted_scrunch",
        equipment=("towel",), swaps=("marble_pickup",), cues=("Pull the towel in, heel down.",),
    ),
    Exercise(
        id="marble_pickup", name="Marble pick-up", pillar="strength", level=1,
        target="toe_flexors", mode="reps", dose=Dose(sets=2, reps=20), per_side=True,
        articles=_from("sna"), contra=("F05",), equipment=("marbles",), swaps=("towel_scrunch",),
        easier="toe_curls", harder="resisted_toe_flexion",
        cues=("One at a time; put it down, do not drop it.",),
    ),
    Exercise(
        id="resisted_toe_flexion", name="Resisted toe flexion (toe press, band curl)",
        pillar="strength", level=2, target="toe_flexors", mode="reps",
        dose=Dose(sets=3, reps=12, resistance="light"), per_side=True, articles=_from("ind"),
        contra=("F05", "F06"), needs=("toe_curls",), easier="toe_curls", equipment=("band",),
        swaps=("weighted_scrunch",), gate="baseline", tempo=_SLOW,
        cues=("Slow both ways; the ankle does not move.",),
    ),
    Exercise(
        id="resisted_big_toe", name="Resisted big toe", pillar="strength", level=2,
        target="toe_flexors", mode="reps", dose=Dose(sets=3, reps=10, resistance="light"),
        per_side=True, articles=_from("i"), contra=("F05",), needs=("toe_curls",),
        easier="toe_curls", equipment=("band",), swaps=("resisted_toe_flexion",), gate="baseline",
        tempo=_SLOW, cues=("Only the big toe; the rest stays long.",),
    ),
    Exercise(
        id="resisted_toe_spread", name="Resisted toe spread", pillar="strength", level=2,
        target="toe_spreaders", mode="reps", dose=Dose(sets=3, reps=10, resistance="light"),
        per_side=True, articles=_from("id"), contra=("F05",), needs=("toe_spread",),
        easier="toe_spread", equipment=("band", "spreader"), swaps=("toe_abduction",),
        gate="baseline", tempo=_SLOW, cues=("Push out evenly, come back slowly.",),
    ),
    Exercise(
        id="weighted_scrunch", name="Weighted towel scrunch", pillar="strength", level=2,
        target="toe_flexors", mode="reps", dose=Dose(sets=3, reps=10, resistance="light"),
        per_side=True, articles=_from("i"), contra=("F05",), needs=("towel_scrunch",),
        easier="towel_scrunch", equipment=("towel", "weight"), gate="baseline",
        swaps=("resisted_toe_flexion",), cues=("A shoe or book on the far end.",),
    ),
    Exercise(
        id="dome_hold", name="Arch dome or wedge hold", pillar="strength", level=2, target="arch",
        mode="hold", dose=Dose(sets=3, reps=1, hold_s=20), per_side=True, articles=_from("d"),
        contra=("F06",), needs=("arch_squeeze",), easier="arch_squeeze", gate="baseline",
        harder="dome_transitions", equipment=("dome", "wedge"), swaps=("short_foot_grip",),
        cues=("Feel the dome, do not crush it.",),
    ),
    Exercise(
        id="dome_transitions", name="Arch dome compress and release", pillar="strength", level=3,
        target="arch", mode="reps", dose=Dose(sets=3, reps=10), per_side=True, articles=_from("d"),
        contra=("F06",), needs=("dome_hold",), easier="dome_hold", gate="level_3",
        equipment=("dome", "wedge"), swaps=("dome_hold",), tempo=_SLOW,
        cues=("Press, hold, let go in three counts.",),
    ),
    Exercise(
        id="ankle_cuff_arch", name="Arch work with an ankle cuff", pillar="strength", level=3,
        target="arch", mode="hold", dose=Dose(sets=3, reps=6, hold_s=5, resistance="light"),
        per_side=True, articles=_from("i"), contra=("F06",), needs=("short_foot",),
        easier="short_foot", equipment=("cuff",), swaps=("dome_hold",), gate="level_3",
        cues=("Light cuff; lift the foot with the arch kept.",),
    ),
    Exercise(
        id="foot_taps", name="Foot taps", pillar="activation", level=1, target="toe_flexors",
        mode="time", dose=Dose(sets=3, duration_s=30), per_side=True, articles=_from("d"),
        measure="taps", swaps=("toe_taps",), cues=("Quick and even; heel stays down.",),
    ),
    Exercise(
        id="toe_taps", name="Dorsiflexion with toe taps", pillar="activation", level=1,
        target="ankle_up", mode="reps", dose=Dose(sets=2, reps=20), per_side=True,
        articles=_from("an"), measure="taps", swaps=("foot_taps",),
        cues=("Lift the forefoot high, tap softly.",),
    ),
    Exercise(
        id="toe_push_through", name="Toe push-through walk", pillar="activation", level=1,
        target="gait", mode="distance", dose=Dose(sets=2, distance_m=20), articles=_from("i"),
        measure="pushoff", swaps=("heel_to_toe_walk",), cues=("Finish each step over the big toe.",),
    ),
    Exercise(
        id="heel_to_toe_walk", name="Slow heel-to-toe walk", pillar="activation", level=1,
        target="gait", mode="distance", dose=Dose(sets=2, distance_m=20), articles=_from("sn"),
        swaps=("toe_push_through",), cues=("Roll the whole foot, slowly.",),
    ),
)  # fmt: skip

_ANKLE_AND_CALF = (
    Exercise(
        id="band_dorsiflexion", name="Band dorsiflexion", pillar="strength", level=1,
        target="ankle_up", mode="reps", dose=Dose(sets=3, reps=15, resistance="light"),
        per_side=True, articles=_from("sai"), contra=("F05",), equipment=("band",), tempo=_SLOW,
        measure="pitch_range", swaps=("toe_taps",), cues=("Full range, knee still.",),
    ),
    Exercise(
        id="band_plantarflexion", name="Band plantarflexion", pillar="strength", level=1,
        target="calf", mode="reps", dose=Dose(sets=3, reps=15, resistance="light"), per_side=True,
        articles=_from("said"), sites=("achilles",), contra=("F03",), equipment=("band",),
        tempo=_SLOW, measure="pitch_range", easier="ankle_pumps", harder="double_heel_raise",
        swaps=("double_heel_raise",), cues=("Push away, come back slower.",),
    ),
    Exercise(
        id="band_inversion", name="Band inversion", pillar="strength", level=2, target="ankle_in",
        mode="reps", dose=Dose(sets=3, reps=12, resistance="light"), per_side=True,
        articles=_from("sa"), contra=("F05",), needs=("band_plantarflexion",), gate="baseline",
        equipment=("band",), tempo=_SLOW, measure="roll_range", swaps=("band_eversion",),
        cues=("Sole inwards; the knee looks ahead.",),
    ),
    Exercise(
        id="band_eversion", name="Band eversion", pillar="strength", level=2, target="ankle_out",
        mode="reps", dose=Dose(sets=3, reps=12, resistance="light"), per_side=True,
        articles=_from("sa"), contra=("F05",), needs=("band_plantarflexion",), gate="baseline",
        equipment=("band",), tempo=_SLOW, measure="roll_range", swaps=("band_inversion",),
        cues=("Sole outwards; the knee looks ahead.",),
    ),
    Exercise(
        id="standing_calf_curl", name="Standing calf curl", pillar="mobility", level=1,
        target="calf", mode="reps", dose=Dose(sets=2, reps=10), per_side=True, articles=_from("a"),
        contra=("F05",), tempo=_STEADY, swaps=("dynamic_calf_stretch",), harder="double_heel_raise",
        cues=("Easy tempo, hold on to something.",),
    ),
    Exercise(
        id="double_heel_raise", name="Double heel raise, pause at the bottom", pillar="strength",
        level=2, target="calf", mode="reps", dose=Dose(sets=3, reps=12), articles=_from("sai"),
        contra=("F03", "F07"), equipment=("step",), tempo=_PAUSED, measure="reps",
        easier="band_plantarflexion", harder="single_heel_raise", gate="baseline",
        swaps=("bent_knee_heel_raise",), cues=("A second's pause at the bottom; ankles straight.",),
    ),
    Exercise(
        id="bent_knee_heel_raise", name="Bent-knee heel raise", pillar="strength", level=3,
        target="calf", mode="reps", dose=Dose(sets=3, reps=12), articles=_from("a"),
        contra=("F03", "F07"), needs=("double_heel_raise",), easier="double_heel_raise",
        equipment=("step",), tempo=_PAUSED, measure="reps", gate="level_3",
        swaps=("single_heel_raise",), cues=("Knees stay bent the same all the way.",),
    ),
    Exercise(
        id="single_heel_raise", name="Single-leg heel raise", pillar="strength", level=3,
        target="calf", mode="reps", dose=Dose(sets=3, reps=8), per_side=True, articles=_from("a"),
        contra=("F03", "F07"), needs=("double_heel_raise",), easier="double_heel_raise",
        equipment=("step",), tempo=_PAUSED, measure="reps", gate="level_3", harder="hops_in_place",
        swaps=("bent_knee_heel_raise",), cues=("As high at the last as at the first.",),
    ),
    Exercise(
        id="heel_toe_reload", name="Heel-toe reload", pillar="strength", level=3, target="calf",
        mode="reps", dose=Dose(sets=2, reps=8), per_side=True, articles=_from("a"),
        contra=("F05",), needs=("double_heel_raise",), easier="double_heel_raise", gate="level_3",
        tempo=_STEADY, swaps=("diagonal_push",), cues=("From heel to ball and back under control.",),
    ),
    Exercise(
        id="diagonal_push", name="Diagonal push", pillar="strength", level=3, target="calf",
        mode="reps", dose=Dose(sets=2, reps=8), per_side=True, articles=_from("a"),
        contra=("F05",), needs=("double_heel_raise",), easier="double_heel_raise", gate="level_3",
        swaps=("heel_toe_reload",), cues=("Push off to the side; land quietly.",),
    ),
    Exercise(
        id="ramp_step", name="Slow steps on a ramp", pillar="strength", level=2, target="calf",
        mode="reps", dose=Dose(sets=2, reps=10), per_side=True, articles=_from("as"),
        contra=("F05",), equipment=(), swaps=("double_heel_raise",), gate="baseline",
        cues=("Up and down slowly; body upright.",),
    ),
    Exercise(
        id="suitcase_carry", name="Suitcase carry", pillar="strength", level=3, target="balance",
        mode="distance", dose=Dose(sets=3, distance_m=30), per_side=True, articles=_from("a"),
        contra=("F05", "F13"), gate="hold_30", equipment=("weight",), measure="medial_wobble",
        swaps=("dynamic_single_leg",), cues=("Weight in one hand; do not lean.",),
    ),
)  # fmt: skip

_BALANCE = (
    Exercise(
        id="chair_stand", name="Chair-supported single-leg stand", pillar="stability", level=1,
        target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=20), per_side=True,
        articles=_from("i"), contra=("F23",), equipment=("chair",), harder="single_leg_stand",
        measure="hold", swaps=("single_leg_stand",), cues=("One finger on the chair is enough.",),
    ),
    Exercise(
        id="single_leg_stand", name="Single-leg stand, firm floor", pillar="stability", level=1,
        target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=20), per_side=True,
        articles=_from("sinad"), contra=("F13",), easier="chair_stand", harder="foam_stand",
        measure="hold", swaps=("chair_stand",), cues=("Whole foot down, breathe evenly.",),
    ),
    Exercise(
        id="foam_stand", name="Single-leg stand on mat, foam or pad", pillar="stability", level=3,
        target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=20), per_side=True,
        articles=_from("inad"), contra=("F13",), needs=("single_leg_stand",), gate="level_3",
        equipment=("pad",), easier="single_leg_stand", harder="dynamic_single_leg",
        measure="hold", swaps=("eyes_closed_stand", "grass_stand"), cues=("Small corrections.",),
    ),
    Exercise(
        id="grass_stand", name="Single-leg stand on grass", pillar="stability", level=2,
        target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=20), per_side=True,
        articles=_from("nd"), contra=("F13",), needs=("single_leg_stand",), gate="baseline",
        easier="single_leg_stand", harder="foam_stand", measure="hold", swaps=("foam_stand",),
        cues=("Soft, uneven, barefoot if you like.",),
    ),
    Exercise(
        id="board_stand", name="Stand on wobble board or mini trampoline", pillar="stability",
        level=3, target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=20),
        per_side=True, articles=_from("nd"), contra=("F13",), needs=("single_leg_stand",),
        equipment=("wobble_board", "trampoline"), easier="foam_stand", gate="level_3",
        measure="hold", swaps=("foam_stand",), cues=("Near a wall at first.",),
    ),
    Exercise(
        id="eyes_closed_stand", name="Single-leg stand, eyes closed", pillar="stability", level=4,
        target="balance", mode="hold", dose=Dose(sets=3, reps=1, hold_s=15), per_side=True,
        articles=_from("a"), contra=("F13",), needs=("single_leg_stand",), gate="hold_30",
        easier="single_leg_stand", measure="hold", swaps=("foam_stand",),
        cues=("Something to hold within reach.",),
    ),
    Exercise(
        id="dynamic_single_leg", name="Single leg with heel-to-toe shifts or toe taps",
        pillar="stability", level=4, target="balance", mode="reps", dose=Dose(sets=3, reps=8),
        per_side=True, articles=_from("n"), contra=("F13",), needs=("foam_stand",), gate="hold_30",
        easier="foam_stand", harder="perturbed_stand", measure="medial_wobble",
        swaps=("toe_spread_transfer",), cues=("Slow; the arch stays.",),
    ),
    Exercise(
        id="toe_spread_transfer", name="Toe spread in slow weight transfers", pillar="stability",
        level=2, target="balance", mode="reps", dose=Dose(sets=2, reps=10), articles=_from("i"),
        contra=("F13",), needs=("toe_spread",), easier="toe_spread", harder="dynamic_single_leg",
        gate="baseline", measure="medial_wobble", swaps=("heel_to_toe_walk",),
        cues=("Spread, shift, settle; trunk upright.",),
    ),
    Exercise(
        id="perturbed_stand", name="Single leg with gentle pushes", pillar="stability", level=5,
        target="balance", mode="hold", dose=Dose(sets=2, reps=1, hold_s=30), per_side=True,
        articles=_from("n"), contra=("F13",), needs=("dynamic_single_leg",), gate="hold_30",
        easier="dynamic_single_leg", measure="settle", swaps=("planted_elevated",),
        cues=("A partner's fingertip is enough.",),
    ),
    Exercise(
        id="planted_elevated", name="Planted and raised foot in turn", pillar="stability", level=5,
        target="balance", mode="reps", dose=Dose(sets=2, reps=10), per_side=True,
        articles=_from("i"), contra=("F13",), needs=("dynamic_single_leg",), gate="hold_30",
        equipment=("step",), easier="dynamic_single_leg", measure="medial_wobble",
        swaps=("perturbed_stand",), cues=("The arch holds in both positions.",),
    ),
)  # fmt: skip

_IMPACT_AND_RUNNING = (
    Exercise(
        id="quiet_drop_landing", name="Quiet landing from a low step", pillar="plyometric", level=3,
        target="elastic", mode="contacts", dose=Dose(sets=3, contacts=5), gate="plyometric",
        articles=_from("ina"), contra=("F03", "F05", "F07"), equipment=("step",),
        measure="softness", harder="hops_in_place", swaps=("hops_in_place",),
        cues=("Soft knees, whole foot, hardly a sound.",),
    ),
    Exercise(
        id="hops_in_place", name="Hops in place", pillar="plyometric", level=3, target="elastic",
        mode="contacts", dose=Dose(sets=3, contacts=10), gate="plyometric", articles=_from("sna"),
        contra=("F03", "F05", "F07", "F13"), measure="hops", easier="quiet_drop_landing",
        harder="single_leg_hops", swaps=("quiet_drop_landing",),
        cues=("Low and quick; knee over second toe.",),
    ),
    Exercise(
        id="single_leg_hops", name="Single-leg hops", pillar="plyometric", level=4,
        target="elastic", mode="contacts", dose=Dose(sets=3, contacts=6), per_side=True,
        gate="plyometric", articles=_from("in"), contra=("F03", "F05", "F07", "F13"),
        needs=("hops_in_place",), measure="hops", easier="hops_in_place", harder="bounding",
        swaps=("hops_in_place",), cues=("Few and clean.",),
    ),
    Exercise(
        id="bounding", name="Light bounding", pillar="plyometric", level=5, target="elastic",
        mode="contacts", dose=Dose(sets=3, contacts=12), gate="plyometric", articles=_from("s"),
        contra=("F01", "F03", "F05"), needs=("hops_in_place",), measure="contacts",
        easier="hops_in_place", swaps=("short_strides",), cues=("Even ground, soft landings.",),
    ),
    Exercise(
        id="short_strides", name="Short strides and accelerations", pillar="plyometric", level=4,
        target="elastic", mode="time", dose=Dose(sets=4, duration_s=15), gate="plyometric",
        articles=_from("sin"), contra=("F01", "F03", "F05"), needs=("hops_in_place",),
        measure="gct", easier="soft_landing_run", swaps=("bounding",),
        cues=("Controlled contact, quick push, full recovery.",),
    ),
    Exercise(
        id="soft_landing_run", name="Soft-landing running segments", pillar="plyometric", level=2,
        target="gait", mode="time", dose=Dose(sets=4, duration_s=60), articles=_from("ina"),
        contra=("F03", "F05"), measure="softness", harder="short_strides", gate="baseline",
        swaps=("cadence_drill",), cues=("Easy jog, hardly a sound.", "Build up slowly: calves work more."),
    ),
    Exercise(
        id="cadence_drill", name="Shorter, more frequent steps", pillar="activation", level=1,
        target="gait", mode="time", dose=Dose(sets=4, duration_s=30), articles=_from("na"),
        measure="cadence", swaps=("soft_landing_run",), cues=("Quick and light, not faster.",),
    ),
    Exercise(
        id="mid_stance_pause", name="Mid-stance-pause drill", pillar="activation", level=1,
        target="gait", mode="reps", dose=Dose(sets=2, reps=10), articles=_from("i"),
        measure="pause", swaps=("toe_push_through",), cues=("A second on the whole foot each step.",),
    ),
    Exercise(
        id="midfoot_drill", name="Midfoot running drill", pillar="activation", level=2,
        target="gait", mode="time", dose=Dose(sets=4, duration_s=30), articles=_from("sn"),
        measure="strike", swaps=("cadence_drill",), gate="baseline", contra=("F07",),
        cues=("Tall, foot under the hip.",),
    ),
    Exercise(
        id="uphill_repetitions", name="Short uphill repetitions", pillar="plyometric", level=3,
        target="elastic", mode="time", dose=Dose(sets=4, duration_s=20), articles=_from("sna"),
        contra=("F01", "F03", "F05", "F07"), gate="level_3", measure="gct", needs=(),
        swaps=("stair_repetitions",), cues=("Gentle slope, walk down.",),
    ),
    Exercise(
        id="stair_repetitions", name="Stair repetitions", pillar="plyometric", level=3,
        target="elastic", mode="reps", dose=Dose(sets=3, reps=12), articles=_from("n"),
        contra=("F01", "F03", "F05", "F07"), gate="level_3", equipment=("step",),
        swaps=("uphill_repetitions",), cues=("Forefoot on the step, walk down.",),
    ),
    Exercise(
        id="controlled_hop_distance", name="Controlled hop for distance", pillar="plyometric",
        level=4, target="elastic", mode="contacts", dose=Dose(sets=3, contacts=3), per_side=True,
        gate="plyometric", articles=_from("n"), contra=("F03", "F05", "F07", "F13"),
        needs=("hops_in_place",), easier="hops_in_place", measure="hop_distance",
        swaps=("single_leg_hops",), cues=("Only as far as you land still.",),
    ),
    Exercise(
        id="barefoot_walk", name="Barefoot walking on varied surfaces", pillar="activation",
        level=1, target="gait", mode="time", dose=Dose(sets=1, duration_s=180),
        articles=_from("nd"), contra=("F06",), harder="barefoot_drill",
        swaps=("heel_to_toe_walk",), cues=("Indoors or on grass, look where you step.",),
    ),
    Exercise(
        id="barefoot_drill", name="Barefoot running drill", pillar="plyometric", level=3,
        target="gait", mode="time", dose=Dose(sets=3, duration_s=30), articles=_from("snd"),
        contra=("F03", "F06"), gate="barefoot", easier="barefoot_walk", measure="softness",
        needs=("single_leg_stand",), swaps=("barefoot_walk",), cues=("Soft ground, brief, easy.",),
    ),
)  # fmt: skip

#: The whole catalogue by id.
CATALOGUE: Mapping[str, Exercise] = MappingProxyType(
    {
        exercise.id: exercise
        for part in (_MOBILITY, _TOES_AND_ARCH, _ANKLE_AND_CALF, _BALANCE, _IMPACT_AND_RUNNING)
        for exercise in part
    }
)
