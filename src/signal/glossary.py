"""Every measure in words: what it is, its unit, where it comes from, what it needs and cannot do.

The same facts with the formulas in full are in docs/measures.md; a test holds the two, the keys
of ``Summary`` and the columns of STEP together. How good each is stands in accuracy.py.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One measure. ``key`` is empty for a column of STEP that is not summed up over a run.

    ``columns`` are those of STEP it is made of, none for what devices compute by themselves.
    ``digits`` are what a person should read. ``least_hz`` is the lowest rate that gives it, 0
    where no sampling is involved. ``grades`` says what decides its grade.
    """

    name: str
    key: str
    label: str
    unit: str
    digits: int
    what: str
    columns: tuple[str, ...] = ()
    least_hz: float = 0.0
    source: str = ""
    limits: str = ""
    grades: str = ""

    def said(self, value: float | None) -> str:
        """Return a value as people read it, without its unit; a dash where it is not known."""
        # Adding 0 turns -0.0 into 0.0.
        return "-" if value is None else f"{round(value, self.digits) + 0.0:.{self.digits}f}"


_TIME = "A from 190 Hz, B from 95, C from 45; at most B in running, C for a loose pod"
_SPACE = "B from 190 Hz, C below; C for a loose pod"
_IMPACT = "B from 390 Hz, C below; X for a loose pod"
_SHARE = "as the strike angle"
_DEVICE = "B: computed by the device itself"
_FALBRIARD = "Falbriard et al. 2018, Front Physiol 9:610"
_MORIN = "Morin et al. 2005, J Appl Biomech 21:167"

