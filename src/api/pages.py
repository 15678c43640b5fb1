"""Pages: plain HTML, CSS and ES modules as they lie in web/, using the public API and no more.

A page is its own part in web/pages/ inside the frame that all share. Nothing is built: the
parts are put together when the server starts.
"""

import hashlib
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ..training.words import INTENDED_USE

WEB = Path(__file__).parent / "web"

#: Address, part and script of a page, its title, and its name in the navigation if it has one.
PAGES = (
    ("/", "today", "today", "Today"),
    ("/drill", "drill", "balance drill", "Drill"),
    ("/check-in", "checkin", "check-in", "Check-in"),
    ("/strength", "strength", "foot strength", "Strength"),
    ("/team", "team", "team", "Team"),
    ("/run", "run", "a run", ""),
    ("/after-run", "afterrun", "after the run", ""),
    ("/account", "account", "account", ""),
    ("/login", "login", "log in", ""),
    ("/join", "join", "join", ""),
)

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
    for address, part, title, _ in PAGES:
        app.router.routes.append(Route(address, _page(page(address, part, title))))
    # Browsers ask for it under this name wherever no page says otherwise.
    app.router.routes.append(Route("/favicon.ico", _icon))
    app.mount("/web", _Web(directory=WEB), name="web")


async def _icon(request: Request) -> Response:
    return FileResponse(WEB / "paw.svg", headers=ASK)


def page(address: str, part: str, title: str) -> str:
    """Return the whole HTML of a page."""
    text = (WEB / "frame.html").read_text("utf-8")
    fills = {
        "title": escape(title),
        "script": part,
        "nav": "\n".join(_link(to, name, to == address) for to, _, _, name in PAGES if name),
        "account": ' aria-current="page"' if part == "account" else "",
        "intended_use": escape(INTENDED_USE, quote=False),
        "main": (WEB / "pages" / f"{part}.html").read_text("utf-8"),
    }
    for name, value in fills.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _link(to: str, name: str, here: bool) -> str:
    current = ' aria-current="page"' if here else ""
    return f'    <a href="{to}"{current}>{name}</a>'


def _page(html: str) -> Callable[[Request], Awaitable[Response]]:
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:32]}"'

    async def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=ASK | {"ETag": tag})
        return HTMLResponse(html, headers=ASK | {"ETag": tag})

    return answer
