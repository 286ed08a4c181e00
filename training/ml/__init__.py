"""The training engine: dataclasses in, results out. Plain Python without Django, usable from a notebook.

The web process may import `settings`, `presets`, `compatibility`, `examples`, `preview`, `checkpoints`, `progress`,
`merging` and `methods`: they load torch only when something is computed.
"""
