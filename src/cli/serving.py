"""The server, and the demo of it all."""

from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(serve)
    app.command()(demo)


def serve(
    host: Annotated[str | None, typer.Option(help="Where to listen.")] = None,
    port: Annotated[
        int | None, typer.Option(help="0 takes any free one.", min=0, max=65535)
    ] = None,
    lan: Annotated[
        bool, typer.Option("--lan", help="For phones in this network: https, with accounts.")
    ] = False,
) -> None:
    """Serve the page and the API until Ctrl-C."""
    from ..api.server import serve as run
    from ..api.server import serve_lan
    from ..config import Settings

    given = {"host": host, "port": port}
    settings = Settings().model_copy(update={k: v for k, v in given.items() if v is not None})
    if lan:
        return serve_lan(settings, say=typer.echo)
    run(settings, listening=lambda url: typer.echo(f"catfoot is at {url}/ (Ctrl-C ends it)"))


def demo(
    port: Annotated[int, typer.Option(help="Another free one is taken if it is not.")] = 8000,
) -> None:
    """Show everything on made-up data: two virtual pods, ten weeks of history, the page."""
    from ..demo import run

    run(port, lambda text: print(text, flush=True))
