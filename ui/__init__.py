"""The window: the page where people meet the coach. Knows the service by HTTP alone; start reading at `app.py`."""
