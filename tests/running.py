"""Asynchronous work in tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T], limit_s: float = 30.0) -> T:
    """Run one test's work; whatever it started must have ended with it.

    In a thread of its own, because playwright keeps an event loop running in the main one.
    """

    async def alone() -> T:
        async with asyncio.timeout(limit_s):
            result = await work
        assert [t for t in asyncio.all_tasks() if t is not asyncio.current_task()] == []
        return result

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, alone()).result()
