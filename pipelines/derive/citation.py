"""``CITATION.cff`` and ``.zenodo.json``: how the package is cited, for people, GitHub and Zenodo."""

import html
from typing import Any

import yaml

from pipelines.derive.metadata import Contributor, Metadata
from pipelines.derive.schemaorg import given

HEAD = "# Generated from data/about.yaml by the build: change that.\n"
# Zenodo knows these kinds of contributors; whoever does something else is an 'Other'.
ZENODO_ROLES = {
    "contact": "ContactPerson",
    "curator": "DataCurator",
    "editor": "Editor",
    "maintainer": "DataManager",
    "funder": "Sponsor",
    "publisher": "Distributor",
}


def citation_cff(metadata: Metadata) -> str:
    """The text of ``CITATION.cff`` (Citation File Format 1.2.0) with the creators as authors."""
    names = [licence.name for licence in metadata.licences if licence.name]
    addresses = [licence.address for licence in metadata.licences]
    content = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them as below, and for a single value its fact_id and its article.",
        "type": "dataset",
        "title": metadata.title,
        "abstract": metadata.description,
        "authors": [_author(c) for c in metadata.creators],
        "version": metadata.version,
        "date-released": metadata.released_on.isoformat() if metadata.released_on else None,
        "keywords": list(metadata.keywords),
        "url": metadata.homepage,
    }
    # The format takes several licences by identifier, but one address only.
    known = len(names) == len(metadata.licences)
    content |= {"license": names if len(names) > 1 else names[0]} if known else {"license-url": addresses[0]}
    return HEAD + yaml.safe_dump(given(content), sort_keys=False, allow_unicode=True, width=120)


def zenodo(metadata: Metadata) -> dict[str, Any]:
    """The content of ``.zenodo.json``: what Zenodo takes when it archives a release."""
    return given(
        {
            "upload_type": "dataset",
            "title": metadata.title,
            "description": html.escape(metadata.description, quote=False),
            "version": metadata.version,
            "publication_date": metadata.released_on.isoformat() if metadata.released_on else None,
            "creators": [_depositor(c) for c in metadata.creators],
            "contributors": [_depositor(c) | {"type": _zenodo_role(c)} for c in metadata.helpers],
            "keywords": list(metadata.keywords),
            "access_right": "open",
            "license": metadata.licences[0].address if metadata.licences[0].name is None else metadata.licences[0].name.lower(),
            "notes": _further(metadata),
            "related_identifiers": [{"identifier": metadata.homepage, "relation": "isDocumentedBy"}] if metadata.homepage else None,
        }
    )


def _author(c: Contributor) -> dict[str, Any]:
    person = {"family-names": c.family_name, "given-names": c.given_name} if c.person else {"name": c.name}
    belongs = {"affiliation": c.affiliation} if c.person else {}
    more = {"email": c.email, "orcid": c.orcid and f"https://orcid.org/{c.orcid}", "website": c.path}
    return given(person | belongs | more)


def _depositor(c: Contributor) -> dict[str, Any]:
    return given({"name": c.inverted, "affiliation": c.affiliation, "orcid": c.orcid})


def _zenodo_role(c: Contributor) -> str:
    return next((ZENODO_ROLES[role] for role in c.roles if role in ZENODO_ROLES), "Other")


def _further(metadata: Metadata) -> str | None:
    """Zenodo takes one licence: the others as words."""
    others = ", ".join(f"{licence.label} ({licence.address})" for licence in metadata.licences[1:])
    return f"Further licences: {others}." if others else None
