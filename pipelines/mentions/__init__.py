"""Mentions: what the words of an article say, before anyone judges what they claim."""

from pipelines.mentions.mentions import Mentions, find_mentions

__all__ = ["Mentions", "find_mentions"]
