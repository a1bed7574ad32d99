"""Refuse lines of templates that are longer than 120 characters; `make lint` runs this.

djLint breaks only what it may without a change of the page, and does not read the e-mails'
templates. Prints file and line of each line that is too long, and exits with 1 if there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_LENGTH = 120  # as max_line_length in djlint.toml


def too_long(folder: Path) -> list[str]:
    """Return a message for each line below `folder` that is too long, in order."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters, at most {MAX_LENGTH}"
        for path in sorted(folder.glob("**/*templates/**/*"))
        if path.suffix in {".html", ".txt", ".xml"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > MAX_LENGTH
    ]


if __name__ == "__main__":
    found = [message for name in sys.argv[1:] for message in too_long(ROOT / name)]
    sys.exit("\n".join(found) or None)
