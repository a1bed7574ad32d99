"""Names that people might have, for the copies: the same person has the same one everywhere."""

from tests.bench.many.patterns import EMAIL, FIRST_NAME, LAST_NAME

_FIRST = "Ana Ben Cleo Dev Elif Finn Grace Hana Ines Jo Kit Lena Mo Nia Omar Pia Quin Rosa Sam Tess"
_LAST = "Abel Brook Clarke Diaz Evans Frost Gray Hill Ito Jones Kaur Lowe Moss Novak Okoro Park"


def _one_of(words: str, by: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return f"(ARRAY[{listed}])[1 + ({by}) % {len(words.split())}]"


FIRST = _one_of(_FIRST, "plan.person")
LAST = _one_of(_LAST, "plan.person / 20")
ADDRESS_OF = "'customer-' || plan.person || '@many.example'"


def renamed(text: str) -> str:
    """Return the SQL of a text in which the pattern's names are the copy's own."""
    full = f"{FIRST} || ' ' || {LAST}"
    named = f"replace({text}, '{FIRST_NAME} {LAST_NAME}', {full})"
    return f"replace({named}, '{EMAIL}', {ADDRESS_OF})"
