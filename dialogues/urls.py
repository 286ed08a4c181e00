from django.urls import path

from dialogues.views import imports

urlpatterns = [
    path("import/", imports.upload, name="upload"),
    path("import/<int:pk>/", imports.show, name="import"),
    path("import/<int:pk>/choices/", imports.choose, name="import-choices"),
    path("import/<int:pk>/start/", imports.start, name="start-import"),
    path("import/<int:pk>/undo/", imports.undo, name="undo-import"),
    path("import/<int:pk>/problems.csv", imports.problems, name="import-problems"),
]
