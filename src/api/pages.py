"""Pages: plain HTML, CSS and ES modules as they lie in web/, using the public API and no more.

A page is its own part in web/pages/ inside the frame that all share, with the words of one
message file for each language. Nothing is built: the parts are put together when the server
starts.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Literal

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from ..training.words import LANGUAGES as WITH_A_LIST
from . import drawing

WEB = Path(__file__).parent / "web"
COOKIE = "catfoot_language"
ATHLETE = "catfoot_athlete"  # whose page it was last time


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address, its part and script, and where in the navigation it stands."""

    address: str
    part: str
    shown: Literal["nav", "more", ""] = ""


PAGES = (
    Page("/", "today", "nav"),
    Page("/timeline", "timeline", "nav"),
    Page("/strength", "strength", "nav"),
    Page("/drill", "drill", "nav"),
    Page("/team", "team", "nav"),
    Page("/check-in", "checkin", "more"),
    Page("/compare", "compare", "more"),
    Page("/letter", "letter", "more"),
    Page("/tests", "tests", "more"),
    Page("/devices", "devices", "more"),
    Page("/start", "start", "more"),
    Page("/settings", "settings", "more"),
    Page("/account", "account", "more"),
    Page("/athlete", "athlete", "more"),
    Page("/run", "run"),
    Page("/after-run", "afterrun"),
    Page("/login", "login"),
    Page("/join", "join"),
)

# Pages for whoever is not logged in; every other page first asks whose it is.
BEFORE_LOGIN = frozenset({"login", "join"})
ASKED = "\n".join(
    f'<link rel="preload" href="/api/v1/{name}" as="fetch" crossorigin="anonymous">'
    for name in ("athletes", "me")
)

#: A language needs a message file, and a list of what catfoot never says in it.
LANGUAGES = tuple(
    language for language in WITH_A_LIST if (WEB / "words" / f"{language}.json").exists()
)

# Ask each time, take the answer "not changed" from the ETag: an updated server must not
# meet yesterday's scripts.
ASK = {"Cache-Control": "no-cache"}


# Under an address that names the very bytes, nobody has to ask again.
KEEP = {"Cache-Control": "public, max-age=31536000, immutable"}
TYPES = {
    ".js": "text/javascript", ".css": "text/css", ".json": "application/json",
    ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json",
}  # fmt: skip


class _Web:
    """What pages load, from memory: a page asks for thirty small files at once."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers
        self._kept = {_name(p): _Kept.of(p) for p in _files()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        found = self._kept.get(scope["path"].removeprefix(scope["root_path"]).lstrip("/"))
        if found is None or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404)
        headers = {**self._headers, "ETag": found.tag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == found.tag:
            return await Response(status_code=304, headers=headers)(scope, receive, send)
        body = found.plain
        if "gzip" in request.headers.get("accept-encoding", "") and found.packed is not None:
            body, headers = found.packed, {**headers, "Content-Encoding": "gzip"}
        await Response(body, headers=headers, media_type=found.media)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class _Kept:
    plain: bytes
    packed: bytes | None
    media: str
    tag: str

    @classmethod
    def of(cls, path: Path) -> "_Kept":
        data = path.read_bytes()
        packed = gzip.compress(data, mtime=0)
        return cls(
            plain=data,
            packed=packed if len(packed) < len(data) else None,
            media=TYPES[path.suffix],
            tag=f'W/"{hashlib.sha256(data).hexdigest()[:32]}"',
        )


def _files() -> list[Path]:
    """Return what pages load; their own parts are inside them."""
    return sorted(p for p in WEB.rglob("*") if p.is_file() and p.suffix in TYPES)


def _name(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


@cache
def version() -> str:
    """Return a name of all that pages are made of; another byte, another name."""
    whole = b"".join(p.read_bytes() for p in sorted(WEB.rglob("*")) if p.is_file())
    return hashlib.sha256(whole).hexdigest()[:16]


def add_pages(app: FastAPI) -> None:
    """Serve every page under its own address, and what they load under /web."""
    app.router.routes.extend(_routes())


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return what the files of the pages make, read and packed once a process."""
    routes: list[BaseRoute] = []
    for one in PAGES:
        texts = {language: page(one, language) for language in LANGUAGES}
        routes.append(Route(one.address, _answering(texts, one)))
    # Browsers ask for it under this name wherever no page says otherwise.
    routes.append(Route("/favicon.ico", _icon))
    routes += drawing.route()
    # From /web it could not answer for the pages above it.
    routes.append(Route("/sw.js", _worker(worker())))
    routes += [Mount(f"/web/{version()}", _Web(KEEP)), Mount("/web", _Web(ASK))]
    return tuple(routes)


async def _icon(request: Request) -> Response:
    return FileResponse(WEB / "paw.svg", headers=ASK)


