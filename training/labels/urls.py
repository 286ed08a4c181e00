from django.urls import path

from training.labels import views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("labels/start/", views.start, name="start-labelling"),
    path("labels/jobs/<int:pk>/go-on/", views.go_on, name="go-on-labelling"),
    path("labels/<int:pk>/", views.label, name="label"),
    path("labels/<int:pk>/edit/", views.edit, name="edit-label"),
    path("labels/<int:pk>/judge/", views.judge, name="judge-label"),
]
