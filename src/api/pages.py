"""Pages: plain HTML, CSS and ES modules as they lie in web/, using the public API and no more."""

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).parent / "web"

#: Address of every page, and its file.
PAGES = {"/": "index.html"}

# Ask each time, take the answer "not changed" from the ETag: an updated server must not
# meet yesterday's scripts.
ASK = {"Cache-Control": "no-cache"}


class _Web(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers.update(ASK)
        return answer


def add_pages(app: FastAPI) -> None:
    """Serve every page under its own address, and what they load under /web."""
    for path in PAGES:
        app.router.routes.append(Route(path, _page, name=PAGES[path]))
    app.mount("/web", _Web(directory=WEB), name="web")


async def _page(request: Request) -> FileResponse:
    return FileResponse(WEB / PAGES[request.url.path], headers=ASK)
