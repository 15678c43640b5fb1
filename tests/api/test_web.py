"""What lies in web/, without a browser."""

import ast
import json
import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from catfoot import training
from catfoot.api.pages import (
    LANGUAGES,
    PAGES,
    WEB,
    Page,
    asked_ahead,
    loaded_by,
    messages,
    page,
    version,
    worker,
)
from catfoot.ingest.kinds import COLUMNS, KINDS
from catfoot.signal.glossary import GLOSSARY
from catfoot.training.catalogue import CATALOGUE
from catfoot.training.consenttexts import texts
from catfoot.training.flags import ALL
from catfoot.training.words import INTENDED_USE, forbidden_in

FILES = sorted(p for p in WEB.rglob("*") if p.is_file())
SCRIPTS = sorted((WEB / "js").iterdir())
PARTS = [*sorted((WEB / "pages").iterdir()), WEB / "frame.html"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_holds_a_forbidden_word_or_another_address(path: Path) -> None:
    text = path.read_text("utf-8")
    language = path.stem if "words" in path.parts else "en"
    assert forbidden_in(text, language) == ()
    addresses = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
    assert addresses == set()


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.part)
def test_a_page_is_small_and_whole(one: Page) -> None:
    names = {f"{one.part}.js", *loaded_by(one.part)}
    later = set(re.findall(r'import\("\./(\w+)\.js"\)', _script(f"{one.part}.js")))
    whole = names.union(*({f"{part}.js", *loaded_by(part)} for part in later))
    assert sum((WEB / "js" / name).stat().st_size for name in whole) < 120_000
    for name in names:  # nothing is loaded that the page does not name
        imports = re.findall(r'from "\./([^"]+)"', _script(name))
        assert set(imports) <= names, name
    for language in LANGUAGES:
        html = page(one, language)
        assert f'<html lang="{language}">' in html
        assert not re.search(r"\{[a-z_.]+\}", html)
        assert not re.search(r"<script(?! type=\"module\" src=)", html)
        assert "style=" not in html
    assert INTENDED_USE in unescape(page(one))


def test_today_is_asked_for_ahead_for_whoever_was_looked_at_last() -> None:
    def ahead(url: str, **cookies: str) -> str:
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        query = url.partition("?")[2].encode()
        headers = [(b"cookie", said.encode())]
        scope = {"type": "http", "method": "GET", "query_string": query, "headers": headers}
        return asked_ahead(Request(scope))

    assert "</api/v1/athletes/a1/today>; rel=preload" in ahead("/?athlete=a1")
    assert "</api/v1/athletes/b2/runs?limit=1>" in ahead("/", catfoot_athlete="b2")
    assert ahead("/") == ahead("/?athlete=a>b") == ahead("/?athlete=" + "a" * 65) == ""


def _script(name: str) -> str:
    return (WEB / "js" / name).read_text("utf-8")


def test_what_works_without_a_network_is_every_page_and_all_that_they_load() -> None:
    kept = json.loads(re.findall(r"^const FILES = (.*);$", worker(), re.MULTILINE)[0])
    assert {one.address for one in PAGES} <= set(kept)
    assert {f"/web/{version()}/js/{p.name}" for p in SCRIPTS} <= set(kept)
    assert {f"/web/{version()}/words/{language}.json" for language in LANGUAGES} <= set(kept)
    assert not [name for name in kept if name.startswith("/api/")]


KEY = re.compile(r"\b(?:t|parts)\(\s*\"([\w.]+)\"")
CHOSEN = re.compile(r"\b(?:t|parts)\((?:\w+(?:\.\w+)* \? )?[^()]*?\? \"([\w.]+)\" : \"([\w.]+)\"")
BUILT = re.compile(r"\b(?:t|parts|known)\(`([\w.]+\.)\$\{")


def _asked() -> Iterator[str]:
    for path in PARTS:
        yield from re.findall(r"\{\{([\w.]+)\}\}", path.read_text("utf-8").replace("{part}", "run"))
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        yield from KEY.findall(text)
        for pair in CHOSEN.findall(text):
            yield from pair


def test_no_message_is_missing_in_any_language() -> None:
    wanted = {key for key in _asked() if "." in key} | {f"title.{one.part}" for one in PAGES}
    assert len(LANGUAGES) == 2
    for language in LANGUAGES:
        assert wanted - set(messages(language)) == set()
        for path in SCRIPTS:
            for start in BUILT.findall(path.read_text("utf-8")):
                found = [key for key in messages(language) if key.startswith(start)]
                optional = start in ("exercise.",)  # the server's own name stands in
                assert found or optional, (path.name, start)


def test_every_language_says_the_same_things_with_the_same_numbers_in_them() -> None:
    english = messages("en")
    for language in LANGUAGES:
        other = messages(language)
        assert set(other) == set(english)
        for key, text in english.items():
            assert _holes(text) == _holes(other[key]), (language, key)


