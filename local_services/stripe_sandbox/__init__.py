"""A small process that speaks the part of Stripe's API our plugin uses, for laptops and tests.

It knows nothing of Django and nothing of the shop; the shop reaches it by STRIPE_API_BASE and
cannot tell it from Stripe otherwise. It takes no money and refuses production settings.
"""

from __future__ import annotations
