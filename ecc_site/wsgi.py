"""The web application. It never imports torch or transformers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecc_site.settings")
application = get_wsgi_application()


from ecc_site.demo_accounts import refuse_in_production  # noqa: E402  its models need the applications to be loaded

refuse_in_production()

# What is loaded by now stays, and a request leaves few cycles behind: looking through all of it again and again takes
# about a tenth of the time of a page.
gc.freeze()
gc.set_threshold(50_000, 20, 50)
