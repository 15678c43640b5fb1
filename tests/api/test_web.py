"""What lies in web/, without a browser."""

import re
from pathlib import Path

import pytest

from catfoot.api.pages import PAGES, WEB, page
from catfoot.training.words import FORBIDDEN, INTENDED_USE, forbidden_in

FILES = sorted(p for p in WEB.rglob("*") if p.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_holds_a_forbidden_word_or_another_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert forbidden_in(text) == ()
    assert "demo" in FORBIDDEN or forbidden_in(text, "de") == ()
    addresses = set(re.findall(r"https?://[\w.]+", text)) - {"http://www.w3.org"}
    assert addresses == set()


def test_a_page_is_small_and_whole() -> None:
    script = sum(p.stat().st_size for p in FILES if p.suffix == ".js")
    assert script < 120_000
    for address, part, title, _ in PAGES:
        html = page(address, part, title)
        assert INTENDED_USE in html
        assert not re.search(r"\{[a-z_]+\}", html)
        assert not re.search(r"<script(?! type=\"module\" src=)", html)
        assert "style=" not in html
        assert (WEB / "js" / f"{part}.js").exists()


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
