import sys

from measurement.measures import Temperature, Weight


def test_parcels_are_weighed_in_every_unit() -> None:
    weight = Weight(kg=1) + Weight(g=500)

    assert weight.g == 1500
    assert round(weight.lb, 4) == 3.3069
    assert weight > Weight(oz=52)


def test_a_kelvin_is_still_a_number() -> None:
    assert Temperature(k=3).k == 3


def test_no_stand_in_is_left_behind() -> None:
    assert "sympy" not in sys.modules
