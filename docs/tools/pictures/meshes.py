"""Surfaces of what stands in the pictures, as triangles in millimetres. Pure.

Whatever is round is turned on a lathe from one profile, so that a base and its body are one piece.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
AROUND = 128  # sections of a turned surface
BASE_RIM_MM = 4  # mm by which a base is wider than its body on each side, as in the shop's drawings
BASE_MM = 6  # mm, its thickness


@dataclass(frozen=True)
class Mesh:
    """A grid of points, rows by columns by 3 figures, and whether its columns meet again."""

    points: Array
    closed: bool = False

    def moved(self, change: Array) -> Mesh:
        """Return the mesh after a 4 by 4 transformation."""
        return Mesh(self.points @ change[:3, :3].T + change[:3, 3], self.closed)

    def write(self, path: Path) -> None:
        """Write a binary PLY with normals and texture coordinates of one unit a millimetre."""
        points = (
            np.concatenate([self.points, self.points[:, :1]], 1) if self.closed else self.points
        )
        rows, columns, _ = points.shape
        vertices = np.concatenate(
            [points, self._normals(points), _surface_lengths(points)], 2
        ).reshape(-1, 8)
        _write_ply(path, vertices.astype("<f4"), _faces(rows, columns))

    def _normals(self, points: Array) -> Array:
        along = np.gradient(points, axis=0)
        across = np.gradient(points, axis=1)
        if self.closed:  # the first column and the last are one place
            joined = points[:, 1] - points[:, -2]
            across[:, 0] = across[:, -1] = joined
        normals = np.cross(across, along)
        lengths = np.linalg.norm(normals, axis=2, keepdims=True)
        normals = normals / np.maximum(lengths, 1e-9)
        for end, inner in ((0, 1), (-1, -2)):  # a pole has no direction of its own
            if np.ptp(points[end], axis=0).max() < 1e-6:
                mean = normals[inner].mean(0)
                normals[end] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return normals


def _surface_lengths(points: Array) -> Array:
    """Return texture coordinates: how far a point is from the first along and across, in mm."""
    lengths = []
    for axis in (1, 0):
        steps = np.linalg.norm(np.diff(points, axis=axis), axis=2)
        widest = np.median(steps, axis=1 - axis)
        line = np.concatenate([[0.0], np.cumsum(widest)])
        shape = (1, -1) if axis == 1 else (-1, 1)
        lengths.append(np.broadcast_to(line.reshape(shape), points.shape[:2]))
    return np.stack(lengths, 2)


def _faces(rows: int, columns: int) -> NDArray[np.int32]:
    corner = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    return np.concatenate([np.stack(t, 2).reshape(-1, 3) for t in ((a, b, c), (a, c, d))]).astype(
        "<i4"
    )


def _write_ply(path: Path, vertices: Array, faces: NDArray[np.int32]) -> None:
    names = "".join(
        f"property float {name}\n" for name in ("x", "y", "z", "nx", "ny", "nz", "u", "v")
    )
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{names}"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    record = np.zeros(len(faces), dtype=[("count", "u1"), ("corners", "<i4", 3)])
    record["count"], record["corners"] = 3, faces
    path.write_bytes(head.encode() + vertices.tobytes() + record.tobytes())


def smooth(corners: list[tuple[float, float]], steps: int = 3) -> Array:
    """Round a profile's corners by cutting them, `steps` times; its ends stay."""
    line = np.array(corners, dtype=float)
    for _ in range(steps):
        first = 0.75 * line[:-1] + 0.25 * line[1:]
        second = 0.25 * line[:-1] + 0.75 * line[1:]
        inner = np.stack([first, second], 1).reshape(-1, 2)
        line = np.concatenate([line[:1], inner, line[-1:]])
    return line


def turn(profile: Array, flat: Callable[[Array], Array] | None = None) -> Mesh:
    """Turn a profile of (radius, height) around the z axis; `flat` narrows it across by height."""
    angles = np.linspace(0, 2 * math.pi, AROUND, endpoint=False)
    radius, height = profile[:, :1], profile[:, 1:]
    narrow = flat(height) if flat else 1.0
    x, y = radius * np.cos(angles), narrow * radius * np.sin(angles)
    return Mesh(np.stack([x, y, np.broadcast_to(height, x.shape)], 2), closed=True)


