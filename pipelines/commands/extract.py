"""The command that extracts facts from any corpus."""

import argparse
import sys
from pathlib import Path

from pipelines.commands.options import MAX_BYTES, Progress
from pipelines.errors import visible
from pipelines.paths import REPOSITORY

PARTIAL = 3


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Nothing; the command is known to the parser."""
    extract = commands.add_parser(
        "extract",
        help="extract facts from any corpus of articles",
        description="Writes every fact table and the evidence behind it to a folder, without reviews and without checks. Articles that cannot be read are listed"
        " and give exit code 3.",
    )
    extract.add_argument(
        "corpus", type=Path, metavar="CORPUS", help="a folder of .txt and .md articles, one such file, or a JSON Lines file"
    )
    extract.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write the tables to")
    extract.add_argument("--format", choices=("csv", "parquet"), default="csv", help="file format (default: %(default)s)")
    extract.add_argument("--max-bytes", type=int, default=MAX_BYTES, metavar="N", help="largest article in bytes (default: %(default)s)")
    extract.add_argument("--quiet", action="store_true", help="print rejected articles only")
    extract.set_defaults(run=_extract)


def _extract(options: argparse.Namespace) -> int:
    from pipelines.corpus import extract_corpus
    from pipelines.mentions.lexicon import load_lexicon
    from pipelines.schema import load_schemas

    schemas = load_schemas(REPOSITORY.schemas)
    lexicon = load_lexicon(REPOSITORY.lexicon)
    done = extract_corpus(options.corpus, options.out, options.format, lexicon, schemas, Progress(options.quiet), options.max_bytes)
    for rejected in done.rejected:
        print(f"rejected {rejected.where}: {rejected.reason}", file=sys.stderr)
    if not options.quiet:
        print(f"{done.articles:,} articles read, {len(done.rejected):,} rejected; in {visible(str(options.out))}:")
        for name, rows in done.rows.items():
            print(f"  {name}.{options.format}  {rows:,} rows")
    return PARTIAL if done.rejected else 0
