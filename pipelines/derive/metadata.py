"""The one source of what a package says of itself: every descriptor, the codebook and the database take it from ``Metadata``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NoReturn

from pipelines.errors import InputError, did_you_mean, visible

WHERE = "data/about.yaml"
_NEEDED = ("name", "title", "description", "licences", "contributors")
_OPTIONAL = ("version", "released_on", "homepage", "keywords")
_LICENCE = ("name", "title", "path")
_CONTRIBUTOR = ("title", "givenName", "familyName", "orcid", "organization", "email", "path", "roles")
_ORCID = re.compile(r"(?:https://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
# Who made the package is named in a citation; everybody else helped.
_CREATORS = ("creator", "author")


@dataclass(frozen=True)
class Licence:
    """A licence: its SPDX identifier, its title and its address, of which a name or an address is there."""

    name: str | None = None
    title: str | None = None
    path: str | None = None

    @property
    def label(self) -> str:
        """What people call it."""
        return self.title or self.name or str(self.path)

    @property
    def address(self) -> str:
        """Its address, or its identifier where it has none."""
        return self.path or str(self.name)


@dataclass(frozen=True)
class Contributor:
    """A person, who has a given or a family name, or an organisation; ``orcid`` is the bare number."""

    title: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    organization: str | None = None
    email: str | None = None
    path: str | None = None
    orcid: str | None = None
    roles: tuple[str, ...] = ()

    @property
    def person(self) -> bool:
        """Whether this is a person, not an organisation."""
        return bool(self.given_name or self.family_name)

    @property
    def name(self) -> str:
        """The name as it is read aloud."""
        return self.title or " ".join(filter(None, (self.given_name, self.family_name))) or str(self.organization)

    @property
    def inverted(self) -> str:
        """The name as a library sorts it: family name, given name."""
        return ", ".join(filter(None, (self.family_name, self.given_name))) or self.name

    @property
    def affiliation(self) -> str | None:
        """The organisation that the contributor belongs to, None where that is the contributor itself."""
        return None if self.organization == self.name else self.organization

    @property
    def address(self) -> str | None:
        """The contributor's page: the one that is given, else that of the ORCID."""
        return self.path or (f"https://orcid.org/{self.orcid}" if self.orcid else None)


@dataclass(frozen=True)
class Metadata:
    """What a package is: by whom, under which licences, and, once released, its version and the day of its release."""

    name: str
    title: str
    description: str
    licences: tuple[Licence, ...]
    contributors: tuple[Contributor, ...]
    version: str | None = None
    released_on: date | None = None
    homepage: str | None = None
    keywords: tuple[str, ...] = ()

    @property
    def creators(self) -> tuple[Contributor, ...]:
        """Those whose role is creator or author; all contributors where nobody's is."""
        return tuple(c for c in self.contributors if set(c.roles) & {*_CREATORS}) or self.contributors

    @property
    def helpers(self) -> tuple[Contributor, ...]:
        """The other contributors."""
        return tuple(c for c in self.contributors if c not in self.creators)

    @property
    def citation(self) -> str:
        """How the package is cited, in one line."""
        who = ", ".join(c.name for c in self.creators)
        year = f" ({self.released_on.year})" if self.released_on else ""
        version = f" Version {self.version}." if self.version else ""
        address = f" {self.homepage}" if self.homepage else ""
        return f"{who}{year}: {self.title}.{version}{address}"


def read_metadata(about: Mapping[str, Any], where: str = WHERE) -> Metadata:
    """The metadata that ``about`` holds; an InputError where it lacks a key, has one that nothing reads, or a value of another kind."""
    _known(where, about, (*_NEEDED, *_OPTIONAL))
    for key in _NEEDED:
        if not about.get(key):
            raise InputError(f"{where}: {key!r} is missing or empty")
    return Metadata(
        _line(where, "name", about["name"]),
        _line(where, "title", about["title"]),
        _text(where, "description", about["description"]),
        tuple(_licence(f"{where} licences[{n}]", item) for n, item in enumerate(_objects(where, "licences", about))),
        tuple(_contributor(f"{where} contributors[{n}]", item) for n, item in enumerate(_objects(where, "contributors", about))),
        _given(where, "version", about.get("version")),
        _day(where, about.get("released_on")),
        _address(where, "homepage", about.get("homepage")),
        _words(where, "keywords", about.get("keywords")),
    )


