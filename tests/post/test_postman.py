"""Letters and webhooks through real servers: once, signed, and not after they were revoked."""

import hmac
import json
import socket
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from catfoot.config import Stores
from catfoot.custody import erasing
from catfoot.post import hooks, letters, mail
from catfoot.post.message import Message, SendError
from catfoot.post.postman import BACK_OFF, Postman, announce
from catfoot.store.logbook import Row
from catfoot.training import words
from catfoot.training.consent import Consent, Viewer
from catfoot.training.entries import Person, Recording, Run
from catfoot.training.letter import Letter

from .conftest import ADDRESS, MONDAY, Clock, Mailbox, Receiver, channel


def text_of(box: Mailbox) -> str:
    (mail,) = box.came
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def states(stores: Stores, of: str) -> list[tuple[str, str]]:
    return [(one.state, one.answer) for one in stores.logbook.channels.deliveries(of)]


def test_the_letter_comes_by_mail_on_monday_morning_and_once(
    stores: Stores, postman: Postman, robin: str, box: Mailbox, clock: Clock
) -> None:
    made = channel(stores, "mail", robin, robin)
    clock.now = MONDAY.replace(hour=6)
    assert postman.round() == 0
    clock.now = MONDAY
    assert postman.round() == 1
    for hours in range(0, 24 * 6, 7):
        clock.now = MONDAY + timedelta(hours=hours)
        assert postman.round() == 0
    assert states(stores, made.id) == [("sent", "250")]
    clock.now = MONDAY + timedelta(7)
    assert postman.round() == 1
    assert len(box.came) == 2
    assert box.came[0]["To"] == "robin@example.org"
    assert box.came[0]["Message-ID"] != box.came[1]["Message-ID"]


def test_a_mail_says_only_that_there_is_something_new_and_where(
    stores: Stores, postman: Postman, robin: str, box: Mailbox
) -> None:
    channel(stores, "mail", robin, robin)
    postman.round()
    text = text_of(box)
    assert f"{ADDRESS}/?athlete={robin}" in text
    without_link = text.replace(robin, "")
    assert not any(character.isdigit() for character in without_link)
    assert "Soreness" not in text
    assert "Robin" not in text


def test_a_mail_holds_the_letter_where_the_athlete_lets_it(
    stores: Stores, postman: Postman, robin: str, box: Mailbox
) -> None:
    channel(stores, "mail", robin, robin, numbers=True)
    postman.round()
    text = text_of(box)
    assert "Soreness that lasts" in text
    assert words.FOOTER in text
    assert words.forbidden_in(text) == ()


def test_a_letter_asked_for_on_wednesday_begins_next_monday(
    stores: Stores, postman: Postman, robin: str, clock: Clock
) -> None:
    channel(stores, "mail", robin, robin, created_at=MONDAY + timedelta(2))
    clock.now = MONDAY + timedelta(3)
    assert postman.round() == 0
    clock.now = MONDAY + timedelta(7)
    assert postman.round() == 1


def test_a_coachs_letter_goes_out_as_a_link_alone(
    stores: Stores, postman: Postman, robin: str, coach: str, box: Mailbox
) -> None:
    channel(stores, "mail", coach, None, target="carla@example.org")
    postman.round()
    text = text_of(box)
    assert f"{ADDRESS}/team" in text
    assert robin not in text


@pytest.mark.parametrize("way", ["channel", "consent", "athlete"])
def test_nothing_queued_goes_out_after_it_was_revoked(
    stores: Stores, postman: Postman, robin: str, coach: str, clock: Clock, box: Mailbox,
    receiver: Receiver, way: str,
) -> None:  # fmt: skip
    made = channel(stores, "webhook", coach, robin, target=receiver.address)
    receiver.statuses = [503]
    assert postman.round() == 0
    assert len(receiver.came) == 1  # it is queued, tried, and waits for its next try
    if way == "channel":
        stores.logbook.channels.revoke(made.id)
    elif way == "athlete":
        erasing.erase(stores, robin)
    else:
        (row,) = stores.logbook.entries(Consent, robin)
        ended = Consent(
            athlete=robin, viewer=coach, kinds=row.entry.kinds, since=row.entry.since,
            withdrawn_at=MONDAY,
        )  # fmt: skip
        stores.logbook.replace(robin, row.id, ended, row.version)
    for days in range(10):
        clock.now = MONDAY + timedelta(days)
        assert postman.round() == 0
    assert len(receiver.came) == 1
    assert box.came == []


