"""The proof: suites that judge what is built, and reports that show it. Start with `__main__.py`; `docs/evals.md` explains."""
