"""Addresses of versions and of Table VI; training.urls includes them in its namespace."""

from django.urls import path

from training.views import downloads, table6, versions

urlpatterns = [
    path("versions/", versions.versions, name="versions"),
    path("versions/<int:pk>/", versions.version, name="version"),
    path("versions/<int:pk>/evaluate/", versions.evaluate, name="evaluate"),
    path("versions/<int:pk>/promote/", versions.promote, name="promote"),
    path("versions/<int:pk>/rollback/", versions.rollback, name="rollback"),
    path("versions/<int:pk>/retire/", versions.retire, name="retire"),
    path("versions/<int:pk>/adapter.zip", downloads.adapter, name="adapter"),
    path("versions/<int:pk>/merge/", downloads.merge, name="merge"),
    path("versions/<int:pk>/merged.zip", downloads.merged, name="merged"),
    path("table6/", table6.table6, name="table6"),
    path("table6/table6.csv", table6.as_csv, name="table6-csv"),
    path("table6/table6.tex", table6.as_latex, name="table6-latex"),
]
