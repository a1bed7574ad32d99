"""The things in the pictures, from the catalogue's figures: pieces of a mesh and a material each.

What the catalogue does not say (a bottle's shape, a brush) is our own and plain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from meshes import (
    BASE_RIM_MM,
    Array,
    Mesh,
    cloth,
    dilator_profile,
    leaf,
    pillow,
    rounded_box,
    smooth,
    tube,
    turn,
)
from placing import lay, move, spin, tip_over
from surfaces import Material, acrylic, card_board, linen, metal, paper, silicone, wood

SAGE, SLATE, IVORY = (0.29, 0.41, 0.37), (0.20, 0.27, 0.38), (0.60, 0.55, 0.455)
DUSK, INK, WHITE = (0.15, 0.195, 0.215), (0.10, 0.16, 0.19), (0.70, 0.67, 0.60)
COIN_MM = 24  # mm, about as wide as a pound, a euro or a quarter


@dataclass(frozen=True)
class Piece:
    """A surface and what it is made of."""

    mesh: Mesh
    material: Material


Thing = list[Piece]


def moved(thing: Iterable[Piece], *changes: Array) -> Thing:
    """Return a thing after transformations, the first one first."""
    for change in changes:
        thing = [Piece(piece.mesh.moved(change), piece.material) for piece in thing]
    return list(thing)


@dataclass(frozen=True)
class Size:
    """A size of the catalogue, in millimetres."""

    number: int
    diameter: float
    length: float


def fan(sizes: list[Size], material: Material, roll: tuple[float, float] | None) -> Thing:
    """Lay dilators side by side, their tips a little apart, the middle of them at the origin."""
    widths = [size.diameter + 2 * BASE_RIM_MM for size in sizes]
    gap = 13 if len(sizes) > 3 else 12
    total = sum(widths) + gap * (len(sizes) - 1)
    left, things = -total / 2, []
    middle = max(size.length for size in sizes) / 2
    for place, (size, width) in enumerate(zip(sizes, widths, strict=True)):
        x = left + width / 2
        left += width + gap
        sway = (4, -2, 3, -3)[place % 4]
        step = (0, 5, -3, 4)[place % 4]
        body = Piece(lay(dilator_profile(size.diameter, size.length), roll), material)
        turned = moved(
            [body], spin(-0.055 * x + sway if roll is None else sway / 2), move(x, step - middle)
        )
        things += turned
    return things


def roll_of_linen(length: float, radius: float) -> Thing:
    """Return a rolled cloth along x that lies on the ground."""
    turns = np.linspace(0, 7 * math.pi, 220)
    spiral = radius * (0.25 + 0.75 * turns / turns[-1])
    x = np.linspace(-length / 2, length / 2, 60)
    wave = 1 + 0.012 * np.sin(x[:, None] / 23) * np.cos(2 * turns)
    points = [
        np.broadcast_to(x[:, None], wave.shape),
        spiral * wave * np.cos(turns),
        radius + spiral * wave * np.sin(turns),
    ]
    return [Piece(Mesh(np.stack(points, 2)), linen(WHITE, 9))]


def coin() -> Thing:
    """Return a plain metal disc of a coin's size."""
    r = COIN_MM / 2
    profile = smooth(
        [
            (0, 0),
            (r - 0.3, 0),
            (r, 0.3),
            (r, 1.9),
            (r - 0.3, 2.2),
            (r - 1.3, 2.2),
            (r - 1.7, 1.6),
            (r * 0.6, 1.6),
            (r * 0.55, 1.9),
            (0, 1.9),
        ],
        2,
    )
    return [Piece(turn(profile), metal((0.52, 0.49, 0.42)))]


