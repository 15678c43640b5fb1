"""How numbers, days and body sites are said to a person, in English."""

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip

SITES = {
    "heel": "heel",
    "plantar_fascia": "sole",
    "arch": "arch",
    "metatarsals": "ball of the foot",
    "toes": "toes",
    "ankle_med": "inner ankle",
    "ankle_lat": "outer ankle",
    "achilles": "Achilles",
    "calf": "calf",
    "shin": "shin",
    "knee": "knee",
    "hip": "hip",
}


def day_name(day: date) -> str:
    """Return the day as said, without the year.

    >>> day_name(date(2026, 3, 1))
    '1 March'
    """
    return f"{day.day} {MONTHS[day.month - 1]}"


def km(metres: float) -> str:
    """Return a distance as a watch shows it.

    >>> km(7740), km(59.6)
    ('7.7 km', '60 m')
    """
    if metres < 995:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km"


def pace(speed_mps: float) -> str:
    """Return a speed as runners say it.

    >>> pace(3.0)
    '5:33 min/km'
    """
    seconds = round(1000 / speed_mps)
    return f"{seconds // 60}:{seconds % 60:02d} min/km"


def site_name(site: str, side: str = "unknown") -> str:
    """Return where it is sore, with the side where it is known.

    >>> site_name("calf", "left")
    'left calf'
    """
    return f"{side} {SITES[site]}" if side in ("left", "right") else SITES[site]


def counted(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one.

    >>> counted(1, "report"), counted(2, "report")
    ('1 report', '2 reports')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def capital(text: str) -> str:
    """Return the text with its first letter large and the rest untouched."""
    return text[:1].upper() + text[1:]


def minutes(seconds: float) -> str:
    """Return how long something took.

    >>> minutes(40), minutes(3000), minutes(5400)
    ('40 s', '50 min', '1 h 30 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    whole = round(seconds / 60)
    return f"{whole} min" if whole < 60 else f"{whole // 60} h {whole % 60:02d} min"


def lasted(seconds: float) -> str:
    """Return how long something took, to the second.

    >>> lasted(3423), lasted(5000), lasted(57)
    ('57:03 min', '1:23:20 h', '0:57 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"
