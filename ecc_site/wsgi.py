"""The web application. It never imports torch or transformers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
application = get_wsgi_application()
