from django.urls import path

from serving.views import ledger

app_name = "serving"
urlpatterns = [path("cloud/", ledger.ledger, name="ledger")]
