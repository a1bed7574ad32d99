"""Render the demo products, and write each as WebP in the widths that pages use.

`make pictures ARGS="starter-set-sizes-1-3 --samples 16"` renders some. A picture that is there is
left alone unless it is named or `--all` is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import drjit as dr
import mitsuba as mi
from PIL import Image

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "product_content" / "static" / "product_content" / "pictures"
WIDTHS = (400, 800)  # pixels, those of product_content/pictures.py; the widest is rendered
CALM = "morning"  # the picture of home and of shared links
SHARE_RATIO = 1200 / 630
MAX_BYTES = 60_000  # of what a phone loads, and of what a wide screen loads


def main() -> None:
    """Render what the command line names."""
    asked = _arguments()
    mi.set_variant(asked.variant)
    mi.logger().set_log_level(mi.LogLevel.Error)
    dr.set_thread_count(asked.threads)
    from render import render  # both need a variant
    from scenes import scenes

    known = scenes()
    if unknown := set(asked.names) - known.keys():
        sys.exit(f"no picture is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for number, (name, build) in enumerate(known.items()):
        there = (asked.folder / f"{name}-{WIDTHS[-1]}.webp").exists()
        if name in asked.names or (not asked.names and (asked.all or not there)):
            began, scene = time.monotonic(), build()
            picture = render(
                scene.things, scene.view, width=asked.width, samples=asked.samples, seed=number
            )
            widths = [width for width in WIDTHS if width <= asked.width]
            if name == CALM:
                _store_share(picture, asked.folder / f"{name}-share.jpg")
            sizes = [
                _store(picture, asked.folder / f"{name}-{width}.webp", width) for width in widths
            ]
            print(f"{name}: {time.monotonic() - began:.0f} s, {sizes} bytes", flush=True)


def _store_share(picture: Image.Image, path: Path) -> None:
    """Write the copy for shared links, in the proportions to which sharing services crop."""
    height = round(picture.width / SHARE_RATIO)
    top = (picture.height - height) // 2
    path.parent.mkdir(parents=True, exist_ok=True)
    copy = picture.crop((0, top, picture.width, top + height))
    copy.save(path, "JPEG", quality=84, optimize=True, progressive=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make pictures", description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to render (default: those missing)")
    parser.add_argument("--all", action="store_true", help="also those that are there")
    parser.add_argument("--samples", type=int, default=10, help="rays for each pixel")
    parser.add_argument("--width", type=int, default=WIDTHS[-1], help="in pixels; less for a draft")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write them")
    parser.add_argument(
        "--variant", default="scalar_rgb", help="of Mitsuba; llvm_ad_rgb if it runs"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _store(picture: Image.Image, path: Path, width: int) -> int:
    """Write a copy in this width, in the best quality that keeps within the limit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height = round(picture.height * width / picture.width)
    copy = picture.resize((width, height), Image.Resampling.LANCZOS)
    for quality in (84, 78, 72, 64, 56, 48):
        copy.save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size < MAX_BYTES:
            break
    return path.stat().st_size


if __name__ == "__main__":
    main()
