"""Intervals: how far a score could be another one, had other articles of the same kind been measured."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

# Any number will do; it never changes, so that equal articles give equal intervals.
_SEED = 20250822
# Left out at either end: one resample in forty.
_BEYOND = 40
# So many resamples are drawn at a time: memory stays small however many are asked for.
_BATCH = 500

Interval = tuple[Decimal | None, Decimal | None]


def intervals(counts: NDArray[np.int64], resamples: int) -> list[tuple[Interval, Interval, Interval]]:
    """The 95 % intervals of precision, recall and F1 for each score, by a bootstrap over articles.

    ``counts`` has the shape (articles, scores, 3): gold, found and invented.
    """
    totals = np.concatenate(list(_resampled(counts.astype(np.float64), resamples)))
    gold, found, invented = totals[..., 0], totals[..., 1], totals[..., 2]
    extracted = found + invented
    return [(_bounds(f, e), _bounds(f, g), _bounds(2 * f, g + e)) for f, e, g in zip(found.T, extracted.T, gold.T, strict=True)]


def _resampled(counts: NDArray[np.float64], resamples: int) -> Iterator[NDArray[np.float64]]:
    """The counts summed over as many articles as there are, drawn with repetition, for each resample."""
    articles = len(counts)
    # The older generator: numpy promises that its stream never changes.
    draw = np.random.RandomState(_SEED)
    for first in range(0, resamples, _BATCH):
        size = min(_BATCH, resamples - first)
        drawn = draw.randint(articles, size=(size, articles)) + articles * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * articles).reshape(size, articles)
        yield (times.astype(np.float64) @ counts.reshape(articles, -1)).reshape(size, *counts.shape[1:])


def _bounds(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Interval:
    """The two quantiles of the shares that are defined, each one of the shares themselves."""
    known = whole > 0
    shares = np.sort(part[known] / whole[known])
    if not len(shares):
        return None, None
    beyond = len(shares) // _BEYOND
    return _decimal(shares[beyond]), _decimal(shares[-1 - beyond])


def _decimal(share: float) -> Decimal:
    return Decimal(repr(float(share))).quantize(Decimal("0.0001"))
