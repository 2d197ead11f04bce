"""Where the corpus lives: read from the environment once, here and nowhere else in this package."""

from __future__ import annotations

from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE = Path(__file__).resolve().parent


class CorpusSettings(BaseSettings):
    """`CORPUS_…` variables; every one has a default that works on one laptop."""

    model_config = SettingsConfigDict(env_prefix="CORPUS_", env_file=".env", extra="ignore")

    articles: Path = Field(PACKAGE / "articles", description="folder with the articles that `python -m ingest` reads")
    store: str = Field("store", description="folder of the index, or http(s)://host:port of a Chroma server")
    weights: Path = Field(
        Path(platformdirs.user_cache_dir("breakup-coach", appauthor=False)) / "weights",
        description="folder of the model weights, about 1.2 GB",
    )
