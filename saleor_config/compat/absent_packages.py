"""Packages that Saleor imports at start-up and that our lock leaves out.

Each is dead, holds stale data or calls a third party, and Saleor only needs its name:

- ``jaeger_client``: imported by ``settings.py``, used when ``JAEGER_AGENT_HOST`` is set.
- ``geolite2``: country data of 2018, imported by ``core/utils``; the stub knows no country.
- ``html_to_draftjs``, ``markdown``: imported by three old data migrations.
- ``google_measurement_protocol``: imported by ``core/analytics``; its service ended in 2023, and
  a discreet shop reports to nobody (``report_order`` is replaced).
- ``jwt``: imported by ``account/utils`` for the log-in of Saleor's GraphQL API, which is not here.
- ``stripe``, ``braintree``, ``razorpay``: Saleor's own gateways, never among our ``PLUGINS``.

Whatever is called on a stub raises, so nothing is lost silently. An installed package always
wins over its stub (the finder is the last on ``sys.meta_path``).
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import NoReturn

from .hooks import provide, when_imported

INERT = (
    "braintree",
    "braintree.exceptions",
    "google_measurement_protocol",
    "html_to_draftjs",
    "jaeger_client",
    "jaeger_client.config",
    "jwt",
    "markdown",
    "razorpay",
    "razorpay.errors",
    "stripe",
    "stripe.error",
)


class NotInstalled(Exception):
    """What every name of a stand-in is; calling it raises."""

    def __new__(cls, *_: object, **__: object) -> NoReturn:
        raise ImportError(f"{cls.__module__.partition('.')[0]} is not installed ({cls.__name__})")


class _NoCountries:
    """Stands in for a GeoIP reader that knows no address."""

    def reader(self) -> _NoCountries:
        return self

    def get(self, ip_address: str) -> None:
        return None

    def close(self) -> None:
        return None


def _fill_geolite2(module: ModuleType) -> None:
    module.geolite2 = _NoCountries()  # type: ignore[attr-defined]


def _fill_inert(module: ModuleType) -> None:
    """Every public name is an exception class: importable, catchable, and raises when called."""

    def stand_in(name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        full_name = f"{module.__name__}.{name}"
        if full_name in INERT:
            return importlib.import_module(full_name)
        value = type(name, (NotInstalled,), {"__module__": module.__name__})
        setattr(module, name, value)
        return value

    module.__getattr__ = stand_in  # type: ignore[method-assign]


def stand_in_for_packages() -> None:
    """Answer for the absent packages with inert modules."""
    provide("geolite2", _fill_geolite2)
    for name in INERT:
        provide(name, _fill_inert)


_SYMPY = ("sympy", "sympy.solvers")


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
        for name in _SYMPY:
            sys.modules.pop(name, None)


def stand_in_for_sympy() -> None:
    """Answer for sympy while ``measurement`` is imported, if it is not installed.

    ``sympy``, with which ``measurement`` writes down the units of temperature.

    ``measurement`` 3.2 requires it: 435 modules, about 35 MB and half a second in each process.
    Units of weight are plain numbers, so nothing is computed with the stand-in: ``measurement``
    asks whether a unit is an expression, and is told no.

    Saleor: ``order``, ``product`` and ``shipping`` weigh parcels, and measure nothing else.
    """
    provide("sympy", _fill_sympy)
    provide("sympy.solvers", _fill_solvers)
    when_imported("measurement.measures", _forget_stand_ins)
