from django.urls import path

from training.versions import downloads, views

urlpatterns = [
    path("versions/", views.versions, name="versions"),
    path("versions/<int:pk>/", views.version, name="version"),
    path("versions/<int:pk>/evaluate/", views.evaluate, name="evaluate"),
    path("versions/<int:pk>/promote/", views.promote, name="promote"),
    path("versions/<int:pk>/rollback/", views.rollback, name="rollback"),
    path("versions/<int:pk>/retire/", views.retire, name="retire"),
    path("versions/<int:pk>/adapter.zip", downloads.adapter, name="adapter"),
    path("versions/<int:pk>/merge/", downloads.merge, name="merge"),
    path("versions/<int:pk>/merged.zip", downloads.merged, name="merged"),
]
