"""The noun of the house: articles, passages, their labels and vectors. `ingest` writes it, `coach` reads it."""
