"""The service's settings, read from the environment once, here and nowhere else in this package."""

from __future__ import annotations

import ipaddress
from functools import cached_property
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import Misconfigured
from corpus.settings import expanded

REGIONS = ("US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "DE", "FR", "ES", "IT", "PT", "BR", "MX")
WORLDWIDE = "ZZ"  # the referral entry for everywhere else


class CoachSettings(BaseSettings):
    """`COACH_…` variables; the defaults run the whole coach on one laptop, offline."""

    model_config = SettingsConfigDict(env_prefix="COACH_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="address the service listens on; off loopback it wants COACH_API_KEYS")
    port: int = Field(8000, ge=0, le=65535)
    model: str = Field("embedded", description="`embedded`, `none`, or LangChain's `provider:model`")
    model_url: str = Field("", description="base URL of an OpenAI-compatible server for `provider:model`")
    model_key: str = Field("", description="key for a hosted model; empty: the provider's own variable is used")
    model_timeout_s: float = Field(60, gt=0, description="seconds for everything a model does in one turn")
    line_after_s: float = Field(15, gt=0, description="seconds after which lines take over from the model")
    model_threads: int = Field(0, ge=0, description="threads of the embedded engine; 0: as many as there are cores")
    tracing: bool = Field(
        False,
        description="whether every message is sent to LangSmith, a hosted service; its own variables name key and project",
    )
    threads: Annotated[str, AfterValidator(expanded)] = Field(
        "memory", description="`memory`, or the path of a SQLite file"
    )
    thread_ttl_s: float = Field(86_400, gt=0, description="seconds after the last turn until a thread is forgotten")
    api_keys: str = Field("", description="comma-separated keys; empty: no key, loopback only")
    allowed_hosts: str = Field("", description="comma-separated further names in the Host header that are accepted")
    region: str = Field("US", description="ISO code of the region whose helplines are shown by default")
    feedback: Annotated[str, AfterValidator(expanded)] = Field(
        "", description="path of a JSONL file that keeps ratings; empty: nothing is kept"
    )

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        return region_code(value)

    @model_validator(mode="after")
    def _loopback_or_keys(self) -> CoachSettings:
        if not self.keys and not is_loopback(self.host):
            raise ValueError(
                f"COACH_HOST={self.host} is not a loopback address: set COACH_API_KEYS, or listen on 127.0.0.1"
            )
        return self

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The accepted API keys."""
        return tuple(key.strip() for key in self.api_keys.split(",") if key.strip())

    @property
    def is_hosted(self) -> bool:
        """Whether words leave this machine for a model.

        Of a provider other than OpenAI's protocol it is not known what it does with a URL: it counts as hosted.
        """
        is_own = self.model.startswith("openai:") and is_local(self.model_url)
        return self.model not in ("embedded", "none") and not is_own


def region_code(value: str) -> str:
    """Return the ISO code of a region this project has referrals for, or `ZZ`; `UK` is taken for `GB`."""
    code = value.strip().upper()
    code = "GB" if code == "UK" else code
    return code if code in REGIONS else WORLDWIDE


def is_loopback(host: str) -> bool:
    """Return whether a host name or address never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(url: str) -> bool:
    """Return whether a URL's host never leaves this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def load() -> CoachSettings:
    """Read the settings; Misconfigured names the variable and what it accepts, and never repeats a key."""
    try:
        return CoachSettings()
    except ValidationError as error:
        raise Misconfigured(told(error)) from error


def told(error: ValidationError, prefix: str = "COACH_") -> str:
    """Return in one line what is wrong, without the input that pydantic's own text repeats: keys may stand in it."""
    return "; ".join(
        ": ".join((*(f"{prefix}{part}".upper() for part in e["loc"]), e["msg"]))
        for e in error.errors(include_input=False)
    )
