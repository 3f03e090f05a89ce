"""Mentions: what the words of an article say, before anyone judges what they claim."""
