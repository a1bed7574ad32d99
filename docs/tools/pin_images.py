"""Write the digests of the images into Dockerfile and docker-compose.yml.

Run `make pin-images` where Docker and a registry can be reached; it asks `docker buildx imagetools`
for the digest of each tag. An image that was pinned before is pinned anew. Nothing is written
unless every digest was found. `--check` only says which images have no digest, and exits with 1.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = ("Dockerfile", "deploy/backup/Dockerfile", "docker-compose.yml")
# `FROM name:tag` and `image: name:tag`, but not the images that are built here.
_IMAGE = re.compile(
    r"^(?P<before>FROM |\s+image: )(?P<name>(?!stillwater[:-])[\w./-]+:[\w.-]+)"
    r"(?P<digest>@sha256:[0-9a-f]{64})?",
    re.MULTILINE,
)


def images(text: str) -> dict[str, bool]:
    """Return the images that a file names, and whether each has a digest."""
    return {found["name"]: bool(found["digest"]) for found in _IMAGE.finditer(text)}


def digest_of(name: str) -> str:
    """Return the digest ("sha256:…") that the registry has for a tag; raises if it has none."""
    command = [
        "docker",
        "buildx",
        "imagetools",
        "inspect",
        name,
        "--format",
        "{{.Manifest.Digest}}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    digest = done.stdout.strip()
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise ValueError(f"{name}: {digest!r} is no digest")
    return digest


def pinned(text: str, digests: dict[str, str]) -> str:
    """Return the file with these digests."""
    return _IMAGE.sub(
        lambda found: f"{found['before']}{found['name']}@{digests[found['name']]}", text
    )


def main(arguments: list[str]) -> int:
    """Pin all images, or with --check name those that are not."""
    texts = {file: (ROOT / file).read_text() for file in FILES}
    named = {name: has for text in texts.values() for name, has in images(text).items()}
    if "--check" in arguments:
        loose = sorted(name for name, has in named.items() if not has)
        print(
            "\n".join(f"{name} has no digest: make pin-images" for name in loose) or "All pinned."
        )
        return 1 if loose else 0
    try:
        digests = {name: digest_of(name) for name in named}
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"No digest was written: {error}")
        return 1
    for file, text in texts.items():
        (ROOT / file).write_text(pinned(text, digests))
    print("\n".join(f"{name}@{digest}" for name, digest in digests.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
