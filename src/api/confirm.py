"""Where a mailbox's owner says that news may come: a page with one button, for anybody.

Mail programs open links by themselves, so only the button says yes. The page is the same for
every token: whether one is worth something is said to whoever presses.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from .asking import stores_of

router = APIRouter(include_in_schema=False)

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>catfoot</title>'
    '<meta name="viewport" content="width=device-width"><main><h1>catfoot</h1>{}</main></html>'
)
ASKED = '<p>May news from catfoot come to your mailbox?</p><form method="post"><button>Yes</button></form>'
DONE = "<p>Thank you. News will come; every mail says how to end it.</p>"
GONE = "<p>This link was used, or a newer one replaced it.</p>"


@router.get("/confirm/{token}")
def ask(token: str) -> HTMLResponse:
    """Show the question."""
    return HTMLResponse(PAGE.format(ASKED), headers={"Cache-Control": "no-store"})


@router.post("/confirm/{token}")
def say_yes(request: Request, token: str) -> HTMLResponse:
    """Take the yes; 404 where the link is worth nothing any more."""
    known = stores_of(request).logbook.channels.confirm(token)
    return HTMLResponse(PAGE.format(DONE if known else GONE), 200 if known else 404)
