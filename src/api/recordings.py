"""Uploads: bytes are kept and a job is written down; nobody decodes them here.

The server's process must stay quick for whoever watches live, so what a file says is worked
out by the pool behind ``jobs``; the answer is 202 with the job to watch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import quote

from anyio import CapacityLimiter, from_thread, to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from ..errors import Conflict
from ..ingest.files.options import Options
from ..jobs import Jobs
from ..signal.tables import Place, Side
from ..store.raw import Staged
from ..store.view import View
from ..training.entries import Recording
from ..training.plain import END_YEAR, FIRST_YEAR
from . import bodies, once
from .asking import Asked, Viewed, known_shape, stores_of
from .jobs import job_json, location
from .problems import Unprocessable

router = APIRouter(prefix="/athletes/{athlete}/recordings", tags=["recordings"])

FILES_AT_ONCE = 500
#: Each holds a thread while its bytes come; the other threads are for everybody else.
UPLOADS_AT_ONCE = 8
#: Of one person, so that the others need not wait for all of theirs.
UPLOADS_OF_ONE = 3
CHUNK = 1 << 20
NAME = 200

RangeG = Annotated[float | None, Query(gt=0, le=1000, description="Full scale in g.")]
RateHz = Annotated[
    float | None,
    Query(gt=0, le=100_000, description="Samples a second, where the file only counts them."),
]
StartAt = Annotated[
    datetime | None, Query(description="When it started, where the file does not say (RFC 3339).")
]


def options(
    request: Request,
    start: StartAt = None,
    side: Annotated[Side | None, Query(description="Which foot.")] = None,
    place: Annotated[Place | None, Query(description="Where the sensor sat.")] = None,
    range_g: RangeG = None,
    rate_hz: RateHz = None,
) -> Options:
    """Return what the uploader knows and the file may not say."""
    _zoned("start", start)
    lowest = request.app.state.settings.min_rate_hz
    return Options(
        start=start and start.astimezone(UTC),
        side=side,
        place=place,
        range_g=range_g,
        rate_hz=rate_hz,
        min_rate_hz=lowest,
    )


@router.get("/{recording}/original")
def read_original(asked: Asked, recording: str, seen: Viewed) -> Response:
    """Return the very bytes that a recording was made from, under the name it came with."""
    data = seen.original(asked.id, known_shape(recording))
    name = quote(seen.get(Recording, asked.id, recording).entry.name, safe="")
    return Response(
        data,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post(
    "",
    status_code=202,
    responses={202: {"description": "A job to watch, or with several files a list of them."}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {
                            "file": {
                                "type": "array",
                                "items": {"type": "string", "format": "binary"},
                            }
                        },
                    }
                },
            },
        }
    },
)
async def upload(
    request: Request,
    asked: Asked,
    seen: Viewed,
    known: Annotated[Options, Depends(options)],
    name: Annotated[str, Query(max_length=NAME, description="The name, for a raw body.")] = "",
    modified: Annotated[
        datetime | None, Query(description="When the file was last changed (RFC 3339).")
    ] = None,
    key: once.Key = None,
) -> JSONResponse:
    """Take one file as the raw body, or several as multipart; every one becomes a job.

    A file that cannot be taken does not stop the others: its item says why. With the same
    `Idempotency-Key` the same files again are the same jobs.
    """
    await to_thread.run_sync(partial(seen.must, asked.id, "raw", write=True))
    _zoned("modified", modified)
    sent = _Sent(request, asked.id, seen, known, modified, key)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _several(sent)
    job = await _take(sent, 0, plain(name) or "upload", _stream(request))
    if "status" in job:  # not taken at all; a job of an earlier try may be refused, too
        raise HTTPException(413 if job["status"] == 413 else 422, str(job["error"]))
    return JSONResponse(job, 202, {"Location": str(job["location"])})


class Slots:
    """The threads that uploads may hold: so many in all, and of one sender only a share.

    Whoever has their share waits without a thread, and in nobody's way.
    """

    def __init__(self, most: int = UPLOADS_AT_ONCE, share: int = UPLOADS_OF_ONE) -> None:
        self._all, self._share = CapacityLimiter(most), share
        self._own: dict[str, CapacityLimiter] = {}

    async def run(self, sender: str, work: Callable[[], bodies.Json]) -> bodies.Json:
        """Do the work in a thread once it is the sender's turn."""
        own = self._own.setdefault(sender, CapacityLimiter(self._share))
        try:
            async with own:
                return await to_thread.run_sync(work, limiter=self._all)
        finally:
            # The last one puts out the light: senders come and go for as long as a server runs.
            if not own.borrowed_tokens and not own.statistics().tasks_waiting:
                self._own.pop(sender, None)


