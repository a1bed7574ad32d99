"""No address, parameter, method or person brings the shop to a server error."""

from __future__ import annotations

import random

import pytest

from tests.factories import FakeProvider
from tests.functional.fuzz.driving import Driver, inputs_of
from tests.functional.fuzz.people import PEOPLE, make_world
from tests.functional.fuzz.targets import Target, targets

STRONGEST = {True: ("superuser",), False: ("customer", "anonymous")}
PARTS = 8  # of the long round, each in a world of its own, so that processes can share them


class PatientProvider(FakeProvider):
    """A provider that may be called inside of the transaction that undoes a request."""

    def _called(self, what, **details):
        self.calls.append((what, details))


@pytest.fixture
def driver(db, settings, request):
    settings.PAYMENT_PROVIDER = "tests.functional.fuzz.test_fuzz.PatientProvider"
    PatientProvider.reset()
    return Driver(make_world(), random.Random(request.config.getoption("--fuzz-seed")))


def pytest_generate_tests(metafunc):
    if "part" in metafunc.fixturenames:
        parts = PARTS if metafunc.config.getoption("--fuzz-rounds") else 1
        names = [f"part{number + 1}of{parts}" for number in range(parts)]
        metafunc.parametrize(
            "part", [slice(number, None, parts) for number in range(parts)], ids=names
        )


def test_no_request_ends_in_a_server_error(part, driver, request, record_property):
    rounds = request.config.getoption("--fuzz-rounds")
    everything = targets(driver.world.known)
    assert len(everything) > 280
    assert not [target for target in everything if "<" in target.path]
    found = everything[part]
    with driver.learning():
        for target in found:
            every_way(driver, target, rounds) if rounds else one_way(driver, target)
    record_property("measured", result(driver, len(found)))
    record_property("requests", driver.sent.total())
    assert driver.errors == [], "\n".join([result(driver, len(found)), *driver.kinds_of_errors()])
    assert set(driver.sent) == set(PEOPLE)
    assert len(PEOPLE) == 9
    assert driver.sent.total() > len(found)


def result(driver: Driver, patterns: int) -> str:
    requests = f"{driver.sent.total()} hostile requests to {patterns} patterns"
    return f"{requests} as {len(driver.sent)} people: {len(driver.errors)} server errors"


def one_way(driver: Driver, target: Target) -> None:
    """Try each kind of request once; of the many pages of staff, which are alike, one kind each."""
    who = driver.chance.choice(STRONGEST[target.is_staff])
    ways = (
        lambda: driver.forms(target, who, driver.plain(target, who), 1),
        lambda: driver.queries(target, who, 1),
        lambda: as_somebody(driver, target),
    )
    for way in (driver.chance.choice(ways),) if target.is_staff else ways:
        way()


def as_somebody(driver: Driver, target: Target) -> None:
    way = driver.chance.choice((driver.other, lambda *of: driver.wrong_paths(*of, 1)))
    way(target, driver.chance.choice(PEOPLE))


def every_way(driver: Driver, target: Target, rounds: int) -> None:
    """Try each kind of request as whoever gets furthest, and a few of each as all the others."""
    for who in PEOPLE:
        times = 3 * rounds if who in STRONGEST[target.is_staff] else rounds
        known = driver.plain(target, who)
        driver.queries(target, who, times)
        driver.forms(target, who, known, times)
        driver.wrong_paths(target, who, times)
        for _ in range(times):
            driver.other(target, who)


def test_the_fields_of_a_page_are_found():
    html = '<form><input name="a" value="1"><select name="b"><option value=""><option value="2" selected></select><textarea name="c">x</textarea><button name="do" value="save"></form>'
    assert inputs_of(html) == {"a": "1", "b": "2", "c": "", "do": "save"}
