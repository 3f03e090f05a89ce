"""The verifier that every package carries: one file that needs Python and duckdb, and nothing of this project."""

from pathlib import Path

SOURCE = Path(__file__).parent / "verify.py"
