"""Labels and slips: laid out once from the Contract's strings, drawn as SVG, PDF or PNG."""

from plugins.discreet_shipping.artefacts.files import KINDS, artefact_file
from plugins.discreet_shipping.artefacts.svg import as_svg

__all__ = ["KINDS", "artefact_file", "as_svg"]
