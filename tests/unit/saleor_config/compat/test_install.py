"""install() as a whole: alone, before any settings, in a fresh process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.functional.test_production_settings import GOOD

ROOT = Path(__file__).parents[4]
NEVER_LOADED = {"faker", "graphene", "graphql", "promise", "rx", "sympy", "storages", "tqdm"}
PRODUCTION = GOOD | {"DJANGO_SETTINGS_MODULE": "saleor_config.settings.production"}
LEFT_OUT = (
    "saleor.core.management.commands.populatedb",  # invents data with faker
    "saleor.core.storages",
    "saleor.core.tracing",
    "saleor.core.utils.anonymization",
    "saleor.core.utils.random_data",
    "saleor.demo",
    "saleor.graphql",
    "saleor.plugins.vatlayer.plugin",
    "saleor.plugins.webhook",
    "saleor.product.management.commands.update_all_products_minimal_variant_prices",
    "saleor.settings",
    "saleor.urls",
    "saleor.webhook.payload",
    "saleor.wsgi",
)

IMPORT_ALL = """
from saleor_config import compat; compat.install()
import importlib, pkgutil, django, saleor
django.setup()
found = [module for module in pkgutil.walk_packages(saleor.__path__, "saleor.", onerror=print)
         if ".tests" not in module.name]
for module in found:
    try:
        importlib.import_module(module.name)
    except Exception as error:
        print("FAILED", module.name)
print("COUNT", len(found))
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
        "import django.utils.encoding, django.apps.config\n"
        "from saleor_config import compat; compat.install()\n"
        "from django.utils.encoding import smart_text; print(smart_text(1))"
    )

    assert output.strip() == "1"


def test_nothing_that_the_shop_does_not_use_is_loaded() -> None:
    loaded = _python(
        f"import django, sys; django.setup(); import saleor_config.wsgi, saleor_config.celery\n"
        f"saleor_config.celery.app.loader.import_default_modules()\n"
        f"print(sorted({NEVER_LOADED} & {{name.partition('.')[0] for name in sys.modules}}))\n"
        f"print([name for name in sys.modules if name.startswith('saleor.graphql')])",
        **PRODUCTION,
    )

    assert loaded.splitlines() == ["[]", "[]"]


def test_admin_classes_are_loaded_by_pages_and_by_checks_only() -> None:
    loaded = "[each for each in sys.modules if each.startswith(('dashboard.admin', 'openpyxl'))]"

    lines = _python(
        f"import django, sys; django.setup(); print({loaded})\n"
        "from django.contrib.sessions.models import Session\n"
        "from dashboard.site import staff_site; from unfold.admin import ModelAdmin\n"
        "staff_site.register(Session, type('Broken', (ModelAdmin,), {'list_display': ['none']}))\n"
        "from django.core.checks import run_checks; found = run_checks(tags=['admin'])\n"
        f"print({{error.id for error in found}}, 'dashboard.admin' in {loaded})",
        **PRODUCTION,
    ).splitlines()

    assert lines == ["[]", "{'admin.E108'} True"]


@pytest.mark.slow
def test_every_module_of_saleor_can_be_imported_but_those_of_what_is_left_out() -> None:
    lines = _python(IMPORT_ALL, **PRODUCTION).splitlines()

    failed = {line.split()[1] for line in lines if line.startswith("FAILED")}
    assert {name for name in failed if not name.startswith(LEFT_OUT)} == set()
    assert int(lines[-1].split()[1]) > 500
