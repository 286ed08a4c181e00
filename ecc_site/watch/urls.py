from django.urls import path

from ecc_site.watch.views import alerts, bounds, recipients

urlpatterns = [
    path("watch/", alerts.feed, name="watch"),
    path("watch/<int:pk>/", alerts.show, name="alert"),
    path("watch/<int:pk>/acknowledge/", alerts.acknowledge, name="acknowledge-alert"),
    path("watch/bounds/", bounds.bounds, name="watch-bounds"),
    path("watch/recipients/", recipients.recipients, name="recipients"),
    path("watch/recipients/test/", recipients.test_configured, name="test-configured"),
    path("watch/recipients/<int:pk>/", recipients.change, name="change-recipient"),
]