def pouch(
    width: float,
    depth: float,
    thick: float,
    colour: tuple[float, float, float],
    *,
    zip_: bool = False,
) -> Thing:
    """Return a cotton pouch with something soft in it; `zip_` is along its far side."""
    fabric = linen(colour, 5)
    thing = [Piece(side, fabric) for side in pillow(width, depth, thick)]
    if not zip_:
        return thing + _drawstring(width, depth, thick)
    u = np.linspace(-0.86, 0.86, 160)
    high = 0.35 * thick + 0.65 * thick * (1 - np.abs(u) ** 3.2) ** 0.55 * (1 - 0.8**3.2) ** 0.55
    path = np.stack([u * width / 2, np.full_like(u, 0.8 * depth / 2), high + 0.3], 1)
    teeth = path.copy()
    teeth[:, 2] += 0.8 + 0.5 * np.sin(np.arange(len(u)) * 2.2)
    pull = turn(
        smooth([(0, 0), (3.4, 0), (3.6, 0.8), (3.4, 1.6), (0, 1.6)], 2), lambda h: 0.45 + 0 * h
    )
    return [
        *thing,
        Piece(tube(path, 3.0), paper((0.06, 0.09, 0.11))),
        Piece(tube(teeth, 1.5), metal((0.60, 0.57, 0.5))),
        Piece(
            pull.moved(move(0.74 * width / 2 - 4, 0.8 * depth / 2 - 5, high[148] + 3)),
            metal((0.60, 0.57, 0.5)),
        ),
    ]


def _drawstring(width: float, depth: float, thick: float) -> Thing:
    t = np.linspace(0, 1, 120)
    things = []
    for side in (-1, 1):
        x = width / 2 * 0.9 + 34 * t + 2 * np.sin(9 * t)
        y = side * (4 + 26 * t**1.4 + 5 * np.sin(6 * t)) + 4
        z = 0.4 * thick * np.maximum(0, 1 - 5 * t) ** 2 + 1.4
        things.append(Piece(tube(np.stack([x, y, z], 1), 1.3), linen(DUSK, 6)))
    return things


def folded_cloth(
    width: float, depth: float, layers: int, colour: tuple[float, float, float]
) -> Thing:
    """Return a cloth folded into layers."""
    fabric = paper(colour)
    return [
        Piece(
            rounded_box(width - 2 * (n % 2), depth - 3 * (n % 3), 3.4, 1.6).moved(
                move(0.8 * (n % 2), 0, 3.3 * n)
            ),
            fabric,
        )
        for n in range(layers)
    ]


def _band(radius: float, low: float, high: float) -> Mesh:
    return turn(np.array([(radius, low), (radius, high)]))


def bottle(
    diameter: float, height: float, cap: tuple[float, float, float], *, lying: bool = False
) -> Thing:
    """Return a round bottle with a plain label and a flip cap."""
    r = diameter / 2
    body = smooth(
        [
            (0, 1),
            (r * 0.8, 0),
            (r, 0),
            (r, 4),
            (r, height * 0.74),
            (r, height * 0.82),
            (r * 0.5, height * 0.86),
            (r * 0.5, height * 0.9),
            (0, height * 0.9),
        ],
        4,
    )
    top = smooth(
        [
            (r * 0.66, height * 0.855),
            (r * 0.68, height * 0.86),
            (r * 0.66, height - 1.5),
            (r * 0.62, height),
            (0, height),
        ],
        3,
    )
    label = _band(r + 0.15, height * 0.2, height * 0.62)
    thing = [
        Piece(turn(body), silicone((0.78, 0.80, 0.77))),
        Piece(turn(top), acrylic(cap)),
        Piece(label, paper((0.86, 0.83, 0.76))),
    ]
    line = _band(r + 0.25, height * 0.5, height * 0.52)
    thing.append(Piece(line, paper(cap)))
    return moved(thing, _on_its_side(r)) if lying else thing


def _on_its_side(radius: float) -> Array:
    change = np.eye(4)
    change[1:3, 1:3] = (0, 1), (-1, 0)
    return move(0, 0, radius) @ change


