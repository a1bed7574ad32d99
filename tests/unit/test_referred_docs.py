"""Whatever the repository's files refer to is in the repository."""

import re
import subprocess

import pytest

from local_services.schema import ROOT

# docs/…, or a document at the top by its name in capitals
DOCUMENT = re.compile(r"(?<![\w/])(docs/[\w./-]*\w|[A-Z][A-Z_]+\.md)")
KINDS = (".py", ".md", ".toml", ".html", ".yml", ".yaml", "Makefile")


def referring_files():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a clone")
    return [ROOT / name for name in listed.stdout.split() if name.endswith(KINDS)]


def exists(name):
    """Say whether it is there; an ADR may be named by its number alone."""
    path = ROOT / name
    return path.exists() or bool(list(path.parent.glob(f"{path.name}*")))


def test_every_document_that_a_file_refers_to_is_there():
    missing = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in referring_files()
        if path.is_file()
        for name in DOCUMENT.findall(path.read_text())
        if not exists(name)
    }
    assert missing == set()
