"""A release is published: every file put once and read back, then listed in index.json, and only then what ``latest`` leads to."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from pipelines.checksums import CHECKSUMS, MAX_CHECKSUMS, SIGNATURE, parse_checksums
from pipelines.errors import UsageError, visible
from pipelines.fetch import DESCRIPTOR
from pipelines.publish.database import settled
from pipelines.publish.folder import publishing
from pipelines.publish.index import INDEX, Entry, Index, as_json, entry_of, parse_index, with_entry
from pipelines.publish.latest import lead, prefixed
from pipelines.publish.place import Meter, Place, Silent, refuse, scheme_of
from pipelines.publish.release import File, Release

# Larger files are put one after the other: each is in memory while it is put.
_LARGE = 32_000_000
_ATTEMPTS = 30

Say = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What was done: the version, the newest one at the address, and how many files were put and how many were there already."""

    version: str
    latest: str
    put: int
    there: int


def publish_release(release: Release, address: str, say: Say = lambda _: None, meter: Meter | None = None) -> Published:
    """What was published; an InputError or UsageError says *where: what (expected ...)*, and the same call again goes on from there."""
    meter = meter or Silent()
    # A descriptor that could not lead to the release is refused before anything is put.
    prefixed((release.folder / DESCRIPTOR).read_bytes(), release.version, visible(str(release.folder / DESCRIPTOR)))
    with _opened(address, release, say) as place:
        index = _current(place)
        with settled(place, release) as ours:
            _judge(place, ours, index)
            missing = _missing(place, ours)
            _put(place, missing, meter)
            _prove(place, ours.published)
            _read_back(place, ours.published, meter)
            _list(place, ours)
            return Published(ours.version, lead(place, lambda: _current(place)), len(missing), len(ours.published) - len(missing))


def _opened(address: str, release: Release, say: Say) -> AbstractContextManager[Place]:
    scheme = scheme_of(address)
    if "://" not in address:
        if Path(address).resolve().is_relative_to(release.folder.resolve()):
            raise UsageError(f"{visible(address)}: is inside the release (expected a folder outside it)")
        return publishing(Path(address), say)
    from pipelines.publish.store import Store
    from pipelines.stores.opening import SCHEMES

    if scheme not in SCHEMES:
        raise UsageError(f"{visible(scheme)}://...: cannot be published to (expected a folder, s3://, gs:// or az://)")
    return nullcontext(Store(address))


def _current(place: Place) -> Index | None:
    there = place.read(INDEX)
    return parse_index(there[0], place.where(INDEX)) if there else None


def _judge(place: Place, release: Release, index: Index | None) -> None:
    """Nothing; refused where the address holds another package, or other bytes under this version."""
    if index is None:
        if place.read(DESCRIPTOR) is not None:
            refuse(place.where(DESCRIPTOR), f"is there without an {INDEX}", "an empty address, or one that was published to")
        return
    if index.name != release.name:
        refuse(place.where(INDEX), f"holds releases of {index.name!r}", f"{release.name!r}: one package an address")
    there, ours = index.entry(release.version), entry_of(release)
    if there is None:
        return
    if there.checksums_sha256 != ours.checksums_sha256:
        refuse(place.where(_first_different(place, release, there)), "was published with other bytes", "a new version: none is overwritten")
    known = {asset.path: asset for asset in there.assets}
    for asset in ours.assets:
        if known.get(asset.path, asset) != asset:
            refuse(place.where(asset.path), "was published with other bytes", "a new version: none is overwritten")


def _first_different(place: Place, release: Release, there: Entry) -> str:
    """The path of the first file whose sum is another one in the published checksums.txt."""
    path = f"{there.path}/{CHECKSUMS}"
    content = b""
    for block in place.blocks(path):
        content += block
        if len(content) > MAX_CHECKSUMS:
            return path
    published = parse_checksums(content, place.where(path))
    ours = {name: file.sha256 for name, file in release.files.items() if name not in (CHECKSUMS, SIGNATURE)}
    differ = sorted(name for name in ours.keys() | published.keys() if ours.get(name) != published.get(name))
    return f"{there.path}/{differ[0]}" if differ else path