def metadata_of(descriptor: Mapping[str, Any]) -> Metadata:
    """The metadata that a ``datapackage.json`` holds; an InputError where it has none."""
    about = {key: descriptor[key] for key in ("name", "title", "description", "version", "homepage", "keywords") if key in descriptor}
    about["licences"] = _parts(descriptor.get("licenses"), _LICENCE)
    people = _parts(descriptor.get("contributors"), (*_CONTRIBUTOR, "x-orcid"))
    about["contributors"] = [_with_orcid(person) if isinstance(person, dict) else person for person in people]
    if descriptor.get("created"):
        about["released_on"] = str(descriptor["created"]).removesuffix("T00:00:00Z")
    return read_metadata(about, "datapackage.json")


def published_contributor(contributor: Contributor) -> dict[str, Any]:
    """The contributor as Data Package v2 has it; ``x-orcid`` is an addition."""
    named = {"title": contributor.title, "givenName": contributor.given_name, "familyName": contributor.family_name}
    named |= {"path": contributor.address, "email": contributor.email, "organization": contributor.organization}
    named |= {"x-orcid": contributor.orcid}
    roles = {"roles": list(contributor.roles)} if contributor.roles else {}
    return {key: value for key, value in named.items() if value} | roles


def published_licence(licence: Licence) -> dict[str, str]:
    """The licence as Data Package v2 has it."""
    return {f.name: value for f in fields(licence) if (value := getattr(licence, f.name))}


def _with_orcid(person: dict[str, Any]) -> dict[str, Any]:
    orcid = person.pop("x-orcid", None)
    if orcid and person.get("path") == f"https://orcid.org/{orcid}":
        del person["path"]
    return person | ({"orcid": orcid} if orcid else {})


def _parts(items: Any, keys: tuple[str, ...]) -> Any:
    """The objects of a list without the keys that are somebody else's additions."""
    if not isinstance(items, list):
        return []
    return [{k: v for k, v in item.items() if k in keys} if isinstance(item, dict) else item for item in items]


def _licence(where: str, item: Mapping[str, Any]) -> Licence:
    _known(where, item, _LICENCE)
    if not item.get("name") and not item.get("path"):
        raise InputError(f"{where}: has neither 'name' nor 'path' (expected an SPDX identifier such as CC-BY-4.0, or an address)")
    return Licence(*(_given(where, key, item.get(key)) for key in _LICENCE))


def _contributor(where: str, item: Mapping[str, Any]) -> Contributor:
    _known(where, item, _CONTRIBUTOR)
    title, given, family, orcid, organization, email = (_given(where, key, item.get(key)) for key in _CONTRIBUTOR[:6])
    if not (title or given or family or organization):
        raise InputError(f"{where}: has no name (expected 'title', 'givenName' and 'familyName', or 'organization')")
    if orcid is not None and not (found := _ORCID.fullmatch(orcid)):
        raise InputError(f"{where}: 'orcid' is {visible(orcid)!r} (expected a number such as 0000-0002-1825-0097)")
    number = found[1] if orcid is not None and found else None
    if email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        _refuse(where, "email", email, "an address such as ada@example.org")
    path = _address(where, "path", item.get("path"))
    return Contributor(title, given, family, organization, email, path, number, _words(where, "roles", item.get("roles")))


def _known(where: str, item: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in item:
        if key not in keys:
            raise InputError(f"{where}: key {key!r} is unknown (expected {', '.join(keys)}{did_you_mean(str(key), keys)})")


def _objects(where: str, key: str, about: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = about[key]
    if not isinstance(items, list) or not all(isinstance(item, dict) and item for item in items):
        raise InputError(f"{where}: {key!r} is {items!r} (expected a list of objects, such as - title: ...)")
    return items


def _text(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or re.search(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", value):
        _refuse(where, key, value, "text")
    return value.strip()


def _line(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or "\n" in value.strip() or "\t" in value:
        _refuse(where, key, value, "text in one line; a number in quotes")
    return _text(where, key, value)


def _given(where: str, key: str, value: Any) -> str | None:
    return None if value is None else _line(where, key, value)


def _address(where: str, key: str, value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"https?://[^\s/]\S*", value)):
        _refuse(where, key, value, "an address such as https://example.org")
    return None if value is None else str(value)


def _words(where: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value or [], list) or len({*map(repr, value or [])}) != len(value or []):
        _refuse(where, key, value, "a list of words, each once")
    return tuple(_line(where, key, word) for word in value or [])


def _day(where: str, value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value is not None else None
    except ValueError:
        _refuse(where, "released_on", value, "a day such as 2025-05-01")


def _refuse(where: str, key: str, value: Any, expected: str) -> NoReturn:
    raise InputError(f"{where}: {key!r} is {visible(repr(value))} (expected {expected})")
