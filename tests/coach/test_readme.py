"""The README's `curl` examples, run in their order against a service of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytestmark = [pytest.mark.server, pytest.mark.weights]
ROOT = Path(__file__).parents[2]
START_S = 120


def examples() -> list[str]:
    """Return the fenced ```bash blocks that begin with `curl`, or set a variable by it."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    blocks = re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [block for block in blocks if re.match(r"(\w+=\"?\$\()?curl\b", block)]


@pytest.fixture
def address(real_location: str, tmp_path: Path) -> Iterator[str]:
    """`python -m coach` as people start it, without a language model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"COACH_MODEL": "none", "COACH_PORT": str(port), "CORPUS_STORE": real_location}
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "coach"], env=os.environ | settings, cwd=ROOT, stderr=log)
    try:
        for _ in range(START_S * 10):
            try:
                assert httpx.get(f"{url}/health/live").status_code == 200
                break
            except httpx.TransportError:
                try:
                    pytest.fail(f"`python -m coach` ended ({process.wait(0.1)}): {(tmp_path / 'log').read_text()}")
                except subprocess.TimeoutExpired:
                    continue
        yield url
    finally:
        process.terminate()
        process.wait(20)


def test_every_example_of_the_readme_works(address: str) -> None:
    """Each succeeds and prints something, but the one that forgets; variables are passed on from one to the next."""
    if not examples():
        pytest.skip("README.md holds no curl example")
    script = "\n".join(f"printf '\\n--- %s\\n' {n}\n{block}" for n, block in enumerate(examples()))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | {"COACH": address},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert not re.search(r'"status":\s*[45]\d\d', done.stdout), done.stdout
    assert done.stdout.count("\n--- ") == len(examples())
