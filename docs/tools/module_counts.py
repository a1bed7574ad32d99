"""Print how the code is cut: modules, how many have one name and one importer, lengths.

Run `make modules`. Migrations and tests are not counted. A module's importers are the other
modules of the shop that import it or a name from it; a package's `__init__` that imports
its own modules only to load them is not a reader. Exits with 1 if an aim is missed.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "saleor_config",
    "product_content",
    "plugins",
    "storefront",
    "dashboard",
    "local_services",
)
MAX_MODULES = 380
MAX_LONELY = 40  # modules with one public name and at most one importer
MAX_LINES = 400


def modules() -> dict[str, Path]:
    """Return the shop's modules by their dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(p for p in parts if p != "__init__")] = path
    return found


def public_names(tree: ast.Module) -> set[str]:
    """Return what a module defines at its top level without a leading underscore."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if not name.startswith("_")}


def imported(name: str, path: Path, tree: ast.Module, known: set[str]) -> set[str]:
    """Return the shop's modules that a module imports, at its top or inside its functions."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join((above if node.level else []) + [node.module] * bool(node.module))
            inner = {f"{base}.{alias.name}" for alias in node.names}
            found |= (inner & known) or {base}
    if path.name == "__init__.py":
        found = {other for other in found if not other.startswith(f"{name}.")}
    return (found & known) - {name}


def function_lengths(tree: ast.Module) -> list[int]:
    """Return the lines of each function, from `def` to its last line."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]


def main() -> int:
    """Print the counts; return 1 if an aim is missed."""
    found = modules()
    trees = {name: ast.parse(path.read_text()) for name, path in found.items()}
    importers: dict[str, set[str]] = defaultdict(set)
    for name, path in found.items():
        for other in imported(name, path, trees[name], set(found)):
            importers[other].add(name)
    single = [name for name in found if len(public_names(trees[name])) == 1]
    lonely = sorted(name for name in single if len(importers[name]) <= 1)
    lines = {name: len(path.read_text().splitlines()) for name, path in found.items()}
    lengths = [length for tree in trees.values() for length in function_lengths(tree)]
    too_long = sorted(name for name, count in lines.items() if count > MAX_LINES)
    missed = (len(found) > MAX_MODULES, len(lonely) > MAX_LONELY, bool(too_long))
    print(f"modules                                      {len(found):4}  (at most {MAX_MODULES})")
    print(f"with one public name                         {len(single):4}")
    print(f"… and at most one importer                   {len(lonely):4}  (at most {MAX_LONELY})")
    print(f"over {MAX_LINES} lines                               {len(too_long):4}  (none)")
    print(f"longest module                               {max(lines.values()):4}")
    print(f"function length: median                      {median(lengths):4.0f}")
    print(f"function length: 99th percentile             {quantiles(lengths, n=100)[98]:4.0f}")
    if "--names" in sys.argv:
        print("\n".join(["", *lonely, *too_long]))
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
