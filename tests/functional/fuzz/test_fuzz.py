"""No address, parameter, method or person brings the shop to a server error."""

from __future__ import annotations

import random

import pytest

from tests.factories import FakeProvider
from tests.functional.fuzz.driving import Driver, inputs_of
from tests.functional.fuzz.people import PEOPLE, make_world
from tests.functional.fuzz.targets import Target, targets

STRONGEST = {True: ("superuser",), False: ("customer", "anonymous")}


class PatientProvider(FakeProvider):
    """A provider that may be called inside of the transaction that undoes a request."""

    def _called(self, what, **details):
        self.calls.append((what, details))


@pytest.fixture
def driver(db, settings, request):
    settings.PAYMENT_PROVIDER = "tests.functional.fuzz.test_fuzz.PatientProvider"
    PatientProvider.reset()
    return Driver(make_world(), random.Random(request.config.getoption("--fuzz-seed")))


def test_there_are_nine_people_and_every_pattern_has_a_path(driver):
    assert len(PEOPLE) == len(driver.world.clients) == 9
    found = targets(driver.world.known)
    assert len(found) > 280
    assert not [target for target in found if "<" in target.path]


def test_no_request_ends_in_a_server_error(driver, request, record_property):
    rounds = request.config.getoption("--fuzz-rounds")
    with driver.learning():
        for target in targets(driver.world.known):
            if rounds:
                every_way(driver, target, rounds)
            else:
                one_way(driver, target)
    count = sum(driver.sent.values())
    record_property(
        "measured",
        f"{count} hostile requests as {len(PEOPLE)} people: {len(driver.errors)} server errors",
    )
    assert driver.errors == [], "\n".join(driver.errors[:20])
    assert set(driver.sent) == set(PEOPLE)
    assert count > 1_000


def one_way(driver: Driver, target: Target) -> None:
    """Try each kind of request once, as whoever gets furthest, and one as somebody else."""
    who = driver.chance.choice(STRONGEST[target.is_staff])
    known = driver.plain(target, who)
    driver.queries(target, who, 1)
    driver.forms(target, who, known, 1)
    other = driver.chance.choice(PEOPLE)
    driver.chance.choice((driver.others, lambda *of: driver.wrong_paths(*of, 1)))(target, other)


def every_way(driver: Driver, target: Target, rounds: int) -> None:
    """Try each kind of request as each of the nine."""
    for who in (*STRONGEST[target.is_staff], *PEOPLE):
        known = driver.plain(target, who)
        driver.queries(target, who, 2 * rounds)
        driver.forms(target, who, known, 3 * rounds)
        driver.wrong_paths(target, who, 3 * rounds)
        for _ in range(rounds):
            driver.others(target, who)


def test_the_fields_of_a_page_are_found():
    html = '<form><input name="a" value="1"><select name="b"><option value=""><option value="2" selected></select><textarea name="c">x</textarea><button name="do" value="save"></form>'
    assert inputs_of(html) == {"a": "1", "b": "2", "c": "", "do": "save"}
