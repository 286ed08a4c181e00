from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ecc_site.core"
    label = "core"
