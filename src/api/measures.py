"""What every number means and how good it is: nobody's data, the same for everybody."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from ..signal.accuracy import ACCURACY, Accuracy, Family, Moving, how_good
from ..signal.glossary import GLOSSARY
from ..signal.measures import SUMMARY_VERSION
from ..signal.tables import Place
from ..training.plain import as_json

router = APIRouter(prefix="/measures", tags=["measures"])


@router.get("")
def list_measures(
    family: Annotated[Family, Query(description="A sensor's raw samples, or a device.")] = "pod",
    gait: Annotated[Moving, Query(description="Running or walking.")] = "any",
    rate_hz: Annotated[float | None, Query(gt=0, le=10_000)] = None,
    place: Annotated[Place, Query(description="Where the sensor sits.")] = "unknown",
) -> JSONResponse:
    """Return every measure in words, with how good it is for such a sensor.

    ``accuracy`` says +- ``within`` against which reference, from how many steps; without
    ``within`` it was not validated, and ``why`` says why. Without a rate: all that is known.
    """
    items = [as_json(one) | {"accuracy": _known(one.name, family, gait, rate_hz, place)}
             for one in GLOSSARY]  # fmt: skip
    answer = {"version": SUMMARY_VERSION, "items": items}
    return JSONResponse(answer, headers={"Cache-Control": "max-age=3600"})


def _known(
    measure: str, family: Family, gait: Moving, rate_hz: float | None, place: Place
) -> list[dict[str, Any]]:
    everything = family == "pod" and place == "unknown" and rate_hz is None
    found = (
        [a for a in ACCURACY if a.measure == measure and (gait == "any" or a.gait in ("any", gait))]
        if everything
        else list(how_good(measure, family=family, gait=gait, rate_hz=rate_hz, place=place))
    )
    return [_plain(a) for a in found or how_good(measure, family="device")]


def _plain(a: Accuracy) -> dict[str, Any]:
    out: dict[str, Any] = as_json(replace(a, places=frozenset()))
    return out | {"places": sorted(a.places)}
