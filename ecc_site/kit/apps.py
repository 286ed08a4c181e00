from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "ecc_site.kit"
    label = "kit"
