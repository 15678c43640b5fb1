"""Tables about people beside the athlete's own days: teams, who looked at what, what goes out.

They are not entries: an export does not hold them, and erasing an athlete takes them along.
"""

import sqlalchemy as sa

from .schema import Instant, metadata


def _athlete(*, nullable: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("athlete.id", ondelete="CASCADE")
    return sa.Column("athlete", sa.String(), key, nullable=nullable, index=True)


#: Who saw which kind of whose data on which day, once.
sight_table = sa.Table(
    "sight",
    metadata,
    sa.Column("athlete", sa.String(), sa.ForeignKey("athlete.id", ondelete="CASCADE")),
    sa.Column("day", sa.Date()),
    sa.Column("viewer", sa.String()),
    sa.Column("kind", sa.String()),
    sa.Column("at", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("athlete", "day", "viewer", "kind"),
)

team_table = sa.Table(
    "team",
    metadata,
    sa.Column("id", sa.String(), primary_key=True),
    sa.Column("name", sa.String(), nullable=False),
    sa.Column("created_at", Instant(), nullable=False),
)

member_table = sa.Table(
    "team_member",
    metadata,
    sa.Column("team", sa.String(), sa.ForeignKey("team.id", ondelete="CASCADE")),
    sa.Column("account", sa.String(), sa.ForeignKey("account.id", ondelete="CASCADE"), index=True),
    sa.Column("leads", sa.Boolean(), nullable=False),
    sa.Column("since", Instant(), nullable=False),
    sa.PrimaryKeyConstraint("team", "account"),
)

#: A way out of the server that somebody asked for: a mailbox, a web address, a calendar feed.
channel_table = sa.Table(
    "channel",
    metadata,
    sa.Column("id", sa.String(), primary_key=True),
    _athlete(nullable=True),
    sa.Column("viewer", sa.String(), nullable=False, index=True),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("target", sa.String(), nullable=False),
    sa.Column("secret", sa.String(), nullable=False, index=True),
    sa.Column("numbers", sa.Boolean(), nullable=False),
    sa.Column("created_at", Instant(), nullable=False),
)

delivery_table = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.String(), primary_key=True),
    sa.Column(
        "channel", sa.String(), sa.ForeignKey("channel.id", ondelete="CASCADE"), nullable=False
    ),
    _athlete(nullable=True),
    sa.Column("event", sa.String(), nullable=False),
    sa.Column("about", sa.String(), nullable=False),
    sa.Column("state", sa.String(), nullable=False),
    sa.Column("attempts", sa.BigInteger(), nullable=False),
    sa.Column("answer", sa.String(), nullable=False),
    sa.Column("due_at", Instant(), nullable=False),
    sa.Column("created_at", Instant(), nullable=False),
    sa.Column("changed_at", Instant(), nullable=False),
    # The same news goes out once a channel, however often it is announced.
    sa.UniqueConstraint("channel", "event", "about", name="delivery_once"),
    sa.Index("delivery_due", "state", "due_at"),
)
