"""The web application. It never imports torch or transformers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
application = get_wsgi_application()


from ecc_site.demo_accounts import refuse_in_production  # noqa: E402  its models need the applications to be loaded

refuse_in_production()
