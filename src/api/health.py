"""Whether the server lives, whether it can work, and its own numbers (Prometheus)."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
)
from prometheus_client.exposition import generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..custody import Condition, look

router = APIRouter(tags=["server"])


class Metrics:
    """Counters of one application; no label ever holds a person's name or id."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.requests = Counter(
            "catfoot_requests", "Answered requests", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "catfoot_request_seconds", "From request to end of answer", ["route"],
            registry=self.registry,
        )  # fmt: skip


class Counted:
    """Counts every answer by its route's template, never by its path."""

    def __init__(self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float]) -> None:
        self.app = app
        self.metrics = metrics
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun, status = self.clock(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            route = _template(scope)
            self.metrics.requests.labels(_method(scope["method"]), route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(self.clock() - begun)


def _template(scope: Scope) -> str:
    """Return the route's template; what no route answers is "none", whatever it was called."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "none"
    # A route of an included router knows its own part only.
    inside = scope["path"].startswith("/api/v1/") and not path.startswith("/api/v1/")
    return f"/api/v1{path}" if inside else path


def version() -> str:
    """Return the installed version; "source" for a tree that was never installed."""
    try:
        return metadata.version("catfoot")
    except metadata.PackageNotFoundError:
        return "source"


def _method(method: str) -> str:
    """Return the method, or OTHER: what a stranger invents must not become a label."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "OTHER"


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """Answer as long as the server's loop turns, and say how the stores are doing.

    `condition` is ok, warning or fault; `findings` are sentences for whoever keeps the server.
    """
    state = request.app.state
    condition: Condition = await to_thread.run_sync(
        look, state.stores, datetime.now(UTC), limiter=state.health
    )
    outbox = condition.outbox
    return JSONResponse(
        {
            "status": "ok",
            "version": version(),
            "condition": condition.worst,
            "findings": [asdict(finding) for finding in condition.findings],
            "disk_used_pct": round(condition.disk_used_pct, 1),
            "outbox": None if outbox is None else asdict(outbox),
        }
    )


@router.get("/ready")
def ready(request: Request) -> JSONResponse:
    """Answer 200 once the stores answer too."""
    request.app.state.stores.logbook.persons()
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return counters of the server, its live recordings, jobs and stores as Prometheus text."""
    state = request.app.state
    # One look at the stores at a time, as for /health.
    text = await to_thread.run_sync(generate_latest, state.metrics.registry, limiter=state.health)
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
