"""The page's settings, read from the environment once, here and nowhere else in this package."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class UiSettings(BaseSettings):
    """`UI_…` variables; the defaults serve one person on her own machine."""

    model_config = SettingsConfigDict(env_prefix="UI_", env_file=".env", extra="ignore", hide_input_in_errors=True)

    host: str = Field("127.0.0.1", description="address the page listens on; off loopback it wants UI_ALLOWED_HOSTS")
    port: int = Field(7860, ge=0, le=65535)
    coach_url: str = Field("http://127.0.0.1:8000", description="where the service answers")
    api_key: str = Field("", description="key for the service, where it asks for one")
    exit_url: str = Field("https://www.wikipedia.org/", description="neutral page that leaving fast opens")
    allowed_hosts: str = Field("", description="comma-separated further names in the Host header that are accepted")

    @field_validator("coach_url", "exit_url")
    @classmethod
    def _http_only(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"`{value}` is not an http(s) address")
        return value

    @model_validator(mode="after")
    def _loopback_or_named(self) -> UiSettings:
        if not self.allowed_hosts and not is_loopback(self.host):
            raise ValueError(
                f"UI_HOST={self.host} is not a loopback address: name the hosts people will use in UI_ALLOWED_HOSTS, "
                "or listen on 127.0.0.1"
            )
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """The names that a Host or Origin header may hold."""
        further = (name.strip().lower() for name in self.allowed_hosts.split(","))
        return frozenset({*LOOPBACK_NAMES, self.host.lower(), *filter(None, further)})


class RunSettings(BaseSettings):
    """What `make run` has to know of both processes: the same variables that they read themselves."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    coach_port: int = Field(8000, ge=1, le=65535)
    coach_model: str = "embedded"
    coach_api_keys: str = ""
    ui_port: int = Field(7860, ge=1, le=65535)
    ui_api_key: str = ""

    @property
    def key(self) -> str:
        """The key that the page sends to the service, "" where it asks for none."""
        return self.ui_api_key or self.coach_api_keys.split(",")[0].strip()


def told(error: ValidationError, prefix: str = "") -> list[str]:
    """Return what is wrong, a line each, without the input that pydantic's own text repeats: keys may stand in it."""
    return [
        ": ".join((*(f"{prefix}{p}".upper() for p in e["loc"]), e["msg"])) for e in error.errors(include_input=False)
    ]


def is_loopback(host: str) -> bool:
    """Return whether a host name or address never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
