"""The warning that every product with magnets carries. It is fixed here so that none can lack it.

Facts: shared/clinical-facts.md, row "magnets" (CMAJ 2007;177:736, and device makers' distance).
"""

from django.utils.translation import gettext_lazy as _

MAGNET_WARNINGS = (
    _(
        "Do not use or carry this product if you, or someone you are close to while using it, "
        "has a pacemaker, a defibrillator, an insulin or other pump, a neurostimulator or a "
        "programmable shunt. Magnets can change how these work. Keep it at least 15 cm away from "
        "them."
    ),
    _("Remove it and leave it outside the room before an MRI scan."),
    _(
        "Static magnets have not been shown to relieve pain. Choose this product for its shape "
        "and size, not for its magnets."
    ),
)
