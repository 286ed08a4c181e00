"""The site notices by itself when answers get worse: what is watched, since when, and who is told."""
