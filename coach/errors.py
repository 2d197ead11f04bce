"""What can go wrong, by what the catcher can do about it.

CoachError
├── Unavailable      wait and try again: the engine is starting, busy or gone
│   └── ModelTimeout   the language model did not answer within its time
├── BadRequest       ask again in another way: the caller sent what cannot be used
│   └── NotFound       the named thing does not exist
└── Misconfigured    stop and fix: a setting, the weights or the index is not usable; the message says what to run

A refusal is never an exception: declining, referring and not knowing are values of `thread.Outcome`.
Raise where it is known, catch once at the edge (`graph` for the model, `app` for HTTP), chain with `from`.
"""


class CoachError(Exception):
    """Root of everything this package raises on purpose."""


class Unavailable(CoachError):
    """Something needed is starting, busy or gone; the same call may work later."""


class ModelTimeout(Unavailable):
    """The language model did not answer within its time."""


class BadRequest(CoachError):
    """The caller sent what cannot be used. The message never repeats the caller's words."""


class NotFound(BadRequest):
    """The named passage or thread does not exist."""


class Misconfigured(CoachError):
    """A setting, the weights or the index is not usable. The message has the fact and the remedy."""