def test_erasing_takes_channels_and_their_log_of_athlete_and_receiver(
    stores: Stores, postman: Postman, robin: str, coach: str, receiver: Receiver
) -> None:
    other = stores.logbook.add_person(stores.logbook.person(robin).entry)
    about_robin = channel(stores, "webhook", coach, robin, target=receiver.address)
    to_robin = channel(stores, "mail", robin, other)
    postman.round()
    erasing.erase(stores, robin)  # which searches every file for the athlete's id
    assert stores.logbook.channels.channels() == []
    for made in (about_robin, to_robin):
        assert stores.logbook.channels.deliveries(made.id) == []


def test_a_mail_that_is_refused_for_now_is_tried_again_later(
    stores: Stores, postman: Postman, robin: str, box: Mailbox, clock: Clock
) -> None:
    made = channel(stores, "mail", robin, robin)
    box.refusals = ["451 not now", "452 nor now"]
    assert postman.round() == 0
    assert states(stores, made.id) == [("waiting", "451")]
    assert postman.round() == 0  # not before its time
    clock.now += BACK_OFF[0]
    assert postman.round() == 0
    clock.now += BACK_OFF[1]
    assert postman.round() == 1
    assert len(box.came) == 1


def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    stores: Stores, postman: Postman, robin: str, box: Mailbox, clock: Clock
) -> None:
    made = channel(stores, "mail", robin, robin)
    box.refusals = ["550 no such mailbox"]
    assert postman.round() == 0
    clock.now += timedelta(days=2)
    assert postman.round() == 0
    assert states(stores, made.id) == [("failed", "550")]
    assert box.came == []


def test_a_mail_in_the_middle_of_which_the_server_stopped_is_not_sent_twice(
    stores: Stores, robin: str, clock: Clock, box: Mailbox
) -> None:
    channels = stores.logbook.channels
    made = channel(stores, "mail", robin, robin)
    hook = channel(stores, "webhook", robin, robin, target="http://127.0.0.1:1/")
    for one in (made, hook):
        channels.queue(one, "letter", "2026-03-16", MONDAY)
    for delivery in channels.due(MONDAY):
        assert channels.claim(delivery, MONDAY)
        assert not channels.claim(delivery, MONDAY)  # another process comes too late
    restarted = Postman(stores, clock, lambda: ADDRESS)
    restarted.start()
    restarted.close()
    assert states(stores, made.id)[0][0] == "failed"
    assert states(stores, hook.id)[0][0] == "waiting"
    assert box.came == []


def a_run(stores: Stores, athlete: str) -> str:
    run = stores.logbook.add(
        athlete, Run(day=date(2026, 3, 16), started_at=MONDAY, duration_s=1800.0)
    )
    recording = Recording(
        run=run.id, content="0" * 64, name="run.fit", format="fit", device="watch", side="unknown",
        place="unknown", rank=1, started_at=MONDAY, duration_s=1800.0, origin_ns=0, rate_hz=None,
        size_bytes=1, rev=1, summary=run.entry.summary,
    )  # fmt: skip
    return stores.logbook.add(athlete, recording).id


def test_a_webhook_is_signed_says_no_numbers_and_can_be_checked(
    stores: Stores, postman: Postman, robin: str, receiver: Receiver, clock: Clock
) -> None:
    made = channel(stores, "webhook", robin, robin, target=receiver.address)
    recording = a_run(stores, robin)
    assert announce(stores, robin, recording, clock.now) == 1
    assert announce(stores, robin, recording, clock.now) == 0  # the same news
    clock.now += timedelta(seconds=1)
    assert postman.round() == 2  # the week's letter too
    about_run = next(body for _, body in receiver.came if b"/run?" in body)
    headers = next(h for h, body in receiver.came if body == about_run)
    said = json.loads(about_run)
    assert set(said) == {"id", "event", "at", "link"}
    assert said["event"] == "news"
    assert said["id"] == headers["X-Event-Id"]
    stamp, given = headers["X-Timestamp"], headers["X-Signature"]
    # As docs/api.md tells a receiver to check it, without our own code.
    signed = hmac.new(made.secret.encode(), f"{stamp}.".encode() + about_run, "sha256").hexdigest()
    assert given == f"sha256={signed}"
    assert int(stamp) == int(clock.now.timestamp())


