"""Which licences let the whole text of an article stand in a release."""

import pytest

from pipelines.article.licences import may_be_shown


@pytest.mark.parametrize("licence", ["CC-BY-4.0", " cc0-1.0", "CC-BY-NC-ND-4.0", "ODC-By-1.0", "OGL-UK-3.0", "Public domain"])
def test_an_open_licence_lets_the_text_be_shown(licence: str) -> None:
    assert may_be_shown(licence)


@pytest.mark.parametrize("licence", [None, "", "unknown", "All rights reserved", "not under CC-BY-4.0", "CC BY 4.0 was refused", "GCC-BY-"])
def test_what_is_not_known_to_be_open_does_not(licence: str | None) -> None:
    assert not may_be_shown(licence)
