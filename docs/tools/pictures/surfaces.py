"""What things are made of: Mitsuba's materials, with textures drawn here. Figures are our own."""

from __future__ import annotations

from typing import Any

import mitsuba as mi
import numpy as np
from meshes import Array

Material = dict[str, Any]


def _texture(pixels: Array, mm: float, *, raw: bool = False) -> Material:
    """Return a texture that repeats every `mm` millimetres."""
    bitmap = mi.Bitmap(np.ascontiguousarray(pixels, dtype=np.float32))
    scale = mi.ScalarTransform4f().scale([1 / mm, 1 / mm, 1])
    return {"type": "bitmap", "bitmap": bitmap, "raw": raw, "to_uv": scale, "wrap_mode": "mirror"}


def _noise(cells: int, seed: int, pixels: int) -> Array:
    """Return soft noise between 0 and 1 that repeats."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.fft2(random.standard_normal((pixels, pixels)))
    rate = np.hypot(*np.meshgrid(*(np.fft.fftfreq(pixels) * pixels,) * 2, indexing="ij"))
    soft = np.real(np.fft.ifft2(spectrum * np.exp(-((rate / cells) ** 2))))
    return (soft - soft.min()) / np.ptp(soft)


def _threads(seed: int, pixels: int = 1024, count: int = 88) -> Array:
    """Return a linen weave as heights between 0 and 1; threads differ in width, as flax does."""
    random = np.random.default_rng(seed)
    place = np.arange(pixels) / pixels * count
    warp, weft = (_uneven(place, random, pixels) for _ in range(2))
    columns, rows = np.meshgrid(warp, weft)
    over = (np.floor(columns) + np.floor(rows)) % 2
    across = np.abs(np.sin(np.pi * columns)) * (0.55 + 0.45 * over)
    along = np.abs(np.sin(np.pi * rows)) * (0.55 + 0.45 * (1 - over))
    return np.maximum(across, along) * (0.8 + 0.2 * _noise(60, seed, pixels))


def _uneven(place: Array, random: np.random.Generator, pixels: int) -> Array:
    wander = np.cumsum(random.standard_normal(pixels))
    return place + 0.3 * np.sin(2 * np.pi * place / 7) + 0.02 * (wander - wander.mean())


def linen(colour: tuple[float, float, float], seed: int = 3) -> Material:
    """Return woven linen."""
    heights = _threads(seed)
    shade = (0.74 + 0.26 * heights) * (0.93 + 0.14 * _noise(5, seed + 1, 1024))
    cloth = {
        "type": "diffuse",
        "reflectance": _texture(shade[..., None] * np.array(colour), 62),
    }
    bump = {"type": "bumpmap", "arbitrary": _texture(heights[..., None], 62, raw=True)}
    return {**bump, "scale": 1.1, "bsdf": cloth}


def wood() -> Material:
    """Return pale oak boards."""
    pixels = 1024
    y, x = np.meshgrid(*(np.linspace(0, 1, pixels),) * 2, indexing="ij")
    waves = np.repeat(_noise(4, 5, pixels)[:, : pixels // 16], 16, 1)  # stretched along a board
    bent = y * 11 + 1.3 * _blurred(waves) + 0.12 * np.sin(5 * x)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * bent)
    random = np.random.default_rng(8)
    fibre = np.repeat(random.random((pixels, pixels // 64)), 64, 1)
    grain = 0.55 * rings**2 + 0.25 * fibre + 0.2 * _noise(40, 6, pixels)
    dark, pale = np.array([0.42, 0.29, 0.18]), np.array([0.66, 0.51, 0.35])
    colour = dark + (pale - dark) * (1 - 0.5 * grain[..., None])
    return {
        "type": "principled",
        "base_color": _texture(colour, 360),
        "roughness": 0.5,
        "specular": 0.3,
    }


def _blurred(rows: Array, wide: int = 33) -> Array:
    """Return values averaged along each row."""
    around = np.concatenate([rows[:, -wide // 2 :], rows, rows[:, : wide // 2 + 1]], 1)
    sums = np.cumsum(around, 1)
    return (sums[:, wide:] - sums[:, :-wide])[:, : rows.shape[1]] / wide


def silicone(colour: tuple[float, float, float]) -> Material:
    """Return matt silicone."""
    return _plain(colour, roughness=0.42, specular=0.42, sheen=0.25)


def acrylic(colour: tuple[float, float, float]) -> Material:
    """Return polished hard plastic."""
    return _plain(colour, roughness=0.12, specular=0.6, clearcoat=0.8, clearcoat_gloss=0.95)


def paper(colour: tuple[float, float, float]) -> Material:
    """Return paper, card or matt paint."""
    return {"type": "diffuse", "reflectance": {"type": "rgb", "value": list(colour)}}


def metal(colour: tuple[float, float, float]) -> Material:
    """Return brushed metal."""
    return _plain(colour, roughness=0.3, metallic=1.0)


def card_board() -> Material:
    """Return brown corrugated board."""
    shade = 0.9 + 0.12 * _noise(30, 11, 512)
    return {
        "type": "diffuse",
        "reflectance": _texture(shade[..., None] * np.array([0.52, 0.37, 0.235]), 120),
    }


def _plain(colour: tuple[float, float, float], **figures: float) -> Material:
    base = {"type": "rgb", "value": list(colour)}
    return {"type": "principled", "base_color": base, **figures}
