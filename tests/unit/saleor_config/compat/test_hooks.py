import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from saleor_config.compat import hooks


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Name of an importable module that nobody has imported yet."""
    name = "compat_hooks_sample"
    (tmp_path / f"{name}.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)
    hooks.patch_finder.patches.pop(name, None)
    hooks.stub_finder.fillers.pop(name, None)


def _double(module: ModuleType) -> None:
    module.VALUE *= 2  # type: ignore[attr-defined]


def test_a_patch_runs_once_when_the_module_is_first_imported(sample: str) -> None:
    hooks.when_imported(sample, _double)
    hooks.when_imported(sample, _double)
    assert sample not in sys.modules

    assert importlib.import_module(sample).VALUE == 2
    assert importlib.import_module(sample).VALUE == 2


def test_a_module_that_is_loaded_already_is_patched_at_once(sample: str) -> None:
    module = importlib.import_module(sample)

    hooks.when_imported(sample, _double)

    assert module.VALUE == 2


def test_a_patched_module_keeps_its_own_loader_and_is_patched_again_by_reload(sample: str) -> None:
    hooks.when_imported(sample, _double)
    module = importlib.import_module(sample)

    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert importlib.reload(module).VALUE == 2


def test_a_stand_in_never_hides_an_installed_module(sample: str) -> None:
    hooks.provide(sample, lambda module: setattr(module, "VALUE", "stub"))

    assert importlib.import_module(sample).VALUE == 1


def test_activating_twice_adds_each_finder_once() -> None:
    hooks.activate()
    hooks.activate()

    assert sys.meta_path.count(hooks.patch_finder) == 1
    assert sys.meta_path.count(hooks.stub_finder) == 1
    assert sys.meta_path.index(hooks.patch_finder) < sys.meta_path.index(hooks.stub_finder)
