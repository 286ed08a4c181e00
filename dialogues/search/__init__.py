"""Search over dialogues: what is indexed (`tokens`), what a person typed (`query`), the index of each database engine
(`sqlite`, `postgres`, chosen in `index`), and pages of hits, newest first, at a bounded cost (`finding`).
"""
