import pytest
from django.utils import translation


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ugettext", "gettext"),
        ("ugettext_lazy", "gettext_lazy"),
        ("ugettext_noop", "gettext_noop"),
        ("ungettext", "ngettext"),
        ("ungettext_lazy", "ngettext_lazy"),
    ],
)
def test_each_old_name_is_the_new_function(old: str, new: str) -> None:
    assert getattr(translation, old) is getattr(translation, new)


def test_an_old_name_translates() -> None:
    with translation.override("de"):
        assert translation.ugettext("Yes") == "Ja"  # type: ignore[attr-defined]
