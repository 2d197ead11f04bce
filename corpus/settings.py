"""Where the corpus lives: read from the environment once, here and nowhere else in this package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent


def expanded(place: str) -> str:
    """Return a path with `~` as one's home; an address, or a word that is no path, as it is. `.env` knows no shell."""
    return str(Path(place).expanduser()) if place.startswith("~") else place


class CorpusSettings(BaseSettings):
    """`CORPUS_…` variables; every one has a default that works on one laptop."""

    model_config = SettingsConfigDict(env_prefix="CORPUS_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    articles: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        PACKAGE / "articles", description="folder with the articles that `python -m ingest` reads"
    )
    store: Annotated[str, AfterValidator(expanded)] = Field(
        "store", description="folder of the index, or http(s)://host:port of a Chroma server"
    )
    weights: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        Path(platformdirs.user_cache_dir("breakup-coach", appauthor=False)) / "weights",
        description="folder of the model weights, about 1.2 GB",
    )
