from django.urls import path

from dialogues.views import imports

urlpatterns = [
    path("import/", imports.upload, name="upload"),
    path("import/<int:pk>/", imports.show, name="import"),
    path("import/<int:pk>/start/", imports.start, name="start-import"),
]
