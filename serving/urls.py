from django.urls import path

from serving.views import patterns

urlpatterns = [
    path("cloud/patterns/", patterns.patterns, name="patterns"),
    path("cloud/patterns/try/", patterns.try_pattern, name="try-pattern"),
    path("cloud/patterns/<int:pk>/", patterns.change_pattern, name="change-pattern"),
]
