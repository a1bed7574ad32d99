"""Leaves out of a process what the shop never uses and would yet be loaded.

`measurement` loads sympy (435 modules; about 35 MB and half a second in each process, seen with
measurement 3.2.2) to convert temperatures. Saleor weighs parcels with it, nothing else.
"""

from __future__ import annotations

import sys
from types import ModuleType


def skip_sympy() -> None:
    """Import `measurement` without temperatures; does nothing where either is already loaded."""
    if "measurement" in sys.modules or "sympy" in sys.modules:
        return
    stand_ins = _stand_ins()
    sys.modules.update(stand_ins)
    try:
        import measurement.measures  # noqa: F401  for Saleor, which imports it later
    finally:
        for name in stand_ins:  # whoever imports the real sympy gets it
            del sys.modules[name]


def _stand_ins() -> dict[str, ModuleType]:
    sympy, solvers = ModuleType("sympy"), ModuleType("sympy.solvers")
    # Units of weight are numbers: `measurement` asks whether one is an expression, and is told no.
    sympy.Expr = type("Expr", (), {})  # type: ignore[attr-defined]
    solvers.solve_linear = None  # type: ignore[attr-defined]
    temperature = ModuleType("measurement.measures.temperature")
    temperature.__all__ = []  # type: ignore[attr-defined]
    return {module.__name__: module for module in (sympy, solvers, temperature)}
