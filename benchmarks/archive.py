"""What a page of a web archive costs: reading the WARC file, finding the main text, extracting the facts.

    python -m benchmarks.archive [--pages 500] [--repeat 3]

The pages are the generated articles as a newspaper's site wraps them: menus, scripts, teasers of other articles, a footer, about 40 KB each.
One page in three is in another language, and is read only as far as it takes to know that. Times are processor seconds of one process.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.generated import articles
from pipelines.article import Article
from pipelines.article.page import Page, Skipped
from pipelines.article.readers import Source, read_source, sources
from pipelines.engines.extraction import extract
from pipelines.mentions.lexicon import load_lexicon
from pipelines.paths import REPOSITORY
from pipelines.schema import load_schemas

_FOREIGN = (
    "Der Stadtrat hat am Montag über die Brücke gesprochen und will im Herbst wieder zusammenkommen.",
    "Die Fähre war auch gestern zu spät, weil der Wind zu stark aus dem Westen kam.",
    "Im Museum sind Bilder zu sehen, die seit vielen Jahren niemand gesehen hat.",
)
_SCRIPT = "<script>window.settings = {" + ", ".join(f'"key{n}": "value{n}"' for n in range(900)) + "};</script>"
_MENU = "<nav><ul>" + "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(60)) + "</ul></nav>"
_TEASERS = "<aside>" + "".join(f'<div class="teaser"><a href="/story/{n}"><h4>Story {n}</h4></a></div>' for n in range(40)) + "</aside>"
_FOOTER = "<footer><p>All rights reserved.</p><p>Terms of use</p><p>Contact</p></footer>"


def write(path: Path, count: int) -> None:
    """Nothing; the file holds that many responses, each packed by itself as crawls write them."""
    with path.open("wb") as archive:
        for number, made in enumerate(articles(count)):
            html = _page(made.row["title"], made.row["text"], made.row["published_on"], foreign=number % 3 == 2).encode()
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/{number}\r\nWARC-Date: 2041-01-01T00:00:00Z\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            archive.write(gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0))


def _page(title: str, text: str, day: str, foreign: bool) -> str:
    paragraphs = [" ".join(_FOREIGN)] * 8 if foreign else text.split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f'<head><title>{title}</title><meta property="article:published_time" content="{day}T06:00:00Z">{_SCRIPT}</head>'
    article = f"<main><article><h1>{title}</h1>{body}</article></main>"
    return f'<!DOCTYPE html><html lang="{"de" if foreign else "en"}">{head}<body>{_MENU}{article}{_TEASERS}{_FOOTER}</body></html>'


def measure(path: Path, repeat: int) -> dict[str, float]:
    """Processor seconds of each step over the whole archive, the best of all rounds."""
    lexicon = load_lexicon(REPOSITORY.lexicon)
    tables = tuple(name for name, schema in load_schemas(REPOSITORY.schemas).items() if schema.kind == "fact")
    seconds = dict.fromkeys(("reading", "main text", "facts"), float("inf"))
    for _ in range(repeat):
        begun = time.process_time()
        pages = [source for source in sources([path]) if isinstance(source, Source) and isinstance(source.content, Page)]
        read = time.process_time()
        made = [read_source(page) for page in pages]
        known = time.process_time()
        texts = [found for found in made if isinstance(found, Article)]
        for article in texts:
            extract(article, lexicon, tables)
        ended = time.process_time()
        if len(texts) + sum(isinstance(found, Skipped) for found in made) != len(pages) or not texts:
            raise SystemExit("a page was not read")
        for step, taken in zip(seconds, (read - begun, known - read, ended - known), strict=True):
            seconds[step] = min(seconds[step], taken)
    return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.archive", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=int, default=500, metavar="N", help="pages in the archive (default %(default)s)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="rounds (default %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pages.warc.gz"
        write(path, options.pages)
        size = path.stat().st_size
        seconds = measure(path, options.repeat)
    whole = sum(seconds.values())
    print(
        f"{options.pages:,} pages, a third in another language, {size / options.pages / 1000:.1f} KB each as packed; best of {options.repeat}\n"
    )
    print(f"{'step':12}{'ms a page':>11}{'share':>8}")
    for step, taken in seconds.items():
        print(f"{step:12}{1000 * taken / options.pages:11.2f}{taken / whole:8.1%}")
    print(f"\n{options.pages / whole:,.0f} pages a second and core")


if __name__ == "__main__":
    main()
