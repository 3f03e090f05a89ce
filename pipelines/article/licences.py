"""Licences of articles under which their whole text may be passed on unchanged."""

import re

# SPDX identifiers by how they begin; CC licences with NC and ND allow an unchanged copy too.
_OPEN = re.compile(r"CC0-|CC-BY-|CC-PDDC|PDDL-|ODC-By-|OGL-UK-|OGL-Canada-|etalab-2\.0|public[ -]domain", re.IGNORECASE)


def may_be_shown(licence: str | None) -> bool:
    """Whether the whole text may stand in a release; not known is no."""
    return licence is not None and _OPEN.match(licence.strip()) is not None
