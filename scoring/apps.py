from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "scoring"

    def ready(self) -> None:
        """The memory keeps the vectors of a served encoder where the scorers do."""
        from knowledge.scorers import STORES
        from scoring.embeddings import STORE

        STORES[:] = [STORE]
