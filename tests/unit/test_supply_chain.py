"""What the shop is made of can be listed, looked up in lists of vulnerabilities, and updated."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_services.schema import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def tool(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit, pin_images = tool("audit"), tool("pin_images")


def packages(*, vulnerable=(), skipped=()):
    return [
        {"name": "django", "version": "5.2.19", "vulns": list(vulnerable)},
        *({"name": name, "skip_reason": "not found"} for name in skipped),
    ]


@pytest.fixture
def pip_audit(tmp_path):
    """A program that answers as pip-audit does; by the service that it is told to ask."""

    def make(**answers):
        program = tmp_path / "pip-audit"
        given = {name: json.dumps({"dependencies": found}) for name, found in answers.items()}
        program.write_text(
            f"#!{sys.executable}\nimport sys\nanswers = {given!r}\n"
            "print(answers.get(sys.argv[-1], 'no answer'))\n"
        )
        program.chmod(0o755)
        return str(program)

    return make


FOUND = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["5.2.20"]}


def test_a_known_vulnerability_fails_and_is_named(pip_audit, capsys):
    assert audit.main(pip_audit(pypi=packages(vulnerable=[FOUND], skipped=["x"]))) == 1
    assert capsys.readouterr().out.splitlines() == [
        "audit: django 5.2.19: PYSEC-1, mended in 5.2.20",
        "audit: 1 packages looked up, 1 not found, 1 vulnerabilities.",
    ]


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-1"])
def test_one_that_does_not_concern_the_shop_is_ignored_by_either_name(pip_audit, monkeypatch, name):
    monkeypatch.setattr(audit, "IGNORED", {name: "a reason"})
    assert audit.main(pip_audit(pypi=packages(vulnerable=[FOUND]))) == 0


def test_where_one_list_is_not_reached_the_other_is_asked(pip_audit, capsys):
    assert audit.main(pip_audit(osv=packages())) == 0
    assert "1 packages looked up, 0 not found, 0 vulnerabilities" in capsys.readouterr().out


@pytest.mark.parametrize("answers", [{}, {"pypi": packages(skipped=["x"])[1:]}])
def test_without_a_list_it_says_that_nothing_was_audited_and_goes_on(pip_audit, capsys, answers):
    assert audit.main(pip_audit(**answers)) == 0
    assert "NOT AUDITED" in capsys.readouterr().out


def test_without_the_program_as_well(capsys):
    assert audit.main("/nowhere/pip-audit") == 0
    assert "NOT AUDITED" in capsys.readouterr().out


# --- images ----------------------------------------------------------------------------
DIGEST = "sha256:" + "a" * 64


def test_every_image_of_others_is_found():
    named = {
        name for file in pin_images.FILES for name in pin_images.images((ROOT / file).read_text())
    }
    assert {name.partition(":")[0] for name in named} >= {"python", "postgres", "valkey/valkey"}
    assert not [name for name in named if name.startswith("stillwater")]


def test_images_are_pinned_and_pinned_anew():
    text = "FROM python:3.13 AS build\n    image: postgres:18\n    image: stillwater:latest\n"
    once = pin_images.pinned(text, {"python:3.13": DIGEST, "postgres:18": DIGEST})
    assert once == (
        f"FROM python:3.13@{DIGEST} AS build\n    image: postgres:18@{DIGEST}\n"
        "    image: stillwater:latest\n"
    )
    assert pin_images.images(once) == {"python:3.13": True, "postgres:18": True}
    assert pin_images.pinned(once, {"python:3.13": DIGEST, "postgres:18": DIGEST}) == once


def test_without_a_registry_no_digest_is_made_up(monkeypatch, capsys):
    def fail(*_args, **_kwargs):
        raise FileNotFoundError("docker")

    monkeypatch.setattr(subprocess, "run", fail)
    monkeypatch.setattr(Path, "write_text", lambda *_args: pytest.fail("written"))
    assert pin_images.main([]) == 1
    assert "No digest was written" in capsys.readouterr().out


def test_what_is_no_digest_is_refused(monkeypatch):
    done = subprocess.CompletedProcess([], 0, stdout="latest\n")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_kwargs: done)
    with pytest.raises(ValueError, match="is no digest"):
        pin_images.digest_of("python:3.13")


# --- locks and updates -----------------------------------------------------------------
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_of_a_lock_has_hashes_and_no_address(lock):
    text = lock.read_text()
    blocks = re.split(r"\n(?=[\w.-]+==)", text)[1:]
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.renovate", ".github/renovate.json"),
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
    ],
)
def test_the_forges_files_are_valid(schema, file):
    command = [
        Path(sys.executable).parent / "check-jsonschema",
        "--builtin-schema",
        schema,
        ROOT / file,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
