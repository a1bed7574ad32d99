"""What the texts for people tell them to run is there, and the site of docs/ has no broken link."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from local_services.schema import ROOT

TEXTS = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "deploy").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "proxy/README.md")),
]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# Code in a text: between backticks, or a block.
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
COMPOSE = re.compile(
    r"docker compose (?:--profile \w+ )?(?:exec|run|restart|stop|kill|logs|up|ps)\b([^\n`;&|)]*)"
)
RUNBOOKS = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")} - {"index"}


def found(pattern):
    """Return what a pattern finds in the code of each text, with the text's name."""
    return [
        (path.relative_to(ROOT).as_posix(), match)
        for path in TEXTS
        for code in CODE.findall(path.read_text())
        for match in re.findall(pattern, code)
    ]


def test_every_make_target_that_a_text_names_exists():
    named = found(r"\bmake ([a-z][a-z-]*)")

    assert len({target for _, target in named}) > 15
    assert [pair for pair in named if pair[1] not in TARGETS] == []


def test_every_command_of_manage_py_that_a_text_names_exists():
    named = found(r"\bmanage\.py ([a-z_]+)")

    assert {"check_ledger", "reset_second_factor"} <= {command for _, command in named}
    assert [pair for pair in named if pair[1] not in get_commands()] == []


WITH_VALUE = {"--signal", "--volume", "--env", "--entrypoint", "--scale", "--since", "--tail"}


def first_service(words):
    """Return the first word of a compose command that is neither an option nor its value."""
    rest = iter(shlex.split(words.rstrip("\\ "), comments=True))
    for word in rest:
        if word in WITH_VALUE:
            next(rest)
        elif not word.startswith("-"):
            return word
    return None


def test_every_service_that_a_text_names_exists():
    named = [(path, first_service(words)) for path, words in found(COMPOSE)]

    assert len(named) > 15
    assert [pair for pair in named if pair[1] not in {None, *SERVICES}] == []


def test_files_that_texts_name_exist():
    named = found(
        r"\b((?:plugins|product_content|storefront|dashboard|saleor_config|local_services|proxy|docs|deploy|tests)/[\w/.-]+\.\w+)"
    )

    # A decision stays as it was taken, when its files have long moved.
    now = [pair for pair in named if not pair[0].startswith("docs/adr/")]
    assert [(text, path) for text, path in now if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", sorted(RUNBOOKS))
def test_a_runbook_says_what_one_sees_what_to_do_and_when_it_is_well(name):
    text = (ROOT / "docs" / "runbooks" / f"{name}.md").read_text()

    for part in ("**What you see.**", "**What to do.**", "**How to see that it is well.**"):
        assert part in text
    assert CODE.search(text)


def test_the_index_leads_to_each_runbook():
    index = (ROOT / "docs" / "runbooks" / "index.md").read_text()

    assert {
        "broker-down",
        "certificate",
        "database-full",
        "dispute",
        "email-provider-down",
        "ledger-differs",
        "lost-staff-phone",
        "webhook-backlog",
    } == RUNBOOKS
    assert {name for name in RUNBOOKS if f"({name}.md)" in index} == RUNBOOKS


def build(*options):
    command = [Path(sys.executable).parent / "mkdocs", "build", "--strict", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_broken_link_ends_the_build_of_the_site(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("[nowhere](nowhere.md) [lost](#lost)")
    (tmp_path / "mkdocs.yml").write_text((ROOT / "mkdocs.yml").read_text())

    done = build("--config-file", tmp_path / "mkdocs.yml")

    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
    assert "#lost" in done.stderr


def test_the_site_is_built_and_asks_no_other_host(tmp_path):
    done = build("--site-dir", tmp_path)

    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > 20
    loaded = {
        link
        for page in pages
        for link in re.findall(
            r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)"', page.read_text()
        )
    }
    assert loaded == set()
