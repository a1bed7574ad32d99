import pytest
from django.db import transaction
from saleor.graphql.core.utils.reordering import perform_reordering
from saleor.menu.models import Menu


@pytest.mark.django_db
def test_staff_move_a_menu_item_two_places_down() -> None:
    menu = Menu.objects.create(name="footer menu")
    first, second, third = (menu.items.create(name=name, url="/") for name in "abc")

    with transaction.atomic():
        perform_reordering(menu.items.all(), {first.pk: 2})

    assert list(menu.items.order_by("sort_order")) == [second, third, first]
