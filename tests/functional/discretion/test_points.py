"""Collection points: imported whole or not at all, found near a postcode."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from plugins.discreet_shipping.collection_points import (
    PointsRefused,
    find_point,
    import_points,
    import_postcodes,
    load_demo_points,
    load_postcodes,
    points_near,
)
from plugins.discreet_shipping.models import CollectionPoint, PostcodeArea
from tests.functional.discretion.test_discretion_browser import POINTS
from tests.personas import staff

pytestmark = pytest.mark.django_db
HEADER, *ROWS = POINTS.splitlines(keepends=True)


def test_nearest_comes_first_with_its_distance():
    import_points(content=POINTS)
    import_postcodes(content=b"country,prefix,latitude,longitude\nGB,BN7 1,50.8735,0.0090\n")
    found = points_near(country="GB", postcode="bn7 1aa")
    assert [(near.point.code, near.kilometres) for near in found] == [
        ("LEW-1", 0.0), ("LEW-2", 0.4), ("BRI-1", 11.6),
    ]  # fmt: skip
    assert found[0].hours == "Mon-Sat 7-22"
    assert points_near(country="GB", postcode="ZZ1 1ZZ") == []
    assert points_near(country="FR", postcode="BN7 1AA") == []


def test_without_the_postcode_the_distance_is_said_to_be_about(settings):
    assert [load_postcodes(), load_postcodes()] == [121, 121]  # each start of the shop loads them
    import_points(content=POINTS)
    near = points_near(country="GB", postcode="BN7 9ZZ")  # no such row: our points in BN7
    assert [(found.point.code, found.measured_from) for found in near[:2]] == [
        ("LEW-1", "BN7"), ("LEW-2", "BN7"),
    ]  # fmt: skip
    (first, *_rest) = points_near(country="GB", postcode="bn20 8aa")  # the area's middle only
    assert (first.point.code, first.measured_from, first.kilometres) == ("BRI-1", "BN", 0.1)
    assert points_near(country="GB", postcode="BX1 1LT") == []  # not B, Birmingham
    for nowhere in ("", " ", "1", "!!", "\u0000", "Lewes town", "x" * 500):
        assert points_near(country="GB", postcode=nowhere) == []


def test_the_demonstration_has_a_point_near_every_area_and_is_marked():
    call_command("load_points", demo=True, stdout=StringIO())
    for area in PostcodeArea.objects.all():
        near = points_near(country="GB", postcode=f"{area.prefix}9 9AA")
        assert near[0].kilometres < 3, area
        assert near[0].hours
        assert near[0].point.name.endswith("(demo)")
        assert near[0].measured_from == area.prefix
    assert load_demo_points() == 0, "a shop with points keeps its own"
    assert CollectionPoint.objects.count() == 242


def test_importing_again_renews_and_may_switch_off_the_rest():
    import_points(content=POINTS)
    assert import_points(content=HEADER + ROWS[0].replace(b"Corner", b"Market"), replace=True) == 1
    assert CollectionPoint.objects.count() == 3
    assert find_point("LEW-1").name == "Market Shop"
    assert find_point("LEW-2") is None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (ROWS[1].replace(b"post_office", b"pub"), "Row 3, kind: write one of shop, locker"),
        (ROWS[1].replace(b"50.87000", b"north"), "Row 3, latitude: write degrees"),
        (ROWS[1].replace(b"50.87000", b"99"), "Row 3, latitude: write degrees from -90 to 90."),
        (ROWS[1].replace(b",GB,", b",XX,"), "Row 3, country: write a two-letter code"),
        (ROWS[1].replace(b"Lewes Post", b"<b>Post"), "Row 3, name: Leave out < and >."),
        (ROWS[1].replace(b"LEW-2", b""), "Row 3, code: this cell is empty."),
        (ROWS[1].replace(b"LEW-2", b"LEW-1"), "Row 3, code: the same as in row 2."),
        (b"LEW-2,Own\n", "Row 3: it has another number of cells"),
    ],
)
def test_a_mistake_names_row_and_field_and_nothing_is_kept(wrong, message):
    with pytest.raises(PointsRefused, match=message.replace(".", r"\.")):
        import_points(content=HEADER + ROWS[0] + wrong)
    assert CollectionPoint.objects.count() == 0


def test_staff_import_by_permission():
    address = "/staff/discreet_shipping/collectionpoint/import/"
    manager = staff("shipping.manage_shipping")

    def send(client, content):
        file = SimpleUploadedFile("points.csv", content)
        return client.post(address, {"what": "points", "file": file})

    refused = send(manager, HEADER + b"x\n")
    assert refused.status_code == 422
    assert "Row 2" in refused.content.decode()
    assert send(staff("order.manage_orders"), POINTS).status_code == 403
    assert CollectionPoint.objects.count() == 0
    assert send(manager, POINTS).status_code == 302
    assert CollectionPoint.objects.count() == 3


def test_settings_are_validated_with_the_field_named():
    manager = staff("plugins.manage_plugins")
    page = manager.get("/staff/plugins/pluginconfiguration/", follow=True)
    assert page.status_code == 200
    address = page.redirect_chain[-1][0]
    sent = {**page.context["adminform"].form.initial, "active": "on"}
    wrong = manager.post(address, sent | {"signature_price": "-1", "sender_names": "<b>"})
    assert wrong.status_code == 200
    text = wrong.content.decode()
    assert "Write an amount from 0.00 to 100.00." in text
    assert "Leave out &lt; and &gt;." in text
    assert manager.post(address, sent | {"signature_price": "2.25"}).status_code == 302
    assert staff("order.manage_orders").get(address).status_code == 403
