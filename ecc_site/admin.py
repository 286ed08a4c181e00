"""Makes Django's admin the one of admin_site.py."""

from django.contrib.admin.apps import AdminConfig


class ReviewSiteAdmin(AdminConfig):
    default_site = "ecc_site.admin_site.AdminSite"
