"""Words that people use for the same thing, in both languages. Each group is searched as one."""

from __future__ import annotations

GROUPS: tuple[tuple[str, ...], ...] = (
    (
        "dilator",
        "trainer",
        "vaginal dilator",
        "vaginal trainer",
        "cone",
        "expander",
        "dilatador",
        "dilatadores",
    ),
    ("massager", "personal massager", "vibrator", "wand", "masajeador", "vibrador"),
    ("lubricant", "lube", "gel", "jelly", "lubricante"),
    ("pouch", "bag", "case", "bolsa", "funda"),
    ("cleaning", "cleaner", "wash", "soap", "hygiene", "limpieza", "lavar", "jabón"),
    ("magnetic", "magnet", "magnético", "imán", "imanes"),
    ("vaginismus", "gpppd", "penetration disorder", "vaginismo"),
    ("vestibulodynia", "vulvodynia", "vestibulitis"),
    ("pelvic floor tension", "hypertonic pelvic floor", "tight pelvic floor"),
    ("menopause", "gsm", "vaginal atrophy", "vaginal dryness", "menopausia"),
    ("radiotherapy", "radiation", "radioterapia"),
    (
        "physiotherapist",
        "physio",
        "physical therapist",
        "pelvic floor therapist",
        "fisioterapeuta",
        "fisioterapia",
    ),
    ("set", "sets", "juego", "juegos"),
    ("first session", "primera sesión"),
    ("psychosexual therapist", "sex therapist"),
    ("relaxation", "relaxing", "breathing", "relajación", "respiración"),
)
_GROUP_OF = {phrase: group for group in GROUPS for phrase in group}
LONGEST = max(len(phrase.split()) for phrase in _GROUP_OF)  # words in the longest phrase
WORDS = frozenset(word for phrase in _GROUP_OF for word in phrase.split())


def group_of(phrase: str) -> tuple[str, ...] | None:
    """Return all phrases for the same thing, or None; a plural in -s counts as its singular."""
    return _GROUP_OF.get(phrase) or _GROUP_OF.get(phrase.removesuffix("s"))
