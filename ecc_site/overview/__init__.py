"""The managers' first page: how the end model does, what waits for somebody, and what it all has used."""
