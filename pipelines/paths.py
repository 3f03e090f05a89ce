"""The repository's folders, named once."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """Where things lie below one root: what people write, what the build writes, and its scratch."""

    root: Path

    @property
    def articles(self) -> Path:
        return self.root / "data" / "articles"

    @property
    def lexicon(self) -> Path:
        return self.root / "data" / "lexicon"

    @property
    def reviews(self) -> Path:
        return self.root / "data" / "reviews"

    @property
    def continuity(self) -> Path:
        return self.root / "data" / "continuity.yaml"

    @property
    def releases(self) -> Path:
        return self.root / "data" / "releases"

    @property
    def changelog(self) -> Path:
        return self.root / "CHANGELOG.md"

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    @property
    def about(self) -> Path:
        return self.root / "data" / "about.yaml"

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    @property
    def gold(self) -> Path:
        return self.root / "tests" / "gold"

    @property
    def tables(self) -> Path:
        return self.root / "data" / "tables"

    @property
    def dictionary(self) -> Path:
        return self.root / "data" / "README.md"

    @property
    def verifier(self) -> Path:
        return self.root / "data" / "verify.py"

    @property
    def verification_sql(self) -> Path:
        return self.root / "data" / "verify.sql"

    @property
    def views_sql(self) -> Path:
        return self.root / "data" / "views.sql"

    @property
    def descriptor(self) -> Path:
        return self.root / "datapackage.json"

    @property
    def croissant(self) -> Path:
        return self.root / "croissant.json"

    @property
    def schema_org(self) -> Path:
        return self.root / "schema-org.json"

    @property
    def citation(self) -> Path:
        return self.root / "CITATION.cff"

    @property
    def zenodo(self) -> Path:
        return self.root / ".zenodo.json"

    @property
    def database(self) -> Path:
        return self.root / "build" / "factpack.duckdb"

    @property
    def kept(self) -> Path:
        return self.scratch / "extracted"

    @property
    def scratch(self) -> Path:
        return self.root / ".factpack"


REPOSITORY = Paths(Path(__file__).resolve().parent.parent)
