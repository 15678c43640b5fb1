"""The application: stores, pool, jobs and live sessions around the routes."""

import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from functools import cache
from typing import Any

from anyio import CapacityLimiter
from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from .. import custody
from .. import live as sessions
from ..config import Settings, Stores, open_stores
from ..jobs import Jobs
from ..post.board import Board
from ..post.postman import Postman
from ..radios import Opener, platform
from ..showings import Showings
from ..station import Station
from ..training.consent import Consent
from ..training.entries import Person, Recording, Run
from ..wallclock import utc_now
from . import (
    accounts,
    arrange,
    athletes,
    auth,
    bodies,
    calendar,
    channels,
    confirm,
    consents,
    entries,
    examples,
    exercises,
    exports,
    health,
    jobs,
    joining,
    kinds,
    letters,
    live,
    measures,
    oidc,
    radio,
    recordings,
    records,
    replays,
    requests,
    runs,
    series,
    standing,
    team,
    teams,
    timeline,
    typed,
)
from .fresh import NOT_CHANGED, Answers, Tagged
from .gauges import Gauges
from .guard import LOOPBACK, Guard, Limit
from .known import Forgetting, Known
from .pages import add_pages
from .passwords import Throttle
from .pool import Pool
from .problems import add_handlers
from .rates import Bucket, Rates

BODY_BYTES = 1 << 20  # of anything but an upload
# A form with several files may be larger than one file, but not without end.
FILES_IN_ONE_REQUEST = 4
MODULES = (
    accounts, team, athletes, consents, runs, series, typed, recordings, jobs, timeline, standing,
    exercises, exports, live, letters, channels, joining, teams, records, oidc, measures, radio, arrange, kinds,
    replays,
)  # fmt: skip

log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    executor: Executor | None = None,
    clock: Callable[[], datetime] = utc_now,
    bluetooth: Opener = platform,
) -> FastAPI:
    """Return the application; its lifespan opens everything and closes it again.

    ``executor`` replaces the process pool; ``clock`` says what time it is; ``bluetooth`` is
    the machine's own unless a test brings virtual pods.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as closing:
            stores = closing.enter_context(open_stores(settings))
            pool = executor
            if pool is None:
                pool = Pool(settings.workers)
                closing.callback(pool.shutdown)
            app.state.stores = stores
            app.state.uploads = recordings.Slots()
            app.state.health = CapacityLimiter(1)
            state = app.state
            memories = (state.team, state.letters, state.answers, stores.logbook.sights)
            state.forgetting = Forgetting(settings.data, memories)
            app.state.eraser = custody.Eraser(stores)
            closing.callback(app.state.eraser.close)
            app.state.jobs = Jobs(stores, pool)
            closing.callback(app.state.jobs.close)
            closing.enter_context(custody.housekeeping(stores, clock))
            app.state.jobs.resume()
            if link := auth.first_link(app, app.state.address):
                log.warning("open this link once, within an hour, to become the owner: %s", link)
            postman = Postman(stores, clock, app.state.outside)
            closing.callback(postman.close)
            postman.start()
            app.state.board = _board(stores, clock, closing)
            submit = app.state.jobs.submit_recording
            async with (
                sessions.Live(stores, submit) as app.state.live,
                Station(stores, app.state.live, submit, bluetooth, now=clock) as app.state.station,
                Showings(stores, app.state.live) as app.state.showings,
            ):
                yield

    app = FastAPI(title="catfoot", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.settings, app.state.clock = settings, clock
    app.state.metrics, app.state.throttle = health.Metrics(), Throttle()
    app.state.metrics.registry.register(Gauges(app))
    app.state.questions = Bucket(channels.QUESTIONS / 3600, channels.QUESTIONS)
    app.state.address = "http://127.0.0.1"
    # What links that leave the server begin with.
    app.state.outside = lambda: settings.public_url or app.state.address
    app.state.oidc_waiting = oidc.Waiting()
    app.state.team, app.state.letters, app.state.answers = Known(), Known(), Answers()
    add_handlers(app)
    _add_routes(app)
    # Compressed in the loop while everybody waits: a third of level 9's time, 8 % more bytes.
    app.add_middleware(Tagged)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    app.add_middleware(
        Limit,
        most=BODY_BYTES,
        uploads=settings.max_upload_bytes * FILES_IN_ONE_REQUEST,
        idle_s=settings.upload_idle_s,
    )
    app.add_middleware(Rates, per_s=settings.requests_per_s, monotonic_s=time.monotonic)
    app.add_middleware(Guard, hosts={*LOOPBACK, settings.host, *settings.hosts})
    app.add_middleware(requests.Named)
    app.add_middleware(health.Counted, metrics=app.state.metrics, clock=time.perf_counter)
    return app


def _board(stores: Stores, clock: Callable[[], datetime], closing: ExitStack) -> Board | None:
    """Return who keeps the club's dashboards, at work, None where there are none."""
    if stores.board is None:
        return None
    board = Board(stores, stores.board, clock)
    closing.callback(board.close)
    board.start()
    return board


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return the routes of the API, read once a process: they keep nothing of an application."""
    whole = APIRouter()
    for router in (*(m.router for m in MODULES), *map(entries.router_of, entries.NOUNS)):
        whole.include_router(router, prefix="/api/v1", responses={"4XX": bodies.PROBLEM})
    for module in (health, calendar, confirm):
        whole.include_router(module.router)
    return tuple(whole.routes)


def _add_routes(app: FastAPI) -> None:
    app.router.routes.extend(_routes())
    add_pages(app)
    plain = app.openapi
    kinds = (
        Person, Run, Recording, Consent, standing.Imagined, *(n.kind for n in entries.NOUNS),
    )  # fmt: skip

    def described() -> dict[str, Any]:
        text = plain()
        text.setdefault("components", {}).setdefault("schemas", {}).update(bodies.schemas(kinds))
        examples.add_to(text)
        for path, ways in text["paths"].items():
            if path.startswith("/api/") and "get" in ways:
                ways["get"]["responses"].setdefault("304", NOT_CHANGED[304])
        return text

    app.openapi = described  # type: ignore[method-assign]