@cache
def messages(language: str) -> Mapping[str, str | Mapping[str, str]]:
    """Return every message of a language by key; one that counts has a form for each number."""
    found: Mapping[str, str | Mapping[str, str]] = json.loads(
        (WEB / "words" / f"{language}.json").read_text("utf-8")
    )
    return found


def page(one: Page, language: str = "en") -> str:
    """Return the whole HTML of a page in a language."""
    text = (WEB / "frame.html").read_text("utf-8")
    fills = {
        "version": version(),
        "main": (WEB / "pages" / f"{one.part}.html").read_text("utf-8"),
        "nav": _links("nav", one),
        "more": _links("more", one),
        "preload": "\n".join(
            f'<link rel="modulepreload" href="/web/{version()}/js/{name}">'
            for name in loaded_by(one.part)
        ),
        "part": one.part,
        "language": language,
        "plotly": drawing.address(),
        "asked": "" if one.part in BEFORE_LOGIN else ASKED,
        "told": "" if language == LANGUAGES[0] else _told(language),
    }
    for name, value in fills.items():
        text = text.replace(f"{{{name}}}", value)
    said = messages(language)
    return re.sub(r"\{\{([\w.]+)\}\}", lambda key: escape(str(said[key[1]])), text)


def _told(language: str) -> str:
    """Return links for what says the server's English sentences in another language."""
    names = (f"told/{language}", LANGUAGES[0])
    start = f'<link rel="preload" href="/web/{version()}/words/'
    return "\n".join(f'{start}{n}.json" as="fetch" crossorigin="anonymous">' for n in names)


def loaded_by(part: str) -> tuple[str, ...]:
    """Return the scripts that a page's own script imports, and those that they import.

    Named in the page, they come at once instead of one after the other.
    """
    found: dict[str, None] = {}
    waiting = [f"{part}.js"]
    while waiting:
        text = (WEB / "js" / waiting.pop()).read_text("utf-8")
        for name in re.findall(r'^import .*from "\./(\w+\.js)";$', text, re.MULTILINE):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(found)


def _links(shown: str, here: Page) -> str:
    return "\n".join(_link(to, to is here) for to in PAGES if to.shown == shown)


def _link(to: Page, here: bool) -> str:
    current = ' aria-current="page"' if here else ""
    # Not everybody has others to look after; the page shows it to whoever has.
    mark = " hidden" if to.part == "team" else ""
    return f'    <a href="{to.address}"{current}{mark}>{{{{nav.{to.part}}}}}</a>'


def language_of(request: Request) -> str:
    """Return the language of whoever asks: what they chose, else what their browser prefers."""
    wanted = [request.cookies.get(COOKIE, "")]
    ranked = []
    for item in request.headers.get("accept-language", "").split(","):
        name, _, q = item.partition(";q=")
        try:
            ranked.append((-float(q or 1), name.strip().split("-")[0].lower()))
        except ValueError:
            continue
    wanted += [name for _, name in sorted(ranked, key=lambda one: one[0])]
    return next((name for name in wanted if name in LANGUAGES), LANGUAGES[0])


def _answering(texts: Mapping[str, str], one: Page) -> Callable[[Request], Awaitable[Response]]:
    tags = {name: f'"{_hash(html)}"' for name, html in texts.items()}

    async def answer(request: Request) -> Response:
        language = language_of(request)
        headers = ASK | {"ETag": tags[language], "Vary": "Accept-Language, Cookie"}
        if one.part == "today" and (ahead := asked_ahead(request)):
            headers["Link"] = ahead
        if request.headers.get("if-none-match") == tags[language]:
            return Response(status_code=304, headers=headers)
        return HTMLResponse(texts[language], headers=headers)

    return answer


def asked_ahead(request: Request) -> str:
    """Return what today's page asks first, for browsers to ask before they have read it.

    A `Link` header; empty where nobody was looked at before.
    """
    athlete = request.query_params.get("athlete") or request.cookies.get(ATHLETE, "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", athlete):
        return ""
    home = f"/api/v1/athletes/{athlete}"
    asked = (f"{home}/today", f"{home}/runs?limit=1")
    return ", ".join(f"<{path}>; rel=preload; as=fetch; crossorigin=anonymous" for path in asked)


def worker() -> str:
    """Return the service worker: its code under the list of what it keeps, and their version."""
    loaded = [f"/web/{version()}/{_name(p)}" for p in _files() if p.name != "sw.js"]
    kept = [one.address for one in PAGES] + loaded
    head = f"const VERSION = {json.dumps(version())};\nconst FILES = {json.dumps(kept)};\n"
    return head + (WEB / "sw.js").read_text("utf-8")


def _worker(script: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return Response(script, media_type="text/javascript", headers=ASK)

    return answer


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
