from tests.white_space import collapse


def test_white_space_that_a_browser_would_not_show_is_gone():
    page = "<p>\n  Order <b>1</b>\n  is\nyours\n</p> <pre>a\n b</pre> <input  name=x\n checked >"
    assert (
        collapse(page) == "<p>Order <b>1</b> is yours</p> <pre>a\n b</pre> <input name=x checked>"
    )