def squeeze_tube(diameter: float, height: float, colour: tuple[float, float, float]) -> Thing:
    """Return a tube with a flat end and a narrow nozzle, lying."""
    r = diameter / 2
    rows = np.linspace(0, height, 60)
    flat = np.clip(1 - rows / height, 0.035, 1) ** 0.75
    wide = r * (1 + 0.42 * (1 - flat))
    angles = np.linspace(0, 2 * math.pi, 128, endpoint=False)
    x, z = wide[:, None] * np.cos(angles), (r * flat)[:, None] * np.sin(angles)
    shape = np.stack([x, np.broadcast_to(rows[:, None], x.shape), z + r], 2)
    cap = turn(
        smooth(
            [
                (r * 0.98, 0),
                (r, -1),
                (r * 0.9, -7),
                (r * 0.42, -9),
                (r * 0.34, -24),
                (r * 0.2, -26),
                (0, -26),
            ],
            3,
        )
    )
    stripe = shape[24:27] + np.array([0, 0, 0.12])
    side = _on_its_side(r)
    return [
        Piece(Mesh(shape, closed=True), silicone((0.84, 0.82, 0.77))),
        Piece(cap.moved(side), acrylic(colour)),
        Piece(Mesh(stripe * np.array([1.004, 1, 1.004]), closed=True), paper(colour)),
    ]


def massager(length: float, head: float) -> Thing:
    """Return a small massager that lies on its side, and its charging cable."""
    r, h = head / 2, head * 0.36
    neck = length - head * 1.15
    grip = smooth(
        [
            (0, 0),
            (h * 0.8, 0),
            (h, 6),
            (h * 1.05, length * 0.25),
            (h * 0.86, neck * 0.8),
            (h * 0.66, neck),
            (h * 0.6, neck + 2),
        ],
        4,
    )
    ball = smooth(
        [
            (h * 0.62, neck),
            (h * 0.7, neck + 4),
            (r, neck + head * 0.35),
            (r, neck + head * 0.8),
            (r * 0.75, length),
            (0, length),
        ],
        4,
    )
    ring = _band(h * 1.02 + 0.1, length * 0.3, length * 0.3 + 2.5)
    angle = math.atan2(r - h, neck + head * 0.5)
    laid = [
        Piece(turn(ball), silicone((0.60, 0.47, 0.43))),
        Piece(turn(grip), acrylic((0.83, 0.79, 0.73))),
        Piece(ring, metal((0.7, 0.62, 0.52))),
    ]
    laid = moved(laid, tip_over(angle))
    lowest = min(float(piece.mesh.points[..., 2].min()) for piece in laid)
    return moved(laid, move(0, -length / 2, -lowest))


def cable() -> Thing:
    """Return a coiled charging cable with its plug."""
    t = np.linspace(0, 2 * math.pi * 2.8, 400)
    radius = 24 + 1.1 * t
    coil = np.stack([radius * np.cos(t), 0.8 * radius * np.sin(t), 2 + 0.35 * t], 1)
    end = coil[-1] + np.outer(np.linspace(0.5, 34, 40), [0.35, 1, -0.01])
    cord = Piece(tube(np.concatenate([coil, end]), 1.7), silicone((0.80, 0.78, 0.73)))
    plug = rounded_box(12, 22, 6, 1.5).moved(spin(-19)).moved(move(*(end[-1] + [3, 10, -4])))
    tip = rounded_box(9, 10, 4, 0.6).moved(spin(-19)).moved(move(*(end[-1] + [9, 25, -3])))
    return [cord, Piece(plug, acrylic((0.8, 0.78, 0.73))), Piece(tip, metal((0.7, 0.7, 0.7)))]


def brush() -> Thing:
    """Return a small brush with a wooden back, bristles to the side."""
    back = smooth([(0, -70), (5, -69), (7, -40), (6, 0), (11, 18), (13, 45), (9, 62), (0, 64)], 4)
    handle = turn(back, lambda h: 0.55 + 0 * h).moved(_on_its_side(7))
    random = np.random.default_rng(2)
    things = [Piece(handle, paper((0.55, 0.39, 0.24)))]
    rows = []
    for y in np.arange(18, 58, 3.2):
        for x in np.arange(-8, 8.1, 3.2):
            lean = random.uniform(-1, 1, 2)
            t = np.linspace(0, 1, 6)[:, None]
            rows.append(np.array([x, y, 11]) + t * np.array([lean[0], lean[1], 17]))
    return things + [Piece(tube(row, 0.9), paper((0.84, 0.80, 0.72))) for row in rows]


