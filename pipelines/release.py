"""The release: the build as a numbered edition, with what changed since the last one, and its archive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pipelines.archive import keep_assets, write_archive
from pipelines.build import Made, Say, make, stage_and_check
from pipelines.changelog import changelog, entry
from pipelines.changes import CHANGES
from pipelines.checks import CheckReport
from pipelines.derive.evaluator import Evaluator
from pipelines.difference import compare
from pipelines.edition import Edition, edition, release_of
from pipelines.history import History, Release, release_json
from pipelines.package import write_csv
from pipelines.paths import Paths
from pipelines.report.findings import gather
from pipelines.report.page import as_page
from pipelines.results.counts import Tell
from pipelines.snapshot import snapshot
from pipelines.spill import MEMORY, each_row, spilling
from pipelines.swap import locked, swap
from pipelines.version_step import Demand, at_least, next_version


@dataclass(frozen=True)
class Wish:
    """What the caller wants: the day of the release; a version greater than needed, and a note for the changelog, or None."""

    day: date
    version: str | None = None
    note: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it: the release, whether it is a new one, its entry in the changelog, its files with their SHA-256, what changed on disk."""

    release: Release
    new: bool
    entry: str
    archive: Path
    changed: Sequence[str]


def release(paths: Paths, say: Say, max_bytes: int, wish: Wish, memory: str = MEMORY, tell: Tell = lambda _: None) -> Outcome:
    """Releases what the inputs give, or, where that is the last release already, assembles its archive again. ``tell`` hears how many
    articles were read.

    A DataError leaves everything as it was; so does a dry run, which tells the same.
    """
    with locked(paths, say), spilling(paths.scratch / "spill", memory):
        made = make(paths, say, max_bytes, tell)
        built = edition(made.tables, made.schemas, made.about, made.history)
        if built.released:
            last = made.history.releases[-1]
            staged, files = _assemble(made, built, made.history, paths, say)
            differ = [path for path in sorted({*files, *last.files}) if files.get(path) != last.files.get(path)]
            if not differ:
                keep_assets(Paths(staged).dist, paths.dist, f"{made.about['name']}-{last.version}")
                return _finish(last, False, made.history, staged, paths, wish)
            built = replace(built, demands=[Demand("patch", f"file {path} changed") for path in differ])
        return _new(made, built, paths, say, wish)


def _new(made: Made, built: Edition, paths: Paths, say: Say, wish: Wish) -> Outcome:
    needed, step = next_version(made.history.version, built.demands)
    version = at_least(wish.version, needed, built.demands) if wish.version else needed
    final = release_of(built, version, wish.day, made.schemas, made.history)
    drafted = _draft(made, final, version, step, wish)
    history = made.history.followed_by(drafted, final.tables[CHANGES])
    staged, files = _assemble(made, final, history, paths, say)
    done = replace(drafted, files=files)
    place = Paths(staged).releases / version
    place.mkdir(parents=True)
    (place / "release.json").write_text(release_json(done), "utf-8", newline="\n")
    write_csv(final.tables[CHANGES], place / f"{CHANGES}.csv")
    return _finish(done, True, history, staged, paths, wish)


def _draft(made: Made, final: Edition, version: str, step: str, wish: Wish) -> Release:
    """The release but for its files, which name it."""
    kept = {name: rows for name, rows in final.tables.items() if name != CHANGES}
    hashes = snapshot(kept, made.schemas).logical_hashes()
    rows = {name: table.num_rows for name, table in sorted(kept.items())}
    why = tuple(demand.what for demand in final.demands) if made.history.releases else ()
    hashed, declared = dict(sorted(hashes.items())), made.schemas[CHANGES].descriptor
    return Release(version, made.history.version, wish.day, step, why, wish.note, made.about, rows, hashed, {}, declared)


def _assemble(made: Made, final: Edition, history: History, paths: Paths, say: Say) -> tuple[Path, Mapping[str, str]]:
    """The staged package, checked, with its archive; and the SHA-256 of each of its files."""
    with Evaluator() as evaluator:
        staged, report = stage_and_check(made, final, history, paths, say, evaluator)
    there = Paths(staged)
    there.changelog.write_text(changelog(history), "utf-8", newline="\n")
    say("writing the archive ...")
    title = f"{made.about['name']}-{final.version}"
    withdrawn = {row["article_id"] for row in each_row(final.tables["articles"]) if row["withdrawn"] is not None}
    standing = (article for article in made.texts.values() if article.article_id not in withdrawn)
    page = _report(title, report, made, final, history, there)
    return staged, write_archive(there, paths, standing, page, title)


def _report(title: str, report: CheckReport, made: Made, final: Edition, history: History, staged: Paths) -> str:
    """The page of the checks, with what differs from the release before."""
    before = history.before
    keys = {name: schema.primary_key for name, schema in made.schemas.items()}
    new = {name: rows for name, rows in final.tables.items() if name != CHANGES}
    difference = compare(before.tables, new, keys) if history.releases[1:] else None
    base = history.releases[-2].version if history.releases[1:] else None
    return as_page(gather(title, report, {}, None, staged, difference, base))


def _finish(done: Release, new: bool, history: History, staged: Path, paths: Paths, wish: Wish) -> Outcome:
    """The outcome, with everything in place unless it is a dry run."""
    changed = [] if wish.dry_run else swap(staged, paths)
    archive = paths.dist / f"{done.about['name']}-{done.version}"
    return Outcome(done, new, entry(done, history.changes[-1]), archive, changed)
