from django.urls import path

from training.runs import views

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("runs/new/", views.new, name="new-run"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/prepare/", views.prepare, name="prepare-run"),
    path("runs/<int:pk>/start/", views.start, name="start-run"),
    path("runs/<int:pk>/move/", views.move, name="move-run"),
    path("runs/<int:pk>/resume/", views.resume, name="resume-run"),
    path("runs/<int:pk>/checkpoints/<int:step>/go-on/", views.continue_from, name="go-on-from"),
    path("datasets/<int:pk>/teach/", views.teach, name="teach"),
]
