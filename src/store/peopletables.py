"""Tables about people beside the athlete's own days: teams, who looked at what, what goes out.

They are not entries: an export does not hold them, and erasing an athlete takes them along.
"""

import sqlalchemy as sa

from .schema import metadata
from .sqlcolumns import goes_with, id_column, instant

#: Who saw which kind of whose data on which day, once.
sight_table = sa.Table(
    "sight",
    metadata,
    sa.Column("athlete", sa.String(), sa.ForeignKey("athlete.id", ondelete="CASCADE")),
    sa.Column("day", sa.Date()),
    sa.Column("viewer", sa.String()),
    sa.Column("kind", sa.String()),
    instant("at"),
    sa.PrimaryKeyConstraint("athlete", "day", "viewer", "kind"),
)

team_table = sa.Table(
    "team",
    metadata,
    id_column(),
    sa.Column("name", sa.String(), nullable=False),
    instant("created_at"),
)

member_table = sa.Table(
    "team_member",
    metadata,
    sa.Column("team", sa.String(), sa.ForeignKey("team.id", ondelete="CASCADE")),
    sa.Column("account", sa.String(), sa.ForeignKey("account.id", ondelete="CASCADE"), index=True),
    sa.Column("leads", sa.Boolean(), nullable=False),
    instant("since"),
    sa.PrimaryKeyConstraint("team", "account"),
)

#: A request that may be tried again: what was sent, as a hash, and what was answered.
tried_table = sa.Table(
    "tried",
    metadata,
    id_column(),
    goes_with("athlete", nullable=True, index=True),
    sa.Column("sent", sa.String(), nullable=False),
    sa.Column("status", sa.BigInteger()),
    sa.Column("answer", sa.JSON(none_as_null=True)),
    instant("at"),
)

#: A way out of the server that somebody asked for: a mailbox, a web address, a calendar feed.
channel_table = sa.Table(
    "channel",
    metadata,
    id_column(),
    goes_with("athlete", nullable=True, index=True),
    sa.Column("viewer", sa.String(), nullable=False, index=True),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("target", sa.String(), nullable=False),
    sa.Column("secret", sa.String(), nullable=False, index=True),
    sa.Column("numbers", sa.Boolean(), nullable=False),
    instant("created_at"),
)

delivery_table = sa.Table(
    "delivery",
    metadata,
    id_column(),
    sa.Column(
        "channel", sa.String(), sa.ForeignKey("channel.id", ondelete="CASCADE"), nullable=False
    ),
    goes_with("athlete", nullable=True, index=True),
    sa.Column("event", sa.String(), nullable=False),
    sa.Column("about", sa.String(), nullable=False),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("attempts", sa.BigInteger(), nullable=False),
    sa.Column("answer", sa.String(), nullable=False),
    instant("due_at"),
    instant("created_at"),
    instant("changed_at"),
    # The same news goes out once a channel, however often it is announced.
    sa.UniqueConstraint("channel", "event", "about", name="delivery_once"),
    sa.Index("delivery_due", "state", "due_at"),
)