GLOSSARY: tuple[Described, ...] = (
    Described(
        name="cadence", key="cadence_spm", label="Cadence", unit="steps/min", digits=1,
        what="Steps of both feet a minute: 120 / stride time.", columns=("stride_s",),
        least_hz=45, source=_FALBRIARD, grades="A from 190 Hz, B from 95, C below",
    ),
    Described(
        name="gct", key="gct_ms", label="Contact time", unit="ms", digits=0,
        what="From initial to final contact of one foot.", columns=("gct_s", "ic_ns", "fc_ns"),
        least_hz=45, source=_FALBRIARD, grades=_TIME,
        limits="Running: not validated against force plates with a pod on the foot.",
    ),
    Described(
        name="flight", key="flight_ms", label="Flight time", unit="ms", digits=0,
        what="Half a stride less contact; withheld in walking, which has none.",
        columns=("flight_s",), least_hz=95, grades=_TIME, limits="One foot: takes both steps to be alike.",
    ),
    Described(
        name="duty", key="duty_pct", label="Duty factor", unit="%", digits=1,
        what="Contact as a share of the stride; above about 50 is walking.",
        columns=("gct_s", "stride_s"), least_hz=45,
        source="Alexander 1989, Physiol Rev 69:1199", grades=_TIME,
    ),
    Described(
        name="stride", key="stride_m", label="Stride length", unit="m", digits=2,
        what="From foot-flat to the same foot's next one, along the ground.",
        columns=("stride_m",), least_hz=90, source="Foxlin 2005, IEEE CG&A 25:38", grades=_SPACE,
        limits="Faster than 2.3 m/s on synthetic feet only.",
    ),
    Described(
        name="speed", key="speed_mps", label="Speed", unit="m/s", digits=2,
        what="Stride length by stride time.", columns=("speed_mps",), least_hz=90,
        source="Foxlin 2005, IEEE CG&A 25:38", grades=_SPACE,
        limits="Faster than 2.3 m/s on synthetic feet only.",
    ),
    Described(
        name="strike", key="strike_deg", label="Strike angle", unit="deg", digits=1,
        what="Toes up, 10 ms before contact, against the foot lying flat.",
        columns=("strike_rad",), least_hz=90, source="Falbriard et al. 2020, FBIOE 8:65",
        grades=_SPACE, limits="Synthetic feet only.",
    ),
    Described(
        name="rearfoot", key="rearfoot_pct", label="Rearfoot steps", unit="%", digits=0,
        what="Steps with a strike angle of 7.4 degrees or more.", columns=("strike_rad",),
        least_hz=90, source="Mo et al. 2023, cut-offs", grades=_SHARE,
    ),
    Described(
        name="midfoot", key="midfoot_pct", label="Midfoot steps", unit="%", digits=0,
        what="Steps with a strike angle between -0.8 and 7.4 degrees.", columns=("strike_rad",),
        least_hz=90, source="Mo et al. 2023, cut-offs", grades=_SHARE,
    ),
    Described(
        name="forefoot", key="forefoot_pct", label="Forefoot steps", unit="%", digits=0,
        what="Steps with a strike angle below -0.8 degrees.", columns=("strike_rad",),
        least_hz=90, source="Mo et al. 2023, cut-offs", grades=_SHARE,
    ),
    Described(
        name="flat", key="flat_ms", label="Time to foot-flat", unit="ms", digits=0,
        what="From initial contact until the sole is within 3 degrees of lying flat; 0 lands flat.",
        columns=("flat_s",), least_hz=90, grades=_SHARE, limits="Synthetic feet only.",
    ),
    Described(
        name="strike_spread", key="strike_spread_deg", label="Strike angle, step to step",
        unit="deg", digits=1, columns=("strike_rad",), least_hz=90, grades=_SHARE,
        what="Robust standard deviation from step to step; slow change is taken out.",
    ),
    Described(
        name="roll_spread", key="roll_spread_deg", label="Roll at contact, step to step",
        unit="deg", digits=1, columns=("roll_rad",), least_hz=90, grades=_SHARE,
        what="Robust standard deviation from step to step; slow change is taken out.",
        limits="Needs the side.",
    ),
    Described(
        name="eversion", key="eversion_deg", label="Eversion", unit="deg", digits=1,
        what="Largest roll of the shoe towards its inner edge, against quiet standing.",
        columns=("roll_rad", "eversion_rad"), least_hz=90, grades=_SPACE,
        limits="Within one person only; withheld without quiet standing. It is the shoe that turns.",
    ),
    Described(
        name="eversion_rate", key="eversion_rate_degps", label="Eversion, fastest",
        unit="deg/s", digits=0, what="Fastest roll towards the inner edge from contact to flat.",
        columns=("eversion_radps",), least_hz=90, grades=_SPACE,
        source="Mitschke et al. 2017, CMBBE 20:1502",
        limits="Within one person only; withheld without quiet standing.",
    ),
    Described(
        name="ml_excursion", key="ml_excursion_mm", label="Sideways drift in stance", unit="mm",
        digits=0, what="Sideways path of the pod from contact to foot-flat.",
        columns=("ml_excursion_m",), least_hz=90, grades="never better than B",
        limits="Step width cannot be told from a foot.",
    ),
    Described(
        name="pushoff", key="pushoff_degps", label="Push-off", unit="deg/s", digits=0,
        what="Fastest turn of the heel upwards before toe-off.", columns=("pushoff_radps",),
        least_hz=95, grades="never better than C", limits="Experimental.",
    ),
    Described(
        name="heel_off", key="heel_off_ms", label="Heel-off to toe-off", unit="ms", digits=0,
        what="From where the heel has come up by 3 degrees to final contact.",
        columns=("heel_off_s",), least_hz=90, grades="never better than C", limits="Experimental.",
    ),
    Described(
        name="shock", key="shock_g", label="Shock", unit="g", digits=2,
        what="RMS of the acceleration's size less 1 g, from 40 ms before to 70 ms after contact.",
        columns=("shock_mps2",), least_hz=95, grades=_IMPACT,
        limits="Only against oneself: same pod, place and rate. Withheld where half of the "
        "landings hit the end of the range.",
    ),
    Described(
        name="softness", key="softness", label="Softness", unit="of 100", digits=0,
        what="Shock against the own usual at that speed: 0 hard, 50 usual, 100 soft.",
        columns=("shock_mps2",), least_hz=95, grades=_IMPACT,
        limits="A technique measure, never one of risk. It rises as the strike moves forward.",
    ),
    Described(
        name="clipped", key="clipped_pct", label="Clipped landings", unit="%", digits=0,
        what="Landings with a sample at 97 % of the accelerometer's range or more.",
        columns=("clipped",), grades="A: counted",
    ),
    Described(
        name="coverage", key="coverage_pct", label="Recorded", unit="%", digits=0,
        what="Share of the time that lies in complete strides.", columns=("stride_s",),
        grades="A: counted",
    ),
    Described(
        name="uphill", key="uphill_min", label="Uphill", unit="min", digits=1,
        what="Minutes on slopes above 2.5 degrees.", columns=("slope_rad", "stride_s"),
        least_hz=190, grades="always C", limits="Not told above 4 m/s or where landings clip.",
    ),
    Described(
        name="downhill", key="downhill_min", label="Downhill", unit="min", digits=1,
        what="Minutes on slopes below -2.5 degrees.", columns=("slope_rad", "stride_s"),
        least_hz=190, grades="always C", limits="Not told above 4 m/s or where landings clip.",
    ),
    Described(
        name="stiffness", key="stiffness_npm_per_kg", label="Vertical stiffness", unit="N/m/kg",
        digits=0, what="Spring of a leg from contact and flight time, per kilogram of body mass.",
        columns=("gct_s", "flight_s", "slope_rad"), least_hz=95, source=_MORIN,
        grades="never better than C", limits="Level ground only.",
    ),
    Described(
        name="gct_balance", key="gct_left_pct", label="Contact time, left share", unit="%",
        digits=1, what="Left contact time / (left + right).", columns=("gct_s",), least_hz=45,
        grades="as the weaker foot; C below 200 steps of each", limits="Two pods, else nothing.",
    ),
    Described(
        name="gct_at_usual", key="gct_at_usual_ms", label="Contact time at the usual speed",
        unit="ms", digits=0, what="Contact time less what speed explains, by the own slope.",
        columns=("gct_s", "speed_mps"), least_hz=90, grades="as the weaker of both",
        limits="After six runs with one pod.",
    ),
    Described(
        name="gct_drift", key="gct_drift_pct", label="Contact time, drift", unit="%", digits=1,
        what="Last fifth of the run against the first, at the same speed and cadence.",
        columns=("gct_s", "speed_mps", "stride_s", "slope_rad"), least_hz=45, grades=_TIME,
        source="Zandbergen et al. 2023, FSPOR 5:1085513", limits="From 300 steps of a foot.",
    ),
    Described(
        name="duty_drift", key="duty_drift_pct", label="Duty factor, drift", unit="%", digits=1,
        what="Last fifth of the run against the first, at the same speed and cadence.",
        columns=("gct_s", "speed_mps", "stride_s", "slope_rad"), least_hz=45, grades=_TIME,
        source="Zandbergen et al. 2023, FSPOR 5:1085513", limits="From 300 steps of a foot.",
    ),
    Described(
        name="softness_drift", key="softness_drift_points", label="Softness, drift",
        unit="points", digits=1, columns=("shock_mps2", "speed_mps", "stride_s", "slope_rad"),
        what="Last fifth of the run against the first, at the same speed and cadence.",
        least_hz=95, grades=_IMPACT, limits="From 300 steps of a foot.",
    ),
    Described(
        name="eversion_drift", key="eversion_drift_deg", label="Eversion, drift", unit="deg",
        digits=1, what="Last fifth of the run against the first.",
        columns=("roll_rad", "eversion_rad"), least_hz=90, grades=_SPACE,
        limits="From 300 steps of a foot.",
    ),
    Described(
        name="gct_fade", key="gct_fade_pct", label="Contact time, fade", unit="%", digits=1,
        what="Last fifth of the run against the second, at the same speed and cadence.",
        columns=("gct_s", "speed_mps", "stride_s", "slope_rad"), least_hz=45, grades=_TIME,
        limits="From 300 steps of a foot.",
    ),
    Described(
        name="step", key="step_m", label="Step length", unit="m", digits=2, grades=_DEVICE,
        what="As the device says.",
    ),
    Described(
        name="vertical_oscillation", key="vertical_oscillation_mm", label="Vertical oscillation",
        unit="mm", digits=0, grades=_DEVICE, what="As the device says.",
    ),
    Described(
        name="leg_stiffness", key="leg_stiffness_knpm", label="Leg stiffness", unit="kN/m",
        digits=1, grades=_DEVICE, what="As the device says.",
    ),
    Described(
        name="power", key="power_w", label="Power", unit="W", digits=0, grades=_DEVICE,
        what="As the device says; makers differ in what they call power.",
    ),
    Described(
        name="heart_rate", key="heart_rate_bpm", label="Heart rate", unit="beats/min", digits=0,
        grades=_DEVICE, what="As the device says.",
    ),
    Described(
        name="clearance", key="", label="Clearance", unit="m", digits=3,
        what="Highest point of the pod's path over its ends.", columns=("clearance_m",),
        least_hz=90, grades=_SPACE, limits="Of the pod, not of the toes.",
    ),
    Described(
        name="swing", key="", label="Swing time", unit="s", digits=3,
        what="Stride less contact.", columns=("swing_s",), least_hz=45, grades=_TIME,
    ),
    Described(
        name="touchdown", key="", label="Touchdown speed", unit="m/s", digits=2,
        what="Fall of the pod at contact.", columns=("touchdown_mps",), least_hz=90,
        grades=_SPACE, limits="Synthetic feet only.",
    ),
    Described(
        name="arrest", key="", label="Arrest time", unit="s", digits=3,
        what="Time in which the fall goes from 0.9 to 0.1 of the touchdown speed.",
        columns=("arrest_s",), least_hz=190, grades=_IMPACT, limits="Rank within a run only.",
    ),
    Described(
        name="ppa", key="", label="Peak acceleration", unit="m/s2", digits=0,
        what="Largest size of acceleration about contact, at the pod.", columns=("ppa_mps2",),
        least_hz=500, grades=_IMPACT, limits="Depends on the pod's place.",
    ),
    Described(
        name="gait", key="", label="Gait", unit="", digits=0, columns=("gait",), least_hz=45,
        what="Walking or running, from duty factor and stride time.",
        limits="Race walking counts as running.",
    ),
)  # fmt: skip

#: Columns that say how good the others are, and not how the athlete moves.
BOOKKEEPING = frozenset(
    {"bridged", "grade_time", "grade_space", "grade_angle", "grade_impact", "reason"}
)

BY_NAME = {one.name: one for one in GLOSSARY}
