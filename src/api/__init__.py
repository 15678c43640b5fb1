"""HTTP, WebSockets and pages: what people and programs ask of a catfoot server.

The two names below are imported when they are asked for: the processes of the pool come
through this package, and a process that only decodes has no use for a web framework.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import create_app
    from .server import serve

__all__ = ["create_app", "serve"]


def __getattr__(name: str) -> object:
    if name == "create_app":
        from .app import create_app

        return create_app
    if name == "serve":
        from .server import serve

        return serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
