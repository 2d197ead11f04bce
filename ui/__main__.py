"""`python -m ui` serves the page."""

from __future__ import annotations

import logging
import sys

import uvicorn
from pydantic import ValidationError

from ui.settings import UiSettings, told


def main() -> int:
    """Serve until stopped; 2 where a setting is wrong."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        settings = UiSettings()
    except ValidationError as error:
        print("\n".join(f"ui: {line}" for line in told(error, "UI_")), file=sys.stderr)
        return 2
    from ui.app import create_app  # Gradio takes a while to import, a wrong setting should not wait for it

    app = create_app(settings)
    print(f"ui: http://{settings.host}:{settings.port}", file=sys.stderr)
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False, timeout_graceful_shutdown=3
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
