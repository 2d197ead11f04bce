"""Articles in, index out: `python -m ingest`. Reads, splits, labels, embeds, and switches over; see `__main__.py`."""
