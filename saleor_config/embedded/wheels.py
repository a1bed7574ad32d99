"""The programs that come inside Python packages."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path


@cache
def program(package: str, pattern: str) -> str:
    """Return the path of the one program that matches inside the package.

    The package is found but not imported: importing may make folders and exit hooks. Raises
    LookupError when the program is not there, as on a platform the package was not built for.
    """
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in Path(folder).glob(pattern):
            return str(path)
    raise LookupError(f"The package {package} has no {pattern} for this machine.")
