from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DialoguesConfig(AppConfig):
    name = "dialogues"

    def ready(self) -> None:
        from dialogues.search.index import restore_triggers

        post_migrate.connect(restore_triggers, sender=self)
