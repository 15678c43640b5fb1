"""What you get with what you own: nobody's data, the same for everybody."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ..ingest.kinds import COLUMNS
from ..ingest.kindtable import as_rows

router = APIRouter(prefix="/devices/kinds", tags=["devices"])


@router.get("")
def list_kinds() -> JSONResponse:
    """Return every kind of device: for each measure and flag a grade, or why there is none.

    The grade "said" means that it comes from what people write down.
    """
    told = {"columns": list(COLUMNS), "items": as_rows()}
    return JSONResponse(told, headers={"Cache-Control": "max-age=3600"})
