"""Rules of what texts may say and of what may be sold. Pure: each says whether, and why not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from product_content.decisions import ALLOWED, Decision, refused
from product_content.rendering import without_citations

# Two years, a figure of our own: British health charities review each page within three
# (members of the Information Standard say so on theirs), and this field still changes.
REVIEW_EVERY = timedelta(days=730)


def is_review_due(*, reviewed_on: date | None, today: date) -> Decision:
    """Say whether a clinician should look at a guide (again)."""
    if reviewed_on is None:
        return Decision(True, "No clinician has reviewed it yet.")
    if today - reviewed_on >= REVIEW_EVERY:
        return Decision(
            True, f"The last review, on {reviewed_on:%-d %B %Y}, is two years old or older."
        )
    return Decision(allowed=False)


# A figure with a unit, as doses, periods and shares have: "5 minutes", "twice a day", "79 %".
_NUMBER = (
    r"(?:\d[\d.,]*|half|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|quince|veinte|treinta|medi[ao])"
)
_UNIT = (
    r"(?:minutes?|hours?|days?|weeks?|months?|years?|times|per cent|%|cm\b|in 100|mOsm|mg"
    r"|minutos?|horas?|días?|semanas?|meses|mes|años?|veces|por ciento|de cada 100)"
)
_FIGURE = re.compile(
    rf"\b{_NUMBER}(?:\s*(?:to|or|and|a|o|y|–|-)\s*{_NUMBER})?[\s\u00a0]*(?:or more\s+)?{_UNIT}"
    r"|\b(?:once|twice) (?:a|an|each|every) |\bdaily\b|\b(?:diariamente|a diario)\b",
    re.IGNORECASE,
)
# Words that name somebody else's findings or advice.
_ATTRIBUTION = re.compile(
    r"\b(?:Cochrane|NHS|NICE|ACOG|FDA|WHO|UPMC|Royal Free|Seattle|Leeds|guidelines?|leaflets?"
    r"|meta-analys[ei]s|trials?|reviewers|randomised|interviewed|World Health Organization)\b"
)
_CITATION = re.compile(r"\[\^([\w-]+)\]")
_SENTENCE_END = re.compile(r"(?<=[.!?\]:])\s+(?=[A-ZÁÉÍÓÚÑ“\"¿¡*\d|])")
# Where a sentence ends, whatever the next one begins with, and in a quotation too.
_STOP = re.compile(r"[.!?…]+(?=[\s\"”»)\]*]|$)")
_BLOCK_END = re.compile(r"\n\s*\n|\n(?=\s*(?:[*+-]|\d+\.)\s)|\n(?=\|)")
# How a text names the people of an audience, in any of the shop's languages.
_AUDIENCE_WORDS = {
    "tension": ("tense", "tension", "tensión", "tenso"),
    "vaginismus": ("vaginism", "penetration", "penetración"),
    "vulval-pain": ("vulv", "vestibul", "at the entrance", "en la entrada"),
    "menopause": ("menopaus", "oestrogen", "estrógeno"),
    "birth": ("birth", "breastfeed", "parto", "dar a luz", "lactancia"),
    "radiotherapy": ("radiotherapy", "radiation", "radioterapia", "radiación"),
    "surgery": ("surgery", "operation", "cirugía", "operación"),
    "agenesis": ("agenesis", "did not fully form", "fully formed", "no se formó", "formada"),
    "vaginoplasty": ("vaginoplast", "neovagina"),
    "skin": ("lichen", "liquen"),
    "prescribed": ("prescri", "prostate", "próstata"),
    "implants": ("implant", "pacemaker", "marcapasos", "magnet", "imán", "imanes"),
    "pain": ("trial", "pain", "ensayo", "dolor"),
    "condoms": ("condom", "preservativo", "condón"),
}
Readers = Collection[str]


def text_problems(
    text: str, *, readers: Readers, claims: Mapping[str, Readers], strict: bool = True
) -> list[str]:
    """Return what is wrong with how a text says what it knows; nothing if all is well.

    `readers` are the audiences that it is written for, `claims` the audiences of each claim by
    its id. Each section cites something (if `strict`); a sentence with a dose, a period or somebody
    else's findings cites a claim; and a claim that does not hold for all readers stands where its
    own people are named, in the same paragraph or its heading.
    """
    found: list[str] = []
    for heading, section in _sections(text):
        if strict and section.strip() and not _CITATION.search(section):
            found.append(f"the section “{heading or 'at the top'}” cites nothing")
        for block in _BLOCK_END.split(section):
            found += _uncited(block)
            found += _misused(block, heading, readers, claims)
    return found


def product_text_problems(
    *, summary: str, cited: Collection[str], marking: str, claims: Mapping[str, Readers]
) -> list[str]:
    """Return what a product's texts say without a claim, or beyond its marking, if anything.

    A product is bought by anyone: what it says holds for everyone, or names whom it is for. `cited`
    are the texts that can cite claims, `claims` the audiences of each claim by its id.
    """
    text = "\n\n".join(cited)
    problems = text_problems(text, readers=["everyone"], claims=claims, strict=False)
    claimed = may_claim(f"{summary} {without_citations(text)}", marking=marking)
    return [*problems, *filter(None, [claimed.reason])]


def _sections(text: str) -> list[tuple[str, str]]:
    """Return the heading and the text of each section; the first has no heading."""
    first, *rest = re.split(r"^## ", text, flags=re.MULTILINE)
    return [("", first), *((head, body) for head, _, body in (s.partition("\n") for s in rest))]


def _uncited(block: str) -> list[str]:
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(block)]
    return [
        f"no claim is cited for “{sentence}”"
        for sentence in sentences
        if (_FIGURE.search(sentence) or _ATTRIBUTION.search(sentence))
        and not _CITATION.search(sentence)
    ]


def _misused(
    block: str, heading: str, readers: Readers, claims: Mapping[str, Readers]
) -> list[str]:
    words = f"{heading} {block}".lower()
    found = []
    for name in dict.fromkeys(_CITATION.findall(block)):
        if (whom := claims.get(name)) is None:
            found.append(f"[^{name}] is no claim")
        elif not (_holds_for(whom, readers) or _names(words, whom)):
            found.append(
                f"[^{name}] is about other people ({', '.join(sorted(whom))}), whom the text "
                f"does not name there"
            )
    return found


def _holds_for(whom: Readers, readers: Readers) -> bool:
    return "everyone" in whom or (bool(readers) and set(readers) <= set(whom))


def _names(words: str, whom: Readers) -> bool:
    return any(word in words for name in whom for word in _AUDIENCE_WORDS.get(name, ()))


def translation_problem(text: str, translation: str) -> str:
    """Return how a translation says something else than its text, "" if it does not.

    Section by section it cites the same claims, gives the same figures and has as many sentences
    in each paragraph, so that no warning is lost on the way.
    """
    here, there = ([body for _, body in _sections(each)] for each in (text, translation))
    if len(here) != len(there):
        return "another number of sections"
    for one, other in zip(here, there, strict=True):
        if Counter(_CITATION.findall(one)) != Counter(_CITATION.findall(other)):
            return "other claims are cited"
        if _digits(one) != _digits(other):
            return "other figures are given"
        if _sentences(one) != _sentences(other):
            return "a paragraph has more or fewer sentences"
    return ""


def _sentences(text: str) -> list[int]:
    """Return how many sentences each paragraph, row or point of a list has."""
    blocks = _BLOCK_END.split(_CITATION.sub("", text).strip())
    return [len(_STOP.findall(re.sub(r"^\s*\d+\.\s", "", block))) for block in blocks]


def _digits(text: str) -> Counter[str]:
    """Return the figures of a text; "1,660" is 1660, and "0,9" is 0.9."""
    whole = re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", _CITATION.sub("", text))
    return Counter(figure.replace(",", ".") for figure in re.findall(r"\d+(?:[.,]\d+)?", whole))


def claim_problems(*, audiences: Readers, sources: Collection[Readers]) -> list[str]:
    """Return what speaks against a claim; `sources` are the audiences of each of its sources.

    A claim without sources is our own advice on use. Any other holds for nobody whom none of its
    sources speaks of.
    """
    if not audiences:
        return ["it says not for whom it holds"]
    covered = {name for whom in sources for name in whom}
    if not sources or "everyone" in covered:
        return []
    return [f"none of its sources speaks of {name}" for name in sorted({*audiences} - covered)]


def may_publish_guide(*, text: str, readers: Readers, claims: Mapping[str, Readers]) -> Decision:
    """Say whether customers may read a guide: each statement on health names its claim."""
    wants = text_problems(text, readers=readers, claims=claims)
    if not readers:
        wants.append("it says not for whom it is written")
    return Decision(not wants, "; ".join(wants))


@dataclass(frozen=True, slots=True)
class RegulatoryFacts:
    """What the maker's papers say of a product; "" is what nobody has looked up yet."""

    maker: str = ""
    device_class: str = ""
    marking: str = ""
    batch: str = ""
    udi: str = ""
    importer: str = ""


