"""install() as a whole: alone, before any settings, in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
NEEDS_A_CLOUD_SDK = {"saleor.core.storages"}  # django-storages' extras, only for S3 and GCS media

IMPORT_ALL = """
from saleor_config import compat; compat.install()
import importlib, pkgutil, django, saleor
django.setup()
for module in pkgutil.walk_packages(saleor.__path__, "saleor."):
    try:
        importlib.import_module(module.name)
    except Exception as error:
        print("FAILED", module.name)
print("COUNT", len(list(pkgutil.walk_packages(saleor.__path__, "saleor."))))
"""


def _python(code: str, **environment: str) -> str:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**kept, "SECRET_KEY": "only-for-tests", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_saleors_settings_import_without_any_settings_of_ours() -> None:
    output = _python(
        "from saleor_config import compat; compat.install(); compat.install()\n"
        "import saleor.settings; print(saleor.settings.AUTH_USER_MODEL)"
    )

    assert output.strip() == "account.User"


def test_install_imports_neither_django_nor_anything_else_of_ours() -> None:
    output = _python(
        "import sys\nfrom saleor_config import compat; compat.install()\n"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " ('django', 'saleor', 'graphene', 'jwt', 'PIL', 'celery')"
        " or name.startswith('saleor_config.') and not name.startswith('saleor_config.compat')])"
    )

    assert output.strip() == "[]"


def test_it_also_patches_what_was_imported_before() -> None:
    output = _python(
        "import django.utils.encoding, jwt, django.apps.config\n"
        "from saleor_config import compat; compat.install()\n"
        "from django.utils.encoding import smart_text; print(smart_text(1))"
    )

    assert output.strip() == "1"


@pytest.mark.slow
def test_every_module_of_the_wheel_can_be_imported_under_saleors_own_settings() -> None:
    lines = _python(IMPORT_ALL, DJANGO_SETTINGS_MODULE="saleor.settings").splitlines()

    failed = {line.split()[1] for line in lines if line.startswith("FAILED")}
    assert failed <= NEEDS_A_CLOUD_SDK
    assert int(lines[-1].split()[1]) > 800


def test_saleors_own_settings_pass_the_system_checks() -> None:
    output = _python(
        "from saleor_config import compat; compat.install()\n"
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('check')",
        DJANGO_SETTINGS_MODULE="saleor.settings",
    )

    assert "no issues" in output
