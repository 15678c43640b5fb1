"""Forms in a real browser: our own reaches the server, whichever way a foreign one is sent not."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from catfoot.store.channels import Channel

from .browser import NOW, Served, served

pytestmark = pytest.mark.browser

FORM = '<form method="post" enctype="text/plain" action="{target}"><button>Yes</button></form>'


@contextmanager
def foreign(target: str) -> Iterator[int]:
    """A site of somebody else with pages that post to ``target``; yields its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page, headers = FORM.format(target=target), {}
            if self.path == "/private":
                headers = {"Referrer-Policy": "no-referrer"}
            elif self.path == "/sent-on":
                page = FORM.format(target="/on")
            elif self.path == "/sandbox":
                inner = page.replace('"', "&quot;")
                page = f'<iframe sandbox="allow-forms allow-scripts" srcdoc="{inner}"></iframe>'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(page.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(307)  # the browser posts again, from nowhere it says
            self.send_header("Location", target)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as site:
        thread = threading.Thread(target=site.serve_forever, daemon=True)
        thread.start()
        yield site.server_port
        site.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("asking")) as server:
        yield server


@pytest.fixture
def question(asking: Served) -> tuple[str, Callable[[], bool]]:
    """Where a mailbox's owner is asked, and whether they said yes."""
    channels = asking.app.state.stores.logbook.channels
    athlete = asking.demo()
    made = Channel(
        viewer=athlete, kind="mail", athlete=athlete, target="ada@example.org", secret="x",
        numbers=False, created_at=NOW,
    )  # fmt: skip
    id = channels.add(made)
    return f"{asking.address}/confirm/{channels.ask(id)}", lambda: channels.channel(id).confirmed


def pressed(browser: Any, page_address: str, target: str) -> tuple[int, dict[str, str]]:
    """Press the page's button; return the status that ``target`` answered and what was sent."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(page_address)
        where = page.frames[-1] if len(page.frames) > 1 else page
        with page.expect_event(
            "response",
            lambda said: said.url == target and said.request.method == "POST",
        ) as said:
            where.locator("button").click()
        return said.value.status, said.value.request.all_headers()
    finally:
        context.close()


def test_our_own_form_says_yes_though_its_origin_is_hidden(
    browser: Any, question: tuple[str, Callable[[], bool]]
) -> None:
    target, yes = question
    status, sent = pressed(browser, target, target)
    assert (status, yes()) == (200, True)
    # Why a hidden origin cannot be refused altogether: our pages say no-referrer.
    assert sent["origin"] == "null"
    assert sent["sec-fetch-site"] == "same-origin"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("page", ["plain", "private", "sent-on", "sandbox"])
def test_a_form_of_another_site_is_refused_however_it_hides_where_it_is(
    browser: Any, question: tuple[str, Callable[[], bool]], host: str, page: str
) -> None:
    target, yes = question
    with foreign(target) as port:
        status, sent = pressed(browser, f"http://{host}:{port}/{page}", target)
    assert (status, yes()) == (403, False), sent
    if page != "plain":
        assert sent["origin"] == "null"
