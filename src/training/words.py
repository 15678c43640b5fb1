"""The words catfoot never says to a person, per language, and the texts that are fixed.

The list is for everything a person reads: pages, flag texts, mails, calendar, print, command
line, README. A language without its own list cannot be enabled.
"""

import re

INTENDED_USE = (
    "catfoot helps runners and coaches log training and technique and compare them with the "
    "athlete's own usual. It is not for finding, judging or managing an injury, nor for deciding "
    "on care."
)
FOOTER = "Pattern in your own data, not a medical assessment."
SEE_SOMEONE = (
    "This app cannot assess injuries. Please see a physiotherapist or doctor, and do not run on "
    "pain like this."
)

#: Texts that stand as they are, whatever words they use.
EXCEPTIONS: tuple[str, ...] = (INTENDED_USE, FOOTER, SEE_SOMEONE)

#: Whole-word patterns by language; upper and lower case are the same.
FORBIDDEN: dict[str, tuple[str, ...]] = {
    "en": (
        r"injury[- ]risks?( scores?)?",
        r"risk of (an )?injur(y|ies)",
        r"prevent(s|ed|ing)? (an |overuse )?injur(y|ies)",
        r"injury prevention",
        r"diagnos(e|es|ed|ing|is|tic|tics)",
        r"treat(s|ed|ing)?",
        r"treatments?",
        r"heal(s|ed|ing)?",
        r"cur(e|es|ed|ing)",
        r"safe to run",
        r"cleared",
        r"medical[- ]grade",
        r"bone[- ]load(s|ing)?",
        r"loading[- ]rates?",
        r"patients?",
        r"(ab)?normal gait",
        r"(high|at) risk",
        r"high[- ]risk",
    ),
    "de": (
        r"verletzungsrisik(o|os|en)",
        r"verhinder(t|n) verletzungen",
        r"verletzungen (zu )?verhindern",
        r"diagnos(e|en|tizieren|tiziert|tik)",
        r"(ge)?heil(en|t(e)?|ung)",
        r"behand(eln|elt|lung|lungen|le)",
        r"patient(en|in|innen)?",
        r"unbedenklich(e|er|es|en|em)?",
    ),
}

LANGUAGES: tuple[str, ...] = tuple(FORBIDDEN)

_PATTERNS = {
    language: re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
    for language, patterns in FORBIDDEN.items()
}


def forbidden_in(text: str, language: str = "en") -> tuple[str, ...]:
    """Return the words of ``text`` that nobody may read, in order; empty where it is clean.

    Raises ValueError for a language without a list.

    >>> forbidden_in("Good for your health, but it will not heal anything.")
    ('heal',)
    """
    if language not in _PATTERNS:
        raise ValueError(f"language: {language!r} has no list of forbidden words")
    for fixed in EXCEPTIONS:
        text = text.replace(fixed, " ")
    plain = re.sub(r"\s+", " ", text)
    return tuple(match.group(0) for match in _PATTERNS[language].finditer(plain))