def parcel(width: float, depth: float, high: float) -> Thing:
    """Return a plain parcel: brown board, tape, a blank label."""
    tape = _sheet(44, depth + 0.6).moved(move(0, 0, high + 0.12))
    front = _upright(44, 34).moved(move(0, -depth / 2 - 0.35, high - 34))
    label = _sheet(78, 52).moved(spin(2)).moved(move(width * 0.24, -depth * 0.14, high + 0.3))
    lines = [
        _sheet(long, 1.5).moved(
            move(width * 0.24 - (44 - long) / 2 - 8, -depth * 0.14 + y, high + 0.45)
        )
        for long, y in ((44, 10), (36, 3), (40, -4), (24, -11))
    ]
    shade = _plain_tape()
    return [
        Piece(rounded_box(width, depth, high, 1.2), card_board()),
        Piece(tape, shade), Piece(front, shade), Piece(label, paper((0.85, 0.84, 0.81))),
        *(Piece(line, paper((0.35, 0.35, 0.36))) for line in lines),
    ]  # fmt: skip


def _plain_tape() -> Material:
    return acrylic((0.50, 0.35, 0.21))


def _sheet(width: float, depth: float) -> Mesh:
    v, u = np.meshgrid(np.linspace(-0.5, 0.5, 3), np.linspace(-0.5, 0.5, 3), indexing="ij")
    return Mesh(np.stack([u * width, v * depth, 0 * u], 2))


def _upright(width: float, high: float) -> Mesh:
    v, u = np.meshgrid(np.linspace(0, 1, 3), np.linspace(-0.5, 0.5, 3), indexing="ij")
    return Mesh(np.stack([u * width, 0 * u, v * high], 2))


def mug() -> Thing:
    """Return a stoneware mug with tea in it."""
    outside = smooth(
        [
            *((0, 0), (30, 0), (38, 3), (41, 30), (41, 78)),
            *((39.5, 80), (38, 78), (37, 30), (34, 8), (0, 7)),
        ],
        4,
    )
    tea = turn(np.array([(0.0, 66), (37.6, 66)]))
    t = np.linspace(-1.35, 1.35, 60)
    handle = np.stack([36 + 24 * np.cos(t), 0 * t, 42 + 25 * np.sin(t)], 1)
    return [
        Piece(turn(outside), acrylic((0.70, 0.69, 0.64))),
        Piece(tea, acrylic((0.20, 0.09, 0.035))),
        Piece(tube(handle, 5.2), acrylic((0.70, 0.69, 0.64))),
    ]


def twig(length: float, seed: int = 4) -> Thing:
    """Return a leafy twig that lies on the ground along x."""
    random = np.random.default_rng(seed)
    t = np.linspace(0, 1, 50)
    stem = np.stack([length * t, 16 * np.sin(2.2 * t), 4 + 6 * np.sin(2 * t)], 1)
    things: Thing = [Piece(tube(stem, 1.4), paper((0.29, 0.23, 0.15)))]
    for n, place in enumerate(np.linspace(0.16, 0.98, 15)):
        at = stem[int(place * 49)]
        side = 1 if n % 2 else -1
        size = (46 - 20 * place) * random.uniform(0.85, 1.1)
        green = np.array([0.20, 0.29, 0.22]) * random.uniform(0.85, 1.25)
        turned = leaf(size, size * 0.5, random.uniform(0.02, 0.16)).moved(
            spin(side * random.uniform(35, 62))
        )
        things.append(Piece(turned.moved(move(*at)), silicone(tuple(green))))
    return things


def table_cloth(seed: int, folds: float = 16) -> Thing:
    """Return the linen on which things lie."""
    return [Piece(cloth(1500, folds, seed, 420), linen((0.88, 0.825, 0.735), 3))]


def wooden_table() -> Thing:
    """Return the table of oak boards."""
    return [Piece(_sheet(3000, 3000), wood())]
