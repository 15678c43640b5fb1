"""Write docs/validation.md: python -m tests.validation [SHARED_DATA]."""

import os
import sys
from pathlib import Path

from . import modes, pictures
from .checks import GROUPS
from .figure import Figure

ROOT = Path(__file__).parents[2]
HEAD = """# Validation

Every figure of `python -m tests.validation` on the real recordings named in it, and on synthetic
feet where no reference exists, beside what it should reach. How references are read is written in
`tests/validation`. Bias is measured minus reference; limits of agreement are bias +- 1.96 SD. One run,
`make validate`, takes 80 to 100 s of one core.

One definition of initial and final contact is used throughout, tuned to no single reference: four
references of walking stance differ among each other by 75 ms. **Not validated**: contact time in
running against force plates with a pod on the foot (one averaged stride only), flight, softness
against force, strike angle, eversion and push-off on real feet, anything faster than 2.3 m/s with
a true length. Synthetic figures show that the arithmetic is right, not that feet are like that.
Where a figure is marked short, its reference says no more:
[why](decisions/0063-figures-that-references-limit.md), with what stands below it.

Softness against speed is the mean of draws, for that is what speed does to it: a draw by itself also has
the scatter of its seven runs, of which every figure has its own. Its worst is told beside it.
"""


def main() -> None:
    """Run every check and write the report."""
    shared = Path(os.environ.get("CATFOOT_SHARED", ROOT.parent / "shared"))
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data"
    lines = [HEAD]
    failed = 0
    for title, checks in {**GROUPS, **modes.GROUPS}.items():
        lines += [f"\n## {title}\n", "| what | found | asked | |", "|---|---|---|---|"]
        for check in checks:
            for figure in check(data):
                lines.append(_line(figure))
                failed += figure.good is False
                print(f"{_mark(figure):8} {figure.what}: {figure.found}  [{figure.wanted}]")
    lines += pictures.report(data, ROOT / "docs")
    (ROOT / "docs" / "validation.md").write_text("\n".join(lines) + "\n")
    print(f"{failed} figures fall short; written to docs/validation.md")


def _mark(figure: Figure) -> str:
    return {None: "", True: "reached", False: "**short**"}[figure.good]


def _line(figure: Figure) -> str:
    return f"| {figure.what} | {figure.found} | {figure.wanted} | {_mark(figure)} |"


if __name__ == "__main__":
    main()
