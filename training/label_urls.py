"""Addresses of labels and of the teacher's table; training/urls.py includes them."""

from django.urls import path

from training.views import labels, teacher

urlpatterns = [
    path("labels/", labels.labels, name="labels"),
    path("labels/start/", labels.start, name="start-labelling"),
    path("labels/jobs/<int:pk>/go-on/", labels.go_on, name="go-on-labelling"),
    path("labels/<int:pk>/", labels.label, name="label"),
    path("labels/<int:pk>/edit/", labels.edit, name="edit-label"),
    path("labels/<int:pk>/judge/", labels.judge, name="judge-label"),
    path("teacher/", teacher.teacher, name="teacher"),
    path("teacher/ask/", teacher.ask, name="ask-teacher"),
]