def test_what_the_server_also_names_is_called_the_same_on_the_pages() -> None:
    english = messages("en")
    named = {f"flag.{rule.id}": rule.title for rule in ALL}
    named |= {f"exercise.{one.id}": one.name for one in CATALOGUE.values()}
    assert named == {k: v for k, v in english.items() if k.startswith(("flag.", "exercise."))}
    for kind in KINDS:
        assert kind.key == "nothing" or f"owned.kind.{kind.key}" in english
        for why in {cell.why for column in COLUMNS if (cell := kind.cell(column)).why}:
            assert english["owned.why." + re.sub(r"\W+", "_", why.lower())] == why
    told: Any = texts()
    spoken = {f"consent.{name}": text for name, text in told["kinds"].items()}
    spoken |= {f"consent.{name}": told[name] for name in ("frame", "dashboards")}
    assert spoken == {k: v for k, v in english.items() if k.startswith("consent.")}
    assert f"const TEXTS = {told['version']};" in (WEB / "js" / "account.js").read_text("utf-8")
    for one in GLOSSARY:
        if one.key:  # stands in a run's summary
            assert {f"measure.{one.name}", f"measure.{one.name}.what"} <= set(english), one.name


def _holes(text: str | object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", json.dumps(text)))


# What makes sentences for runners and coaches out of their days.
TELLING = (
    "breaks", "changes", "cluster", "comparison", "conflicts", "drift", "feel", "gait", "gates",
    "letter", "pain", "phrases", "programme", "progression", "ramps", "regression", "response",
    "soreness", "spike", "stability", "suggestions", "worklist",
)  # fmt: skip


@pytest.mark.parametrize("module", TELLING)
def test_every_sentence_of_the_server_is_known_in_german(module: str) -> None:
    said = "\n".join(json.loads((WEB / "words" / "told" / "de.json").read_text("utf-8")))
    said = _numberless(said + "\n".join(map(str, messages("en").values())))
    path = Path(training.__file__).parent / f"{module}.py"
    pieces = list(_pieces(ast.parse(path.read_text("utf-8"))))
    assert pieces
    assert [piece for piece in pieces if _numberless(piece) not in said] == []


def _numberless(text: str) -> str:
    return re.sub(r"\{\w+\}|\d+", "#", text).lower()


def _pieces(tree: ast.AST) -> Iterator[str]:
    """Return what stands between holes and stops, three words or more; no docstrings, no faults."""
    told: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            told |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Expr):
            told.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            for piece in re.split(r"(?<=[.:;])\s|[()“”\n]", node.value):
                if len(re.findall(r"[A-Za-z]{2,}", piece)) >= 3 and "_" not in piece:
                    yield piece.strip(" .,;:+")


class _Texts(HTMLParser):
    """What people would read of a part that does not come from the message file."""

    SAID = frozenset({"aria-label", "title", "placeholder", "alt"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.command = False

    def handle_data(self, data: str) -> None:
        if not self.command:  # what one types is the same in every language
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.command = self.command and tag != "code"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.command = self.command or tag == "code"
        self.found += [value or "" for name, value in attrs if name in self.SAID]


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_no_part_of_a_page_holds_words_of_its_own(path: Path) -> None:
    texts = _Texts()
    texts.feed(path.read_text("utf-8"))
    own = [re.sub(r"\{+[\w.{}]+\}+", "", text) for text in texts.found]
    words = [text.strip() for text in own if re.search(r"[^\W\d_]{2,}", text)]
    assert [text for text in words if text not in ("catfoot", "catfoot:")] == []


STRINGS = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
# Names that programs read: keys of messages and of the keyboard, headers, paths that are drawn,
# selectors and what else CSS understands, the product's name.
PLAIN = re.compile(
    r"^(Arrow\w+|Page(Up|Down)|Home|End|Enter|Escape|Delete|Files|Content-Type|If-Match"
    r"|Idempotency-Key|POST|PATCH|PUT|DELETE|catfoot:|M\d.*|[\w.]+\.|/api/.*|input, .*|nav .*"
    r"|\((prefers-|pointer:).*|.*sans-serif)$"
)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_holds_a_sentence(path: Path) -> None:
    text = re.sub(r"^\s*(//|\*|/\*).*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
    text = re.sub(r"//[^\"`]*$|console\.error\(.*", "", text, flags=re.MULTILINE)
    found = []
    for plain, built in STRINGS.findall(text):
        said = re.sub(r"\$\{[^}]*\}+", "", plain or built).strip()
        if PLAIN.match(said) or not re.search(r"[A-Za-z]{2,}", said):
            continue
        starts = re.match(r"^[A-Z][a-z]", said)
        ends = re.search(r"[a-z]{2,}[.!?,;:]( |$)", said)
        if starts or ends or re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", said):
            found.append(said)
    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(theme: str) -> None:
    colours = _colours(theme)
    grounds = {"paper": 4.5, "card": 4.5, "soft": 4.5}
    for text in ("ink", "quiet", "accent", "left", "right", "good", "notice", "caution", "stop"):
        for ground, least in grounds.items():
            assert _contrast(colours[text], colours[ground]) >= least, (text, ground)
    for severity in ("info", "notice", "caution", "stop"):
        for text in ("ink", "quiet", severity):
            assert _contrast(colours[text], colours[f"{severity}-bg"]) >= 4.5, (text, severity)
    assert _contrast(colours["on-accent"], colours["accent"]) >= 4.5


def _colours(theme: str) -> dict[str, str]:
    """Return the sheet's colours of a theme by name."""
    sheet = (WEB / "style.css").read_text("utf-8")
    blocks = re.findall(r":root\s*\{(.*?)\}", sheet, re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks[: 1 if theme == "light" else 2]:
        found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block))
    return found


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours. Source: WCAG 2.2, relative luminance."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
