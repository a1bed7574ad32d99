"""Every address that the resolver knows, with values that fit and values that do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

from tests.functional.fuzz.values import HOSTILE_PATHS

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_OF_NO_ROUTE = {  # patterns that are regular expressions, and what they look like
    "staff/(?P<url>.*)$": ("staff/nowhere", "staff/x/y/z/", "staff/%00", "staff/" + "x" * 900),
    "media/": ("media/products/" + "0" * 32 + ".png", "media/products/" + "0" * 32 + "-9999.webp"),
    "app_label": ("staff/product/", "staff/dashboard/", "staff/admin/"),
}


@dataclass(frozen=True)
class Target:
    """A pattern: one path that should lead somewhere, and paths that should lead nowhere."""

    pattern: str
    path: str
    wrong: tuple[str, ...]

    @property
    def is_staff(self) -> bool:
        return self.path.startswith("/staff/")


def targets(known: dict[str, dict[str, str]]) -> list[Target]:
    """Return a target for each pattern; `known` are ids and slugs by the beginning of a path."""
    return [_target(pattern, known) for pattern in _flat(get_resolver().url_patterns, "")]


def _flat(patterns: list[Any], before: str) -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            assert isinstance(pattern.pattern, RoutePattern) or _examples(path), path
            yield path
        else:
            yield from _flat(pattern.url_patterns, path)


def _examples(path: str) -> tuple[str, ...]:
    return next((paths for mark, paths in _OF_NO_ROUTE.items() if mark in path), ())


def _target(pattern: str, known: dict[str, dict[str, str]]) -> Target:
    if examples := _examples(pattern):
        return Target(pattern, f"/{examples[0]}", tuple(f"/{path}" for path in examples[1:]))
    start = max((start for start in known if pattern.startswith(start)), key=len)
    values = known[""] | known[start]
    right = _PARAMETER.sub(lambda match: values[match["name"]], pattern)
    return Target(pattern, f"/{right}", tuple(_wrong(pattern, values)))


def _wrong(pattern: str, values: dict[str, str]) -> Iterator[str]:
    for wanted in _PARAMETER.finditer(pattern):
        for hostile in HOSTILE_PATHS[wanted["kind"] or "str"]:
            yield "/" + _PARAMETER.sub(
                lambda match, wanted=wanted, hostile=hostile: (
                    hostile if match["name"] == wanted["name"] else values[match["name"]]
                ),
                pattern,
            )
