from django.urls import path

from serving.views import ledger, patterns

app_name = "serving"
urlpatterns = [
    path("cloud/", ledger.ledger, name="ledger"),
    path("cloud/patterns/", patterns.patterns, name="patterns"),
    path("cloud/patterns/try/", patterns.try_pattern, name="try-pattern"),
    path("cloud/patterns/<int:pk>/", patterns.change_pattern, name="change-pattern"),
]
