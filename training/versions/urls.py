from django.urls import path

from training.versions.views import downloads, versions

urlpatterns = [
    path("versions/", versions.versions, name="versions"),
    path("versions/<int:pk>/", versions.version, name="version"),
    path("versions/<int:pk>/evaluate/", versions.evaluate, name="evaluate"),
    path("versions/<int:pk>/review/", versions.review_both, name="review-both"),
    path("versions/<int:pk>/promote/", versions.promote, name="promote"),
    path("versions/<int:pk>/rollback/", versions.rollback, name="rollback"),
    path("versions/<int:pk>/retire/", versions.retire, name="retire"),
    path("versions/<int:pk>/adapter.zip", downloads.adapter, name="adapter"),
    path("versions/<int:pk>/merge/", downloads.merge, name="merge"),
    path("versions/<int:pk>/merged.zip", downloads.merged, name="merged"),
]
