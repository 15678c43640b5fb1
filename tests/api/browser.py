"""A server on a free port and a browser in front of it, for the tests of the pages."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from catfoot.api import create_app
from catfoot.api.server import open_port
from catfoot.config import Settings
from catfoot.training.entries import Person
from catfoot.training.example import ten_weeks

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]
NOW = datetime(2026, 3, 15, 6, 30, tzinfo=UTC)


@dataclass
class Served:
    """A running server; ``app`` lives in the thread of ``loop``."""

    address: str
    app: FastAPI
    loop: asyncio.AbstractEventLoop

    def publish(self, athlete: str, snapshot: dict[str, Any]) -> None:
        """Show viewers a snapshot, as a live session would."""
        self.loop.call_soon_threadsafe(self.app.state.live.hub.publish, athlete, snapshot)

    def demo(self) -> str:
        """Write down a demo athlete with ten weeks that end today; return the id."""
        logbook = self.app.state.stores.logbook
        person, *rest = ten_weeks(NOW.date(), 1)
        assert isinstance(person, Person)
        made: str = logbook.add_person(person)
        for entry in rest:
            logbook.add(made, entry)
        return made


@contextmanager
def served(
    data: Path,
    *,
    accounts: bool = False,
    now: datetime = NOW,
    dashboards_url: str | None = None,
    max_upload_bytes: int = 2_000_000,
    **more: Any,
) -> Iterator[Served]:
    """Serve real stores in that folder until the end of the block; ``more`` goes to the app."""
    settings = Settings(
        data=data, port=0, max_upload_bytes=max_upload_bytes, accounts=accounts,
        dashboards_url=dashboards_url,
    )  # fmt: skip
    loop = asyncio.new_event_loop()
    with open_port(settings) as port, ThreadPoolExecutor(1) as executor:
        app = create_app(settings, executor=executor, clock=lambda: now, **more)
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(server.serve(sockets=[port]))
        )
        thread.start()
        try:
            address = f"http://127.0.0.1:{port.getsockname()[1]}"
            with urlopen(f"{address}/health"):  # answers once the stores are open
                yield Served(address, app, loop)
        finally:
            server.should_exit = True
            thread.join()
            loop.close()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page that writes down what it should not do."""

    page: Page
    faults: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, width: int = 360, scheme: str = "light") -> Iterator[Watched]:
    """A fresh browser profile; at the end no script failed and nothing was asked elsewhere."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda fault: watched.faults.append(str(fault)))
    page.on(
        "console",
        lambda said: (
            watched.faults.append(said.text) if said.type in ("error", "warning") else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
            else watched.faults.append(f"asked {request.url}")
        ),
    )
    try:
        yield watched
    finally:
        context.close()
    assert not watched.faults, watched.faults


def foot(cadence_spm: float, sway: dict[str, float] | None = None) -> dict[str, Any]:
    """One foot of a snapshot."""
    return {
        "state": "streaming", "device": "pod", "battery_pct": 80, "rate_hz": 200.0,
        "packets": 10, "lost_frac": 0.004, "gaps": 1, "steps": 9,
        "cadence_spm": cadence_spm, "cadence_grade": "B", "gct_ms": 251.0, "gct_grade": "B",
        "shock_g": 9.1, "shock_grade": "C", "turning_degps": 3.0, "sway": sway, "sample_at_ns": 1, "clock": "host",
    }  # fmt: skip


def snapshot(athlete: str, n: int, feet: dict[str, Any], mode: str = "run") -> dict[str, Any]:
    """What viewers of an athlete are sent."""
    return {
        "athlete": athlete, "demo": True, "mode": mode, "at": "2026-03-15T06:30:00+00:00",
        "n": n, "feet": feet,
    }  # fmt: skip
