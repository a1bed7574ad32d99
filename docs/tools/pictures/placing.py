"""Transformations, 4 by 4, of points in millimetres; z is up."""

from __future__ import annotations

import math

import numpy as np
from meshes import Array, Mesh, resting_angle, turn


def move(x: float, y: float, z: float = 0) -> Array:
    """Move by millimetres."""
    change = np.eye(4)
    change[:3, 3] = x, y, z
    return change


def spin(degrees: float) -> Array:
    """Turn around the upright axis, against the clock seen from above."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    change = np.eye(4)
    change[:2, :2] = (c, -s), (s, c)
    return change


def tip_over(radians: float) -> Array:
    """Lay what stands along z down along y, its upper end lifted by an angle."""
    c, s = math.cos(radians), math.sin(radians)
    change = np.eye(4)
    change[1:3, 1:3] = (s, c), (-c, s)
    return change


def lay(profile: Array, roll: tuple[float, float] | None = None) -> Mesh:
    """Return a turned body that lies or leans on the ground, pointing along y."""
    body = turn(profile).moved(tip_over(resting_angle(profile, roll)))
    return body.moved(move(0, -float(body.points[..., 1].min()), -float(body.points[..., 2].min())))
