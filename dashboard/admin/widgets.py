"""Unfold's widgets, where they do not fit ours."""

from __future__ import annotations

from unfold.widgets import UnfoldAdminRadioSelectWidget


class SentenceRadioSelect(UnfoldAdminRadioSelectWidget):
    """Choices that are sentences: Unfold cuts off what is wider than a telephone."""

    option_template_name = "dashboard/radio_option.html"
