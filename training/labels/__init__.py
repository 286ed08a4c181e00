"""What the end model should learn: replies by people, by the teacher and from the corpus."""