def test_a_webhook_says_numbers_where_the_athlete_lets_it_but_never_what_is_not_shared(
    stores: Stores, postman: Postman, robin: str, coach: str, receiver: Receiver, clock: Clock
) -> None:
    channel(stores, "webhook", robin, robin, target=receiver.address, numbers=True)
    # The coach may see load and flags, and no recordings.
    channel(stores, "webhook", coach, robin, target=receiver.address + "/coach", numbers=True)
    recording = a_run(stores, robin)
    announce(stores, robin, recording, clock.now)
    postman.round()
    runs = [json.loads(body) for _, body in receiver.came if b"run.final" in body]
    assert [set(said) for said in runs] == [{"id", "event", "at", "link", "run", "numbers"}]


def test_a_webhook_is_tried_again_ever_later_and_then_not_any_more(
    stores: Stores, postman: Postman, robin: str, receiver: Receiver, clock: Clock
) -> None:
    made = channel(stores, "webhook", robin, robin, target=receiver.address)
    receiver.statuses = [500] * 100
    times = []
    for _ in range(24 * 60):
        before = len(receiver.came)
        postman.round()
        if len(receiver.came) > before:
            times.append(clock.now)
        clock.now += timedelta(minutes=2)
        if states(stores, made.id)[0][0] == "failed":
            break
    waits = [later - earlier for earlier, later in pairwise(times)]
    assert len(waits) == len(BACK_OFF)
    assert waits == sorted(waits)
    assert {h["X-Event-Id"] for h, _ in receiver.came} == {
        stores.logbook.channels.deliveries(made.id)[0].id
    }


def test_a_message_can_be_sent_again_by_hand(
    stores: Stores, postman: Postman, robin: str, receiver: Receiver, clock: Clock
) -> None:
    made = channel(stores, "webhook", robin, robin, target=receiver.address)
    receiver.statuses = [410]
    postman.round()
    (failed,) = stores.logbook.channels.deliveries(made.id)
    assert (failed.state, failed.answer) == ("failed", "410")
    stores.logbook.channels.again(made.id, failed.id, clock.now)
    assert postman.round() == 1
    ids = {headers["X-Event-Id"] for headers, _ in receiver.came}
    assert ids == {failed.id}


def test_a_coachs_letter_is_known_for_a_day_of_the_athletes_and_not_for_a_week(
    stores: Stores, robin: str, coach: str
) -> None:
    view = stores.as_seen_by(Viewer(id=coach, role="coach"))
    found: dict[date, Letter] = {}

    def once(row: Row[Person], day: date, work: Callable[[], Letter]) -> Letter:
        return found.setdefault(day, work())

    for day in (0, 1):
        letters.letter_of_coach(view, MONDAY + timedelta(day), once)
    assert list(found) == [date(2026, 3, 16), date(2026, 3, 17)]
    assert {letter.monday for letter in found.values()} == {date(2026, 3, 16)}


NEWS = Message(subject="s", text="t", payload={"id": "x"}, at=datetime.fromisoformat("2026-03-16T08:00:00Z"))  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://0.0.0.0:{port}/",
        "http://2130706433:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[fd00::1]/",
        "https://[::7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b:1::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001::7f00:1]/",
        "https://[fec0::1]/",
        "https://192.0.0.9/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "http://user@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}/ HTTP/1.1\r\nX: y",
    ],
)
def test_a_webhook_reaches_nothing_that_only_this_machine_can_reach(
    receiver: Receiver, url: str
) -> None:
    port = receiver.address.split(":")[2].split("/")[0]
    with pytest.raises(SendError) as fault:
        hooks.send(url.format(port=port), "s", NEWS, ())
    assert not fault.value.again
    assert receiver.came == []


def test_a_webhook_that_never_ends_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "DEADLINE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(SendError, match="no answer in time") as fault:
            hooks.send(url, "s", NEWS, ("127.0.0.0/8",))
    assert fault.value.again