def _missing(place: Place, release: Release) -> dict[str, File]:
    """The files that are still to be put; refused where what is there cannot be this release."""
    published, there = release.published, place.files(release.version) | place.files(release.beside)
    stem = release.path_of(f"{release.name}-{release.version}")
    optional = {f"{release.version}/{SIGNATURE}", *(f"{stem}.{kind}" for kind in ("zip", "duckdb", "sha256"))}
    for path in sorted(there.keys() | published.keys()):
        if path in there and path not in published and path not in optional:
            refuse(place.where(path), "is there and no file of the release", "a new version: none is overwritten")
        if path in there and path in published and there[path] != published[path].bytes:
            refuse(place.where(path), f"has {there[path]:,} bytes", f"{published[path].bytes:,}, or a new version: none is overwritten")
    return {path: file for path, file in published.items() if path not in there}


def _put(place: Place, files: Mapping[str, File], meter: Meter) -> None:
    meter.start("publishing", len(files), sum(file.bytes for file in files.values()))

    def put(path: str) -> None:
        # What somebody else has put meanwhile is judged when it is read back.
        place.create(path, files[path].place)
        meter.advance(1, files[path].bytes)

    # The sums of the assets last: where they stand, the database that they name does.
    for last in (False, True):
        _each(put, {path: file for path, file in files.items() if path.endswith(".sha256") == last}, place.threads)


def _prove(place: Place, files: Mapping[str, File]) -> None:
    """Nothing; refused where the place puts over what is there: some stores do not heed conditions. The same bytes do no harm."""
    smallest = min(sorted(files), key=lambda path: files[path].bytes)
    if place.create(smallest, files[smallest].place):
        refuse(place.where(smallest), "was put a second time", "a store that refuses to put over what is there: If-None-Match")


def _read_back(place: Place, files: Mapping[str, File], meter: Meter) -> None:
    """Nothing; refused at the first file, by path, that is not what the release says."""
    meter.start("reading back", len(files), sum(file.bytes for file in files.values()))

    def compare(path: str) -> None:
        sum_ = hashlib.sha256()
        for block in place.blocks(path):
            sum_.update(block)
            meter.advance(0, len(block))
        meter.advance(1, 0)
        if sum_.hexdigest() != files[path].sha256:
            refuse(place.where(path), f"sha256 is {sum_.hexdigest()}", f"{files[path].sha256}; what is there is never overwritten")

    _each(compare, files, place.threads)


def _each(work: Callable[[str], None], files: Mapping[str, File], threads: int) -> None:
    """Nothing; the work is done for every file, and its first error, by path, is raised."""
    large, small = _split(sorted(files), lambda path: files[path].bytes > _LARGE)
    for path in large:
        work(path)
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, small):
            pass


def _split(paths: Iterable[str], large: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    found: tuple[list[str], list[str]] = ([], [])
    for path in paths:
        found[0 if large(path) else 1].append(path)
    return found


def _list(place: Place, release: Release) -> None:
    """Nothing; the release stands in index.json, beside all that others have listed meanwhile."""
    for attempt in _attempts(place):
        there = place.read(INDEX)
        index = parse_index(there[0], place.where(INDEX)) if there else None
        if attempt:
            _judge(place, release, index)
        content = as_json(with_entry(index, release.name, entry_of(release)))
        if (there and there[0]) == content or place.replace(INDEX, content, there[1] if there else None):
            return


def _attempts(place: Place) -> Iterator[int]:
    for attempt in range(_ATTEMPTS):
        time.sleep(0.02 * attempt)
        yield attempt
    refuse(place.where(INDEX), "is changed by others all the time", "fewer publishers at once; publish again")
