from django.urls import path

from training import label_urls, version_urls
from training.views import runs, teach

app_name = "training"
urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/new/", runs.new, name="new-run"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/start/", runs.start, name="start-run"),
    path("runs/<int:pk>/move/", runs.move, name="move-run"),
    path("runs/<int:pk>/resume/", runs.resume, name="resume-run"),
    path("runs/<int:pk>/checkpoints/<int:step>/go-on/", runs.go_on, name="go-on-from"),
    path("datasets/<int:pk>/teach/", teach.teach_dataset, name="teach"),
    *label_urls.urlpatterns,
    *version_urls.urlpatterns,
]
