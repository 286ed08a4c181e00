"""Makes the site of admin_site.py Django's admin."""

from django.contrib.admin.apps import AdminConfig


class ReviewSiteAdmin(AdminConfig):
    default_site = "ecc_site.admin_site.AdminSite"
