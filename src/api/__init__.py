"""HTTP, WebSockets and pages: what people and programs ask of a catfoot server."""

from .app import create_app
from .server import serve

__all__ = ["create_app", "serve"]
