"""Write the next step of the schema, for whoever changed a dataclass.

``python -m catfoot.store.migrations.draft "runs know their shoe"`` compares the newest
revision with the tables that the dataclasses make, and writes ``versions/rNNNN.py``. Read it
before you commit it: a new column of old rows needs a value. With ``--first`` the first
revision is written anew, which is right only until the first release.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import UpgradeOps
from alembic.runtime.migration import MigrationContext

from .. import peopletables as _more  # noqa: F401 (its tables are in the same metadata)
from ..database import engine_of
from ..schema import metadata
from ..sqlcolumns import Instant
from . import HEAD, upgrade

_VERSIONS = Path(__file__).parent / "versions"

_STEP = '''"""{title}"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision: str | None = {before}


def upgrade() -> None:
    """Make the change."""
    {body}
'''


def draft(title: str, *, first: bool = False) -> str | None:
    """Return the source of the next revision, None where the dataclasses changed nothing."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        if not first:
            upgrade(url)
        engine = engine_of(url)
        try:
            with engine.connect() as connection:
                body = _difference(connection)
        finally:
            engine.dispose()
    if body is None:
        return None
    before = None if first else HEAD
    revision = f"{int(before or 0) + 1:04d}"
    return _STEP.format(
        title=title, revision=revision, before=f'"{before}"' if before else None, body=body
    )


def _difference(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "render_as_batch": True}
    )
    steps = produce_migrations(context, metadata).upgrade_ops
    if not isinstance(steps, UpgradeOps) or steps.is_empty():
        return None
    code = render_python_code(steps, render_as_batch=True, render_item=_item)
    return "\n".join(line for line in code.splitlines() if "###" not in line).strip()


def _item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Return how a column type of ours is written in a step, which must not import ours."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


def _main(arguments: list[str]) -> None:
    first = "--first" in arguments
    title = " ".join(word for word in arguments if word != "--first")
    source = draft(title or "The first schema", first=first)
    if source is None:
        print("The newest revision has everything that the dataclasses ask for.")
        return
    path = _VERSIONS / f"r{'0001' if first else f'{int(HEAD) + 1:04d}'}.py"
    path.write_text(source)
    print(f"{path}: format it, read it, and set HEAD in {Path(__file__).parent}/__init__.py")


if __name__ == "__main__":
    _main(sys.argv[1:])
