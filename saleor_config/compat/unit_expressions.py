"""``sympy``, with which ``measurement`` writes down the units of temperature.

``measurement`` 3.2 requires it: 435 modules, about 35 MB and half a second in each process.
Units of weight are plain numbers, so nothing is computed with the stand-in: ``measurement`` asks
whether a unit is an expression, and is told no.

Saleor: ``order``, ``product`` and ``shipping`` weigh parcels, and measure nothing else.
"""

from __future__ import annotations

import sys
from types import ModuleType

from .hooks import provide, when_imported

_NAMES = ("sympy", "sympy.solvers")


class _Expression:
    """What a unit of temperature is made of; it can be written down, not computed."""

    def __init__(self, *_: object) -> None:
        """Take the name or the number, and forget it."""

    def _combined(self, other: object) -> _Expression:
        return self

    __add__ = __sub__ = __mul__ = _combined


class _NeverAsked:
    """The class that no unit of weight is an instance of."""


def _fill_sympy(module: ModuleType) -> None:
    module.Expr = _NeverAsked  # type: ignore[attr-defined]
    module.S = module.Symbol = _Expression  # type: ignore[attr-defined]


def _fill_solvers(module: ModuleType) -> None:
    module.solve_linear = None  # type: ignore[attr-defined]


def _forget_stand_ins(measures: ModuleType) -> None:
    """Leave no half of a sympy behind for a library that looks whether there is one."""
    if getattr(sys.modules.get("sympy"), "Expr", None) is _NeverAsked:
        for name in _NAMES:
            sys.modules.pop(name, None)


def install() -> None:
    """Answer for sympy while ``measurement`` is imported, if it is not installed."""
    provide("sympy", _fill_sympy)
    provide("sympy.solvers", _fill_solvers)
    when_imported("measurement.measures", _forget_stand_ins)
