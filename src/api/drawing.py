"""plotly's script, from the installed package, for the one page that draws many points.

Its name in the address holds the package's version, so that browsers ask for it once. The
package is not imported for that, and without it the page keeps its own small charts.
"""

import gzip
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

KEEP = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}


@cache
def address() -> str:
    """Return where the script is served; empty where plotly is not installed."""
    try:
        return f"/plotly/{version('plotly')}.min.js"
    except PackageNotFoundError:
        return ""


def script() -> Path | None:
    """Return the script's file in the installed package, None where there is none."""
    found = find_spec("plotly")
    places = [] if found is None else list(found.submodule_search_locations or ())
    paths = [Path(place) / "package_data" / "plotly.min.js" for place in places]
    return next((path for path in paths if path.is_file()), None)


@cache
def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


async def _answer(request: Request) -> Response:
    path = await to_thread.run_sync(script)
    if path is None:
        raise HTTPException(404)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        plain = await to_thread.run_sync(path.read_bytes)
        return Response(plain, headers=KEEP, media_type="text/javascript")
    packed = await to_thread.run_sync(_packed, path)
    return Response(
        packed, headers=KEEP | {"Content-Encoding": "gzip"}, media_type="text/javascript"
    )


def route() -> list[Route]:
    """Return the route of the script; none where plotly is not installed."""
    return [Route(address(), _answer)] if address() else []
