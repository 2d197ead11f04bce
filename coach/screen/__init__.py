"""The guardrails: one policy a file, its rules and examples as data beside it. Read `guardrails.py` first."""
