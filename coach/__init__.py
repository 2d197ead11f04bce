"""The coach: reads the corpus, answers with cited and verified sentences, guarded by rules. Start with `graph.py`."""
