"""The local inbox: takes every e-mail the shop sends and shows it on a page (docs/adr/0003)."""

from __future__ import annotations
