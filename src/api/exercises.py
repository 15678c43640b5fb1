"""The catalogue of exercises: nobody's data, the same for everybody."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..training.catalogue import CATALOGUE
from ..training.plain import as_json

router = APIRouter(prefix="/exercises", tags=["exercises"])


@router.get("")
def list_exercises() -> JSONResponse:
    """Return every exercise: what it is for, how much of it, its cues, what leads to it."""
    items = [as_json(e) | {"said": e.dose.said()} for e in CATALOGUE.values()]
    return JSONResponse({"items": items}, headers={"Cache-Control": "max-age=3600"})
