"""Pictures of every page for a person to look at: ``python -m tests.api.screenshots FOLDER``."""

import sys
import tempfile
from pathlib import Path

from catfoot.api.pages import LANGUAGES, PAGES

from .browser import browsing, opened, served
from .webdata import lived_in, trained

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")


def take(folder: Path) -> int:
    """Write every page at both widths, in both themes, and once in each language; count them."""
    folder.mkdir(parents=True, exist_ok=True)
    looks = [(w, s, "en") for w in WIDTHS for s in SCHEMES]
    looks += [(360, "light", language) for language in LANGUAGES if language != "en"]
    made = 0
    with tempfile.TemporaryDirectory() as data, served(Path(data)) as server, browsing() as browser:
        athlete = lived_in(server)
        trained(server, athlete)
        for width, scheme, language in looks:
            with opened(browser, width, scheme) as watched:
                watched.page.context.add_cookies(
                    [{"name": "catfoot_language", "value": language, "url": server.address}]
                )
                for one in PAGES:
                    address = f"{server.address}{one.address}?athlete={athlete}"
                    watched.page.goto(address, wait_until="networkidle")
                    name = f"{one.part}-{width}-{scheme}-{language}.png"
                    watched.page.screenshot(path=str(folder / name), full_page=True)
                    made += 1
    return made


if __name__ == "__main__":
    wanted = Path(sys.argv[1])
    print(f"{take(wanted)} pictures in {wanted}")
