# One image for every part: ingest, service and page differ only in the command (docker-compose.yml).
# The weights are not in it: the ingest container fetches them, by hash, into a volume.
FROM python:3.11-slim

# Where CPU wheels of torch are found: an index that pip understands, PyTorch's own or a mirror. Empty: the ordinary index,
# whose Linux wheel for x86-64 brings CUDA along, several GB that nothing here uses.
ARG CPU_WHEELS=""

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    XDG_CACHE_HOME=/cache

WORKDIR /app
COPY constraints.txt ./
# torch first and alone: it is the largest layer and changes least.
RUN if [ -n "$CPU_WHEELS" ]; then pip install --index-url "$CPU_WHEELS" --no-deps --constraint constraints.txt torch; fi

COPY pyproject.toml README.md LICENSE ./
COPY corpus corpus
COPY ingest ingest
COPY coach coach
COPY ui ui
COPY evals evals
RUN pip install --constraint constraints.txt .

# A user without a password or a shell. What it may write is its cache, and a new volume takes over that ownership.
RUN useradd --uid 10001 --no-create-home --home-dir /cache --shell /usr/sbin/nologin coach \
    && install --directory --owner=coach --group=coach /cache /cache/breakup-coach \
    && rm -rf corpus ingest coach ui evals build
USER coach

CMD ["python", "-m", "coach"]