_NAMES = {
    "maker": _("the maker"),
    "device_class": _("the device class"),
    "marking": _("the conformity marking"),
    "batch": _("the batch"),
    "udi": _("the UDI"),
    "importer": _("the importer"),
}
_NOT_A_DEVICE = "none"


def missing_facts(facts: RegulatoryFacts) -> list[str]:
    """Return what is still to be found out, in words; goods that are no device need less."""
    wanted = list(_NAMES)
    if facts.device_class == _NOT_A_DEVICE:
        wanted = ["maker", "importer"]
    return [str(_NAMES[name]) for name in wanted if not getattr(facts, name)]


def may_be_sold(facts: RegulatoryFacts, *, demo_goods_are_sold: bool) -> Decision:
    """Say whether a product may be sold: a live shop sells none of which it lacks a fact."""
    if demo_goods_are_sold or not missing_facts(facts):
        return ALLOWED
    return refused(gettext("This is a demo product and not for sale."))


# Words of an effect on the body, which only a device with a conformity marking may be said to
# have (United Kingdom: CAP Code 12.1), unless the sentence denies it.
_EFFECT = re.compile(
    r"\b(?:treat(?:s|ment)?|reliev(?:e|es)|relief|cure[sd]?|heal(?:s|ing)?|prevents?|therap(?:y|eutic)"
    r"|reduces? pain|restores?|stretches)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:not|no|never|nobody|without|before|until|nor|ask)\b", re.IGNORECASE)


def may_claim(text: str, *, marking: str) -> Decision:
    """Say whether a product's text claims no more than its marking allows, and why not."""
    if marking:
        return ALLOWED
    for sentence in _SENTENCE_END.split(" ".join(text.split())):
        if (found := _EFFECT.search(sentence)) and not _DENIAL.search(sentence):
            return refused(
                f"“{found.group()}” is a medical claim, and the product has no conformity "
                f"marking (CAP Code 12.1)"
            )
    return ALLOWED
