"""Two ways to act on a module before anyone else sees it, without importing it ourselves.

``when_imported`` runs a patch right after a module is first executed, so ``install()`` costs
nothing for what a process never uses and needs no settings. ``provide`` answers for a module
that no installed package has.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import threading
from collections.abc import Callable, Sequence
from types import ModuleType

Patch = Callable[[ModuleType], None]


class _PatchingLoader(importlib.abc.Loader):
    """Runs the module's own loader, then the patches registered for its name."""

    def __init__(self, loader: importlib.abc.Loader, patches: Sequence[Patch]) -> None:
        self._loader = loader
        self._patches = patches

    def __getattr__(self, name: str) -> object:
        # get_source, get_filename, is_package …: tracebacks and pkgutil ask for them.
        return getattr(self._loader, name)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._restore(module)
        self._loader.exec_module(module)
        for patch in self._patches:
            patch(module)

    def _restore(self, module: ModuleType) -> None:
        """Leave no trace of us, so that ``importlib.reload`` and resources see the real loader."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader


class PatchFinder(importlib.abc.MetaPathFinder):
    """First on ``sys.meta_path``: wraps the loader of the modules that have patches."""

    def __init__(self) -> None:
        self.patches: dict[str, list[Patch]] = {}
        self._searching = threading.local()

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.patches or getattr(self._searching, "name", None) == name:
            return None
        self._searching.name = name
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._searching.name = None
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, self.patches[name])
        return spec


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last on ``sys.meta_path``: answers only where no installed package did."""

    def __init__(self) -> None:
        self.fillers: dict[str, Patch] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.fillers:
            return None
        is_package = any(other.startswith(f"{name}.") for other in self.fillers)
        return importlib.machinery.ModuleSpec(name, self, is_package=is_package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self.fillers[module.__name__](module)


patch_finder = PatchFinder()
stub_finder = StubFinder()


def when_imported(name: str, patch: Patch) -> None:
    """Run ``patch(module)`` after module ``name`` is imported; at once if it already is.

    Registering the same patch again does nothing.
    """
    registered = patch_finder.patches.setdefault(name, [])
    if patch in registered:
        return
    registered.append(patch)
    module = sys.modules.get(name)
    if module is not None:
        patch(module)


def provide(name: str, fill: Patch) -> None:
    """Let ``import name`` give an empty module filled by ``fill``, if nothing else provides it."""
    stub_finder.fillers.setdefault(name, fill)


def activate() -> None:
    """Put both finders on ``sys.meta_path``, once."""
    if patch_finder not in sys.meta_path:
        sys.meta_path.insert(0, patch_finder)
    if stub_finder not in sys.meta_path:
        sys.meta_path.append(stub_finder)
