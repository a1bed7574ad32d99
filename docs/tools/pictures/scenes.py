"""The pictures: their things, and from where each is seen. Names are the shop's slugs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from placing import move, spin
from render import View
from surfaces import acrylic, silicone
from things import (
    DUSK,
    INK,
    IVORY,
    SAGE,
    SLATE,
    WHITE,
    Size,
    Thing,
    bottle,
    brush,
    cable,
    coin,
    fan,
    folded_cloth,
    massager,
    moved,
    mug,
    parcel,
    pouch,
    roll_of_linen,
    squeeze_tube,
    table_cloth,
    twig,
    wooden_table,
)

CATALOGUE = Path(__file__).parents[3] / "product_content" / "data" / "catalogue.yaml"
_RANGES = {"magnetic": (SLATE, silicone), "firm": (IVORY, acrylic)}
_TEAL = (0.07, 0.25, 0.26)


@dataclass(frozen=True)
class Scene:
    """What is in a picture, and from where it is seen."""

    things: Thing
    view: View


def scenes() -> dict[str, Callable[[], Scene]]:
    """Return every picture by its name; each is built when it is called."""
    stored = yaml.safe_load(CATALOGUE.read_text())
    chart = {
        row["number"]: Size(row["number"], row["diameter_mm"], row["usable_length_mm"])
        for row in stored["sizes"]
    }
    sets = {
        each["slug"]: _later(_set, each["slug"], [chart[n] for n in each["sizes"]])
        for each in stored["sets"]
    }
    singles = {each["slug"]: _later(_single, each["slug"], chart) for each in stored["singles"]}
    return {"morning": _morning, "parcel": _parcel, **sets, **singles, **_CARE}


def _later(build: Callable[..., Scene], *facts: Any) -> Callable[[], Scene]:
    return lambda: build(*facts)


def _material(slug: str) -> Any:
    colour, kind = _RANGES.get(slug.partition("-")[0], (SAGE, silicone))
    return kind(colour)


def _set(slug: str, sizes: list[Size]) -> Scene:
    """The set on linen, with a coin; sets of three and more have their pouch behind them."""
    wide = sum(size.diameter + 15 for size in sizes)
    long = max(size.length for size in sizes)
    pair = len(sizes) == 2
    group = moved(fan(sizes, _material(slug), None), spin(-24 if pair else -14))
    money = moved(
        coin(), move(-wide / 2 - 36, -long * (0.3 if len(sizes) < 6 else 0.55), 0.2), spin(-14)
    )
    things = [*table_cloth(len(slug) + sizes[0].number), *group, *money]
    if pair:
        return Scene(things, View(270, (-8, 0, 8)))
    bag = moved(pouch(190, 120, 22, DUSK), spin(9), move(10, long / 2 + 84, 1))
    span = max(1.38 * (wide + 60), 2.6 * long)
    return Scene([*things, *bag], View(span, (-10, 0.08 * span, 8)))


def _single(slug: str, chart: dict[int, Size]) -> Scene:
    """One dilator that leans on a rolled cloth, and one that lies beside it."""
    shown = [chart[5], chart[3]]
    leaning = moved(fan([shown[0]], _material(slug), (88, 15)), move(0, 0, 0))
    lying = moved(fan([shown[1]], _material(slug), None), spin(-64), move(62, -44, 0))
    roll = moved(roll_of_linen(210, 15), move(-8, -62 + 88, 0))
    small = moved(coin(), move(96, 28, 0.2))
    things = [
        *table_cloth(len(slug)),
        *moved([*leaning, *roll], move(-34, 6), spin(-32)),
        *lying,
        *small,
    ]
    return Scene(things, View(300, (8, 0, 12)))


def _morning() -> Scene:
    """Home: tea, folded linen, a plain parcel. Nothing in it says what the shop sells."""
    cloth = moved(folded_cloth(150, 110, 5, WHITE), spin(-12), move(-135, 62, 0))
    return Scene(
        [
            *wooden_table(),
            *moved(parcel(230, 170, 74), spin(-14), move(58, 74, 0)),
            *moved(mug(), spin(-30), move(-96, -52, 0)),
            *cloth,
            *moved(twig(190), spin(-20), move(-30, -78, 0)),
        ],
        View(560, (-6, 10, 30), height=32),
    )


def _parcel() -> Scene:
    """The parcel on its own."""
    return Scene(
        [
            *wooden_table(),
            *moved(parcel(230, 170, 74), spin(-24), move(0, 10, 0)),
            *moved(coin(), move(150, -84, 0)),
        ],
        View(470, (0, 0, 26), height=36),
    )


def _gel() -> Scene:
    small = moved(bottle(32, 92, _TEAL), move(46, -18, 0))
    large = moved(bottle(46, 136, _TEAL), move(-34, 18, 0))
    return Scene(
        [
            *table_cloth(12, 12),
            *small,
            *large,
            *moved(coin(), move(88, -58, 0.2)),
            *moved(twig(120, 7), spin(160), move(-40, -40, 0)),
        ],
        View(350, (4, 6, 46), height=36),
    )


def _gentle() -> Scene:
    lying = moved(squeeze_tube(40, 118, (0.50, 0.38, 0.33)), spin(52), move(48, -34, 0.3))
    cloth = moved(folded_cloth(120, 90, 4, WHITE), spin(-10), move(-66, 58, 0))
    return Scene(
        [*table_cloth(13, 12), *lying, *cloth, *moved(coin(), move(-36, -52, 0.2))],
        View(310, (0, -2, 12), height=42),
    )


def _cleaning() -> Scene:
    wash = moved(bottle(42, 120, (0.62, 0.60, 0.55)), move(-64, 26, 0))
    cloth = moved(folded_cloth(150, 105, 4, WHITE), spin(-14), move(48, 40, 0))
    scrub = moved(brush(), spin(66), move(24, -40, 0.3))
    return Scene(
        [*table_cloth(14, 12), *wash, *cloth, *scrub, *moved(coin(), move(-74, -48, 0.2))],
        View(370, (0, 4, 34), height=36),
    )


def _pouch() -> Scene:
    bag = moved(pouch(240, 160, 40, INK, zip_=True), spin(-13))
    return Scene(
        [*table_cloth(15), *bag, *moved(coin(), move(128, -96, 0.2))],
        View(420, (4, -6, 14), height=44),
    )


def _massager() -> Scene:
    body = moved(massager(165, 44), spin(48), move(-20, 8, 0.2))
    cord = moved(cable(), move(84, 34, 0.2))
    return Scene(
        [*table_cloth(16), *body, *cord, *moved(coin(), move(54, -62, 0.2))],
        View(330, (8, 4, 14), height=44),
    )


_CARE: dict[str, Callable[[], Scene]] = {
    "everyday-gel": _gel,
    "gentle-gel": _gentle,
    "cleaning-kit": _cleaning,
    "carry-pouch": _pouch,
    "personal-massager": _massager,
}
