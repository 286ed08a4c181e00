from django.urls import path

from scoring.views import scores

app_name = "scoring"
urlpatterns = [path("scores/", scores.scores, name="scores")]