def test_a_receiver_that_says_a_byte_now_and_then_is_left_and_holds_no_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hooks, "DEADLINE_S", 0.5)
    places = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hooks, "_AT_ONCE", places)
    left = threading.Event()

    def dribble(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(65_536)
            try:
                while not left.wait(0.02):  # each read has a byte long before its own limit
                    line.sendall(b"H")
            except OSError:
                left.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = threading.Thread(target=dribble, args=(listening,))
        peer.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(SendError, match="no answer in time"):
            hooks.send(url, "s", NEWS, ("127.0.0.0/8",))
        assert places.acquire(timeout=30)  # nobody reads any more
        peer.join(30)
    assert left.is_set()


def test_no_more_than_a_few_slow_webhooks_are_waited_for(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_AT_ONCE", threading.BoundedSemaphore(1))
    assert hooks._AT_ONCE.acquire()
    with pytest.raises(SendError) as fault:
        hooks.send(receiver.address, "s", NEWS, ("127.0.0.0/8",))
    assert (fault.value.again, receiver.came) == (True, [])


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.statuses = [302]
    with pytest.raises(SendError, match="302"):
        hooks.send(receiver.address, "s", NEWS, ("127.0.0.0/8",))
    assert len(receiver.came) == 1


def test_what_is_queued_survives_a_restart(tmp_path: Path, stores: Stores, robin: str) -> None:
    made = channel(stores, "mail", robin, robin)
    stores.logbook.channels.queue(made, "letter", "2026-03-16", MONDAY)
    from catfoot.config import open_stores

    with open_stores(stores.settings) as again:
        assert [one.about for one in again.logbook.channels.due(MONDAY)] == ["2026-03-16"]


def test_a_mailbox_gets_a_question_and_nothing_else_until_its_owner_says_yes(
    stores: Stores, postman: Postman, robin: str, box: Mailbox, clock: Clock
) -> None:
    made = channel(stores, "mail", robin, robin, secret="s" * 43)
    channels = stores.logbook.channels
    assert not made.confirmed
    channels.queue(made, "letter", "2026-03-16", clock.now)
    assert postman.round() == 0
    assert states(stores, made.id) == [("failed", "not confirmed")]
    channels.queue(made, "confirm", "", clock.now)
    assert postman.round() == 1
    text = text_of(box)
    assert robin not in text
    token = text.partition(f"{ADDRESS}/confirm/")[2].split()[0]
    assert channels.channel(made.id).secret != token  # kept is its hash
    assert not channels.confirm("x" * 43)
    assert not channels.confirm("")
    assert channels.confirm(token)
    assert not channels.confirm(token)
    assert channels.channel(made.id).confirmed
    clock.now = MONDAY + timedelta(7)
    assert postman.round() == 1
    assert len(box.came) == 2


def test_a_question_that_is_asked_again_replaces_the_first(
    stores: Stores, postman: Postman, robin: str, box: Mailbox, clock: Clock
) -> None:
    made = channel(stores, "mail", robin, robin, secret="s" * 43, created_at=MONDAY)
    channels = stores.logbook.channels
    channels.queue(made, "confirm", "", clock.now)
    postman.round()
    (first,) = channels.deliveries(made.id)
    token = text_of(box).partition("/confirm/")[2].split()[0]
    channels.again(made.id, first.id, clock.now)
    assert postman.round() == 1
    assert not channels.confirm(token)
    channels.again(made.id, first.id, clock.now)
    box.came.clear()
    postman.round()
    assert channels.confirm(text_of(box).partition("/confirm/")[2].split()[0])
    channels.again(made.id, first.id, clock.now)
    assert postman.round() == 0
    assert states(stores, made.id) == [("failed", "confirmed already")]


def test_a_message_that_cannot_be_written_holds_up_no_other_and_is_not_tried_again(
    stores: Stores, postman: Postman, robin: str, box: Mailbox
) -> None:
    lost = stores.logbook.add_person(Person(name="Lost", tz="Mars/Olympus"))
    channel(stores, "mail", lost, lost)
    broken = channel(stores, "mail", robin, robin, target="a\nb@example.org")
    good = channel(stores, "mail", robin, robin)
    assert postman.round() == 1
    assert states(stores, good.id) == [("sent", "250")]
    assert states(stores, broken.id) == [("failed", "something went wrong here")]
    assert len(box.came) == 1


def test_an_address_that_a_header_would_decode_into_another_is_none() -> None:
    assert not mail.is_address("=?utf-8?q?eve?=@example.org")
    assert mail.is_address("ada=eve@example.org")
