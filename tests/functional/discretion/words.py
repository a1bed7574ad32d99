"""Words that would tell others what was bought, taken from the catalogue and the guides."""

import re
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parents[3] / "product_content" / "data"

# Words of names and titles that say nothing about the shop's goods when they stand alone.
EVERYDAY = set(
    """
    about after again and ask before choosing finding first four from full gained help helps how
    keeping kinds large middle move need needs quiet range read says should size sizes small
    start step team than that the them then think this together what when why with yes your
    talking evidence keep like made what's large water based single singles sets firm warm free
    care comfort main store room set one bag box cloth soft card feels feel can cleaning between
    blocked cannot carry claimed comes giving health schedule they visit everyday known must
    personal session stay good plain clean home hand kit pouch travel
    buying device else form fully lasting look others plan situation slowly somebody whom
    """.split()  # noqa: SIM905  words, not code
)
# Conditions and parts of the body; each must occur in the guides or their sources.
BODY = set(
    """
    vagina vaginal vaginismus pelvic dilator dilators penetration intercourse sex menopause
    muscle muscles lubricant lubricants vulva pain painful radiotherapy magnet magnets silicone
    """.split()  # noqa: SIM905
)
# The same in Spanish; each must occur in the translated goods and guides.
SPANISH = set(
    """
    dilatador dilatadores vagina vaginismo pélvico pélvica suelo sexo menopausia
    lubricante lubricantes gel imanes magnético silicona masajeador radioterapia dolor músculos
    """.split()  # noqa: SIM905
)


@cache
def sensitive_words():
    """Return lower-case words: of names, slugs and titles, and of bodies and conditions."""
    catalogue = yaml.safe_load((DATA / "catalogue.yaml").read_text())
    names = [item[key] for item in _products(catalogue) for key in ("name", "slug")]
    guides = [path.read_text() for path in sorted(DATA.glob("articles/*.md"))]
    titles = [re.search(r"^title: *(.*)$", text, re.MULTILINE)[1] for text in guides]
    titles += [path.stem for path in DATA.glob("articles/*.md")]
    everything = " ".join([*guides, (DATA / "sources.yaml").read_text()]).lower()
    assert not {word for word in BODY if word not in everything}
    translated = (DATA / "locale/es/LC_MESSAGES/django.po").read_text().lower()
    assert not {word for word in SPANISH if word not in translated}
    english = set(re.findall(r"[a-z]{4,}", " ".join(names + titles).lower())) - EVERYDAY
    return frozenset(english | BODY | SPANISH)


def _products(data):
    """Yield every entry of the catalogue that has a name and a slug."""
    if isinstance(data, dict):
        if "slug" in data and "name" in data and "company_name" not in data:
            yield data
        for value in data.values():
            yield from _products(value)
    elif isinstance(data, list):
        for value in data:
            yield from _products(value)


def found(words, places):
    """Return (place, word) for every telling word; `places` are (place, text) pairs."""
    letter = r"[^\W\d_]"  # of any alphabet
    pattern = re.compile(rf"(?<!{letter})({'|'.join(sorted(words))})(?!{letter})", re.IGNORECASE)
    return sorted({(place, hit.lower()) for place, text in places for hit in pattern.findall(text)})
