"""From a file to rows.

`opening` unpacks the file, `reading` finds out its encoding, container and format, a module of `formats` makes
dialogues of it, `cleaning` cleans them, and `store` writes them. A further format is one module in `formats`.
"""
