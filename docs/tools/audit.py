"""Look the locked packages up in the lists of known vulnerabilities, and say what was looked up.

Run `make audit`; `.ci/run` does as well. pip-audit asks PyPI or OSV. Where neither is reached, it
would report no vulnerability: this says "NOT AUDITED" then, and exits with 0, so that work
without a network goes on. Exits with 1 if a package has a known vulnerability.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements/dev.txt", "requirements/bootstrap.txt")  # dev holds runtime and local
SERVICES = ("pypi", "osv")
# Ids that were looked at and do not concern the shop, each with the reason.
IGNORED: dict[str, str] = {}
_SECONDS = 300


def ask(program: str, service: str, locks: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what pip-audit knows of each package; empty if the service cannot be reached."""
    files = [word for lock in locks for word in ("--requirement", lock)]
    options = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    command = [program, *files, *options, "--vulnerability-service", service]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        return list(json.loads(done.stdout)["dependencies"])
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return []


def audited(packages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the packages that were really looked up."""
    return [package for package in packages if "skip_reason" not in package]


def findings(packages: list[dict[str, Any]]) -> list[str]:
    """Return a line for each known vulnerability that is not ignored."""
    return [
        f"{package['name']} {package['version']}: {found['id']}, mended in "
        f"{', '.join(found.get('fix_versions') or ['no version yet'])}"
        for package in packages
        for found in package.get("vulns", [])
        if not IGNORED.keys() & {found["id"], *found.get("aliases", [])}
    ]


def main(program: str) -> int:
    """Print the result; return the exit code."""
    answers = (ask(program, service, LOCKS) for service in SERVICES)
    packages = next(filter(audited, answers), [])
    known = audited(packages)
    if not known:
        print("audit: NOT AUDITED: neither PyPI's nor OSV's list of vulnerabilities was reached.")
        return 0
    bad = findings(known)
    for line in bad:
        print(f"audit: {line}")
    missed = len(packages) - len(known)
    print(
        f"audit: {len(known)} packages looked up, {missed} not found, {len(bad)} vulnerabilities."
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
