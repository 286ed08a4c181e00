"""The addresses of training: one namespace for all its subjects."""

from django.urls import include, path

app_name = "training"
urlpatterns = [
    path("", include("training.runs.urls")),
    path("", include("training.labels.urls")),
    path("", include("training.versions.urls")),
    path("", include("training.paper.urls")),
]
