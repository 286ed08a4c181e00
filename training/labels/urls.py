from django.urls import path

from training.labels import views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("labels/remember/", views.remember, name="remember-labels"),
    path("labels/start/", views.start, name="start-labelling"),
    path("labels/jobs/<int:pk>/go-on/", views.ask_again, name="go-on-labelling"),
    path("labels/<int:pk>/", views.label, name="label"),
    path("labels/<int:pk>/edit/", views.edit, name="edit-label"),
    path("labels/<int:pk>/judge/", views.reject_or_restore, name="judge-label"),
]
