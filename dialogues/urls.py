from django.urls import path

from dialogues.views import imports, lists

app_name = "dialogues"
urlpatterns = [
    path("import/", imports.upload, name="upload"),
    path("import/<int:pk>/", imports.show, name="import"),
    path("import/<int:pk>/start/", imports.start, name="start-import"),
    path("datasets/<int:pk>/dialogues/", lists.dialogues, name="list"),
]