def dilator_profile(diameter: float, length: float) -> Array:
    """Return the profile of a dilator: under its base up to the tip, as the shop draws it."""
    r, rim = diameter / 2, diameter / 2 + BASE_RIM_MM
    shoulder = min(1.25 * diameter, 0.55 * length)
    base = smooth(
        [
            (0, -BASE_MM + 0.6), (rim * 0.7, -BASE_MM + 0.4), (rim - 0.4, -BASE_MM),
            (rim, -BASE_MM + 0.8), (rim, -2.4), (rim - 0.4, -0.8), (r + 1.6, 1), (r + 0.3, 5),
            (r, 12),
        ]
    )  # fmt: skip
    shaft = np.array([(r, height) for height in np.linspace(13, length - shoulder, 12)])
    t = np.linspace(0, 1, 40)[1:, None]
    start, one, two, end = (
        np.array(point)
        for point in (
            (r, length - shoulder), (r, length - 0.42 * shoulder), (0.5 * r, length), (0, length),
        )
    )  # fmt: skip
    tip = (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * one + 3 * (1 - t) * t**2 * two + t**3 * end
    return np.concatenate([base, shaft, tip])


def pillow(width: float, depth: float, thick: float, seed: int = 1) -> tuple[Mesh, Mesh]:
    """Return the upper and the lower side of a filled pouch, with creases at its seams."""
    random = np.random.default_rng(seed)
    v, u = np.meshgrid(np.linspace(-1, 1, 90), np.linspace(-1, 1, 130), indexing="ij")
    bulge = (1 - np.abs(u) ** 3.2) ** 0.55 * (1 - np.abs(v) ** 3.2) ** 0.55
    creases = np.zeros_like(u)
    for _ in range(9):
        angle, phase, count = random.uniform(0, math.pi), random.uniform(0, 6), random.uniform(3, 8)
        creases += np.sin(count * (u * math.cos(angle) + v * math.sin(angle)) + phase)
    high = thick * bulge * (0.92 + 0.014 * creases)
    edge = 1 - 0.035 * (np.abs(u) ** 4 + np.abs(v) ** 4) * (1 - np.abs(u * v))
    x, y = u * width / 2 * edge, v * depth / 2 * edge
    upper = np.stack([x, y, 0.35 * thick + 0.65 * high], 2)
    lower = np.stack([x, y, 0.35 * thick - 0.35 * high], 2)
    return Mesh(upper), Mesh(lower[:, ::-1])


def rounded_box(width: float, depth: float, high: float, corner: float = 1.5) -> Mesh:
    """Return a box that stands on z = 0, with softened edges."""
    rows = smooth(
        [
            (0, 0),
            (1 - 0.01, 0),
            (1, 0),
            (1, corner),
            (1, high - corner),
            (1, high),
            (0.99, high),
            (0, high),
        ],
        2,
    )
    angles = np.linspace(0, 2 * math.pi, 256, endpoint=False)
    power = 0.06  # nearly square seen from above
    cos = np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** power
    sin = np.sign(np.sin(angles)) * np.abs(np.sin(angles)) ** power
    x, y = rows[:, :1] * cos * width / 2, rows[:, :1] * sin * depth / 2
    return Mesh(np.stack([x, y, np.broadcast_to(rows[:, 1:], x.shape)], 2), closed=True)


def tube(path: Array, radius: float) -> Mesh:
    """Return a cord of this radius along a path of points."""
    ahead = np.gradient(path, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    aside = max(np.eye(3), key=lambda axis: np.linalg.norm(np.cross(ahead, axis), axis=1).min())
    side = np.cross(ahead, aside)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    above = np.cross(side, ahead)
    angles = np.linspace(0, 2 * math.pi, 20, endpoint=False)[None, :, None]
    ring = np.cos(angles) * side[:, None] + np.sin(angles) * above[:, None]
    return Mesh(path[:, None] + radius * ring, closed=True)


def cloth(size: float, folds: float, seed: int, cells: int = 360) -> Mesh:
    """Return a piece of cloth with soft folds of about `folds` mm, highest at its far side."""
    random = np.random.default_rng(seed)
    v, u = np.meshgrid(*(np.linspace(-0.5, 0.5, cells),) * 2, indexing="ij")
    high = np.zeros_like(u)
    for _ in range(7):
        angle, count = random.uniform(-0.5, 0.9), random.uniform(4, 9)
        wave = np.sin(2 * math.pi * count * (u * math.cos(angle) + v * math.sin(angle)) + 9 * u * v)
        high += random.uniform(0.3, 1) * np.maximum(wave, -0.2) ** 3
    calm = np.clip((np.hypot(u * 1.0, v * 1.3) - 0.16) / 0.3, 0, 1) ** 1.4  # flat where things lie
    high = folds * calm * high / 2
    return Mesh(np.stack([u * size, v * size, high], 2))


def leaf(length: float, width: float, bend: float) -> Mesh:
    """Return a leaf that begins at the origin and points along x."""
    t, s = np.meshgrid(np.linspace(0.001, 1, 24), np.linspace(-1, 1, 11), indexing="ij")
    wide = width / 2 * np.sin(math.pi * t**0.8) ** 0.9
    high = bend * length * t**2 + 0.12 * width * np.abs(s) * np.sin(math.pi * t)
    return Mesh(np.stack([t * length, s * wide, high], 2))


def resting_angle(profile: Array, roll: tuple[float, float] | None = None) -> float:
    """Return by how much a turned body's axis is lifted when it lies on its base's rim, in radians.

    `roll` is the distance of a roll from the rim and its radius, in mm: then the body leans on it.
    """
    for angle in np.linspace(-0.5, 0.9, 2801):
        line = _lower_line(profile, float(angle))
        if line[:, 1].min() < -1e-6:
            continue
        if roll is None or _clear_of(line, *roll):
            return float(angle)
    raise ValueError("it does not come to rest")


def _lower_line(profile: Array, angle: float) -> Array:
    """Return the under side as (distance, height), the rim of the base on the ground."""
    radius, along = profile[:, 0], profile[:, 1]
    x = along * math.cos(angle) + radius * math.sin(angle)
    y = along * math.sin(angle) - radius * math.cos(angle)
    rim = int(np.argmin(np.where(along < 2, y, np.inf)))
    return np.stack([x - x[rim], y - y[rim]], 1)


def _clear_of(line: Array, distance: float, radius: float) -> bool:
    return bool((np.hypot(line[:, 0] - distance, line[:, 1] - radius) >= radius - 0.05).all())
