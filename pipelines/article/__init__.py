"""Articles: stored texts with offsets that never move."""

from pipelines.article.text import Article, Sentence

__all__ = ["Article", "Sentence"]
