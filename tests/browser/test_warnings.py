"""The warning of a guide looks like one: red where colours are the shop's, and framed where not."""

import pytest

LOOK = """(part) => {
    const { borderLeftWidth, borderLeftColor, backgroundColor } = getComputedStyle(part);
    const heading = getComputedStyle(part.querySelector("h2, strong")).color;
    return { borderLeftWidth, borderLeftColor, backgroundColor, heading };
}"""
LIGHT = ("rgb(155, 44, 34)", "rgb(249, 230, 224)")
DARK = ("rgb(242, 164, 147)", "rgb(58, 37, 35)")
READERS_OWN = ("rgb(0, 0, 0)", "rgb(255, 255, 255)")


@pytest.mark.parametrize(
    ("scheme", "forced", "colours"),
    [("light", "none", LIGHT), ("dark", "none", DARK), ("light", "active", READERS_OWN)],
)
def test_what_a_guide_warns_of_has_a_thick_edge_and_a_red_heading(
    new_page, scheme, forced, colours
):
    page = new_page(color_scheme=scheme, forced_colors=forced)
    page.goto("/guides/ask-your-team-first/")
    red, ground = colours

    for warning in ("aside.stop", ".prose blockquote >> nth=1"):
        assert page.locator(warning).evaluate(LOOK) == {
            "borderLeftWidth": "6px",
            "borderLeftColor": red,
            "backgroundColor": ground,
            "heading": red,
        }
    assert page.locator("aside.stop h2").inner_text().startswith("Warning")
