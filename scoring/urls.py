from django.urls import path

from scoring.views import scores, what_if

app_name = "scoring"
urlpatterns = [
    path("scores/", scores.scores, name="scores"),
    path("scores/what-if/", what_if.what_if, name="what-if"),
    path("scores/profiles/", what_if.save, name="save-profile"),
    path("scores/profiles/<int:pk>/again/", what_if.take_again, name="take-profile-again"),
]
