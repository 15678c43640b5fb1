"""Which analyser reads the steps of a sensor, by where it is worn."""

from .sacrum import SacrumAnalyser
from .shank import ShankAnalyser
from .steps import Mount, StepAnalyser

StepReader = StepAnalyser | ShankAnalyser | SacrumAnalyser


def step_reader(mount: Mount, rate_hz: float) -> StepReader:
    """Return the analyser for a place; a sensor of unknown place is taken for a foot pod."""
    if mount.place == "sacrum":
        return SacrumAnalyser(rate_hz)
    if mount.place == "shank":
        return ShankAnalyser(mount, rate_hz)
    return StepAnalyser(mount, rate_hz)
