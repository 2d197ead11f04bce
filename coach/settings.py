"""The service's settings, read from the environment once, here and nowhere else in this package."""

from __future__ import annotations

import ipaddress
from functools import cached_property

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from coach.errors import Misconfigured

REGIONS = ("US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "DE", "FR", "ES", "IT", "PT", "BR", "MX")
WORLDWIDE = "ZZ"  # the referral entry for everywhere else


class CoachSettings(BaseSettings):
    """`COACH_…` variables; the defaults run the whole coach on one laptop, offline."""

    model_config = SettingsConfigDict(env_prefix="COACH_", env_file=".env", extra="ignore")

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
    threads: str = Field("memory", description="`memory`, or the path of a SQLite file")
    thread_ttl_s: float = Field(86_400, gt=0, description="seconds after the last turn until a thread is forgotten")
    api_keys: str = Field("", description="comma-separated keys; empty: no key, loopback only")
    allowed_hosts: str = Field("", description="comma-separated further names in the Host header that are accepted")
    region: str = Field("US", description="ISO code of the region whose helplines are shown by default")
    feedback: str = Field("", description="path of a JSONL file that keeps ratings; empty: nothing is kept")

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
        """Whether words leave this process for a model behind a URL that is not on this machine."""
        return self.model not in ("embedded", "none")


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


def load() -> CoachSettings:
    """Read the settings; Misconfigured names the variable and what it accepts."""
    try:
        return CoachSettings()
    except ValueError as error:
        raise Misconfigured(f"settings: {error}") from error