@dataclass(frozen=True, slots=True)
class _Sent:
    """One request with files, and what is said of all of them."""

    request: Request
    athlete: str
    seen: View
    known: Options
    modified: datetime | None
    key: str | None

    def job(self, n: int) -> str:
        """Return the id that the job of the n-th file has; empty where any will do."""
        if self.key is None:
            return ""
        return once.id_of(self.seen, self.athlete, f"Job {n}", self.key)


async def _several(sent: _Sent) -> JSONResponse:
    items = []
    async with sent.request.form(max_files=FILES_AT_ONCE, max_fields=0) as form:
        files = [part for _, part in form.multi_items() if isinstance(part, UploadFile)]
        if not files:
            raise Unprocessable("file: the form holds no file", "file")
        for n, part in enumerate(files):
            name = plain(part.filename or "") or "upload"
            items.append(await _take(sent, n, name, _file(part)))
    return JSONResponse({"items": items}, 202)


async def _take(
    sent: _Sent, n: int, name: str, chunks: Callable[[], Iterator[bytes]]
) -> bodies.Json:
    """Keep one file's bytes and write its job down, in a thread; return the job as JSON."""
    stores = stores_of(sent.request)
    limit = stores.settings.max_upload_bytes

    def work() -> bodies.Json:
        try:
            staged = stores.raw.stage(_limited(chunks(), limit), limit)
        except _TooLarge:
            return _refused(name, 413, f"larger than the {limit / 1e6:,.0f} MB that are taken")
        if staged.size == 0:
            staged.discard()
            return _refused(name, 422, "the file is empty")
        return _begun(sent, n, name, staged)

    slots: Slots = sent.request.app.state.uploads
    return await slots.run(sent.seen.viewer.id, work)


def _begun(sent: _Sent, n: int, name: str, staged: Staged) -> bodies.Json:
    """Write a file's job down, unless an earlier try did; return the job as JSON."""
    jobs: Jobs = sent.request.app.state.jobs
    try:
        job = jobs.submit_import(
            sent.athlete, staged, name, sent.known, mtime=sent.modified, id=sent.job(n)
        )
    except Conflict:
        before = sent.seen.job(sent.athlete, sent.job(n))
        same = before.payload["sha256"] == staged.sha256
        staged.discard()
        return job_json(before) if same else _refused(name, 422, once.ANOTHER_BODY)
    waiting = {"id": job, "athlete": sent.athlete, "kind": "import", "state": "waiting"}
    return waiting | {"name": name, "location": location(sent.athlete, job)}


def _zoned(field: str, at: datetime | None) -> None:
    if at is not None and at.tzinfo is None:
        example = "2026-03-01T07:00:00Z"
        raise Unprocessable(f"{field}: expected a time with its zone, as in {example}", field)
    if at is not None and not FIRST_YEAR <= at.year < END_YEAR:
        raise Unprocessable(f"{field}: expected a time between {FIRST_YEAR} and {END_YEAR}", field)


class _TooLarge(Exception):
    """More bytes came than one file may have."""


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _TooLarge
        yield chunk


def _refused(name: str, status: int, why: str) -> bodies.Json:
    return {"name": name, "state": "refused", "status": status, "error": f"{name}: {why}"}


def _stream(request: Request) -> Callable[[], Iterator[bytes]]:
    """Return the request's body for a reader in a thread: one chunk in memory at a time."""
    body = request.stream()

    async def following() -> bytes | None:
        return await anext(body, None)

    def chunks() -> Iterator[bytes]:
        while (chunk := from_thread.run(following)) is not None:
            yield chunk

    return chunks


def _file(part: UploadFile) -> Callable[[], Iterator[bytes]]:
    """Return a form's file, which may be on disk, for a reader in a thread."""

    def chunks() -> Iterator[bytes]:
        while chunk := part.file.read(CHUNK):
            yield chunk

    return chunks


def plain(name: str) -> str:
    """Return the last part of a file's name, without what no name should hold.

    >>> plain("..\\\\..\\\\etc/run\\x00 1.fit")
    'run 1.fit'
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:NAME].strip()
