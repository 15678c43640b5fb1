"""Teams: groups of people with accounts. Being in one shows nobody's data to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ..errors import Conflict, NotFound
from . import disk
from .database import Database
from .peopletables import member_table, team_table


@dataclass(frozen=True, slots=True)
class Team:
    """A group of people, by name."""

    id: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team; who ``leads`` it invites others and ends it."""

    team: str
    account: str
    leads: bool
    since: datetime


class Teams:
    """The rows of teams and who is in them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, name: str, account: str, now: datetime, *, id: str | None = None) -> Team:
        """Make a team that the account leads; Conflict where one of that id is there."""
        team = Team(id or disk.new_id(), name, now)
        with self._db.write() as connection:
            known = sa.select(team_table.c.id).where(team_table.c.id == team.id)
            if connection.scalar(known) is not None:
                raise Conflict("a team of that id is there")
            values = {"id": team.id, "name": name, "created_at": now}
            connection.execute(team_table.insert().values(values))
            join_team(connection, Member(team.id, account, True, now))
        return team

    def leave(self, team: str, account: str) -> None:
        """Take somebody out; the team ends with the last one; NotFound."""
        with self._db.write() as connection:
            gone = member_table.delete().where(
                member_table.c.team == team, member_table.c.account == account
            )
            if not connection.execute(gone).rowcount:
                raise NotFound("nobody of that name is in the team")
            left = sa.select(member_table.c.account).where(member_table.c.team == team)
            if connection.scalar(left) is None:
                connection.execute(team_table.delete().where(team_table.c.id == team))

    def end(self, team: str) -> None:
        """End a team; its people and their data stay; NotFound."""
        with self._db.write() as connection:
            gone = connection.execute(team_table.delete().where(team_table.c.id == team))
            if not gone.rowcount:
                raise NotFound("no such team")

    def of(self, account: str) -> Sequence[Team]:
        """Return the teams somebody is in, by name."""
        query = (
            sa.select(team_table)
            .join(member_table, member_table.c.team == team_table.c.id)
            .where(member_table.c.account == account)
            .order_by(team_table.c.name, team_table.c.id)
        )
        with self._db.read() as connection:
            return [Team(**line) for line in connection.execute(query).mappings()]

    def team(self, id: str) -> Team:
        """Return one team; NotFound."""
        query = sa.select(team_table).where(team_table.c.id == id)
        with self._db.read() as connection:
            line = connection.execute(query).mappings().first()
        if line is None:
            raise NotFound("no such team")
        return Team(**line)

    def members(self, team: str) -> Sequence[Member]:
        """Return who is in a team, longest first."""
        query = sa.select(member_table).where(member_table.c.team == team)
        query = query.order_by(member_table.c.since, member_table.c.account)
        with self._db.read() as connection:
            return [Member(**line) for line in connection.execute(query).mappings()]


def join_team(connection: sa.Connection, member: Member) -> None:
    """Put somebody into a team; twice is once."""
    known = sa.select(member_table.c.account).where(
        member_table.c.team == member.team, member_table.c.account == member.account
    )
    if connection.scalar(known) is None:
        values = {f: getattr(member, f) for f in ("team", "account", "leads", "since")}
        connection.execute(member_table.insert().values(values))
