"""One picture: the light, the camera, the rendering, its denoising. Needs Mitsuba and OIDN."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mitsuba as mi
import numpy as np
import pyoidn
from meshes import Array
from PIL import Image

RATIO = 2 / 3  # height by width


@dataclass(frozen=True)
class View:
    """What the camera sees: `span` mm across at the point it looks at, from `height` degrees."""

    span: float
    at: tuple[float, float, float] = (0, 0, 10)
    height: float = 47
    side: float = 12
    lens: float = 30  # degrees across


def camera(view: View, width: int) -> dict[str, Any]:
    """Return a camera with a little depth of field; `width` is in pixels."""
    far = view.span / 2 / math.tan(math.radians(view.lens / 2))
    up, side = math.radians(view.height), math.radians(view.side)
    x, y, z = view.at
    flat = far * math.cos(up)
    origin = [x + flat * math.sin(side), y - flat * math.cos(side), z + far * math.sin(up)]
    return {
        "type": "thinlens",
        "fov": view.lens,
        "aperture_radius": far / 260,
        "focus_distance": far,
        "to_world": mi.ScalarTransform4f().look_at(
            origin=origin, target=list(view.at), up=[0, 0, 1]
        ),
        "film": {
            "type": "hdrfilm",
            "width": width,
            "height": round(width * RATIO),
            "rfilter": {"type": "box"},
        },
        "sampler": {"type": "multijitter"},
    }


def light() -> dict[str, Any]:
    """Return the morning: a low window on the left, and the room's own light."""
    window = mi.ScalarTransform4f().look_at(
        origin=[-1500, 900, 1150], target=[0, 0, 0], up=[0, 0, 1]
    ) @ mi.ScalarTransform4f().scale([230, 330, 1])
    warm = {"type": "rgb", "value": [34.0, 27.2, 19.5]}
    room = {"type": "rgb", "value": [0.30, 0.32, 0.35]}
    return {
        "window": {
            "type": "rectangle",
            "to_world": window,
            "emitter": {"type": "area", "radiance": warm},
        },
        "room": {"type": "constant", "radiance": room},
    }


def render(things: list[Any], view: View, *, width: int, samples: int, seed: int) -> Image.Image:
    """Return the picture of things that have a mesh and a material each."""
    with tempfile.TemporaryDirectory() as folder:
        shapes = {}
        for number, piece in enumerate(things):
            path = Path(folder) / f"{number}.ply"
            piece.mesh.write(path)
            both = {"type": "twosided", "material": piece.material}
            shapes[f"shape{number}"] = {"type": "ply", "filename": str(path), "bsdf": both}
        aovs = {
            "type": "aov",
            "aovs": "albedo:albedo,normal:sh_normal",
            "image": {"type": "path", "max_depth": 4},
        }
        scene = mi.load_dict(
            {
                "type": "scene",
                "integrator": aovs,
                "sensor": camera(view, width),
                **light(),
                **shapes,
            }
        )
        layers = np.array(mi.render(scene, spp=samples, seed=seed))
    return _develop(_denoise(layers))


def _denoise(layers: Array) -> Array:
    """Take the noise out of the first three layers by albedo and normals, the last six."""
    colour, albedo, normal = (
        np.ascontiguousarray(part, dtype=np.float32)
        for part in (layers[..., :3], np.clip(layers[..., -6:-3], 0, 1), layers[..., -3:])
    )
    return np.asarray(pyoidn.denoise(colour, albedo, normal, hdr=True))


def _develop(colour: Array) -> Image.Image:
    """Return 8-bit colours: a soft shoulder for highlights, then the sRGB curve."""
    exposed = np.clip(colour, 0, None) * 1.22
    a, b, c, d, e = 2.2, 0.06, 2.05, 0.55, 0.12
    film = np.clip(exposed * (a * exposed + b) / (exposed * (c * exposed + d) + e), 0, 1)
    curve = np.where(film <= 0.0031308, 12.92 * film, 1.055 * film ** (1 / 2.4) - 0.055)
    return Image.fromarray((np.clip(curve, 0, 1) * 255 + 0.5).astype(np.uint8))
