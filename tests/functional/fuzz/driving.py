"""Send requests, learn which parameters a page reads, and note every server error."""

from __future__ import annotations

import random
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from tests.functional.fuzz.people import World
from tests.functional.fuzz.targets import Target
from tests.functional.fuzz.values import HOSTILE, HOSTILE_BODIES, HOSTILE_HEADERS

Fields = dict[str, Any]
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
_IGNORED = {"csrfmiddlewaretoken"}
_READS = ("__getitem__", "get", "getlist", "__contains__")


class _Inputs(HTMLParser):
    """The fields of the forms on a page, with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            value = given.get("value") or ""
            if "selected" in given or not self.fields.get(self._select):
                self.fields[self._select] = value
        elif name and tag in ("input", "button", "textarea"):
            self.fields.setdefault(name, given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def inputs_of(html: str) -> Fields:
    """Return the fields of all forms on a page."""
    parser = _Inputs()
    parser.feed(html)
    return {name: value for name, value in parser.fields.items() if name not in _IGNORED}


@dataclass
class Driver:
    """Sends requests as one of the people; each is undone in the database."""

    world: World
    chance: random.Random
    sent: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    _read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _now: str = ""

    def plain(self, target: Target, who: str) -> Fields:
        """Open the page as it is meant to be; return the fields of its forms."""
        answer = self.send(who, "GET", target.path, target)
        is_page = answer is not None and answer.headers.get("Content-Type", "").startswith(
            "text/html"
        )
        return inputs_of(answer.content.decode()) if is_page and answer.status_code == 200 else {}  # type: ignore[union-attr]

    def wrong_paths(self, target: Target, who: str, most: int) -> None:
        """Open paths that lead nowhere."""
        for path in self.chance.sample(target.wrong, min(most, len(target.wrong))):
            self.send(who, self.chance.choice(("GET", "GET", "POST")), path, target)

    def queries(self, target: Target, who: str, times: int) -> None:
        """Open the page with hostile values in all parameters that it reads, or in one."""
        for _ in range(times):
            names = sorted(self._read[target.pattern] | {"q", "page", "next", "_popup", "o", "e"})
            hostile = {name: self.chance.choice(HOSTILE) for name in names}
            if self.chance.random() < 0.5:
                one = self.chance.choice(names)
                hostile = {one: hostile[one]}
            query = urlencode({name: value[:900] for name, value in hostile.items()})[:3900]
            self.send(who, "GET", f"{target.path}?{query}", target)

    def forms(self, target: Target, who: str, known: Fields, times: int) -> None:
        """Send the page's forms, with hostile values in a few of its fields or in all."""
        for _ in range(times):
            names = sorted(self._read[target.pattern] | set(known))
            share = self.chance.choice((0.0, 0.1, 0.3, 1.0))
            hostile = {
                name: self.chance.choice(HOSTILE) for name in names if self.chance.random() < share
            }
            fields: Fields = {**known, **hostile}
            for name in names:
                if name.endswith("TOTAL_FORMS") and self.chance.random() < 0.8:
                    fields[name] = known.get(name) or "1"
            self.send(who, "POST", target.path, target, data=fields)

    def other(self, target: Target, who: str) -> None:
        """Use another method, body or header than the page knows."""
        kind, body = self.chance.choice(HOSTILE_BODIES)
        one_of: tuple[tuple[str, Fields], ...] = (
            (self.chance.choice(METHODS), {}),
            ("POST", {"body": (kind, body)}),
            ("GET", self.chance.choice(HOSTILE_HEADERS)),
        )
        method, rest = self.chance.choice(one_of)
        self.send(who, method, target.path, target, **rest)

    def send(
        self,
        who: str,
        method: str,
        path: str,
        target: Target,
        *,
        data: Fields | None = None,
        body: tuple[str, bytes] | None = None,
        **headers: str,
    ) -> Any:
        """Send one request, note a server error, and undo what it did."""
        client = self.world.clients[who]
        kept = copy(client.cookies)
        self._now = target.pattern
        self.sent[who] += 1
        cache.clear()
        with _undone(), _raised() as errors:
            answer = _request(client, method, path, data, body, headers)
        client.cookies = kept
        if answer.status_code >= 500:
            self.errors.append(
                f"{who}: {method} {path[:200]} {str(data or body or headers)[:600]}\n  {errors and errors[-1]}"
            )
        return answer

    def kinds_of_errors(self) -> list[str]:
        """Return one of the server errors from each place that raised some."""
        return list({error.partition("\n")[2]: error for error in self.errors}.values())

    @contextmanager
    def learning(self) -> Iterator[None]:
        """Note by which names the pages read their parameters."""
        with pytest.MonkeyPatch.context() as patch:
            for name in _READS:
                patch.setattr(
                    QueryDict, name, self._noting(getattr(QueryDict, name)), raising=False
                )
            yield

    def _noting(self, read: Any) -> Any:
        def noted(fields: QueryDict, key: Any, *rest: Any) -> Any:
            if isinstance(key, str) and self._now and len(key) < 100 and key not in _IGNORED:
                self._read[self._now].add(key)
            return read(fields, key, *rest)

        return noted


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _raised() -> Iterator[list[str]]:
    """Collect where the errors behind server errors were raised."""
    found: list[str] = []

    def note(**_kwargs: Any) -> None:
        found.append(traceback.format_exc(limit=-6).replace("\n", "\n  "))

    got_request_exception.connect(note)
    try:
        yield found
    finally:
        got_request_exception.disconnect(note)


def _request(
    client: Client, method: str, path: str, data: Fields | None,
    body: tuple[str, bytes] | None, headers: dict[str, str],
) -> Any:  # fmt: skip
    if body:
        kind, content = body
        return client.generic(method, path, content, content_type=kind, **headers)  # type: ignore[arg-type]
    if data is not None:
        encoded = urlencode(data, doseq=True, errors="replace")
        kind = "application/x-www-form-urlencoded"
        return client.generic(method, path, encoded, content_type=kind, **headers)  # type: ignore[arg-type]
    return client.generic(method, path, **headers)  # type: ignore[arg-type]
