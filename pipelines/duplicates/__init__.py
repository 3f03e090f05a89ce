"""Copies of one text: exact ones by their hash, near ones (wire copies) by the runs of words that they share."""
