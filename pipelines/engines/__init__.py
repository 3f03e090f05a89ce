"""Where extraction runs; every engine calls the same function and gets the same facts."""

from pipelines.engines.in_process import extract

__all__ = ["extract"]
