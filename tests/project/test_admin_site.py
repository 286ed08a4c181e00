import pytest
from django.contrib.auth.models import Group, User

pytestmark = pytest.mark.django_db
SECRET = "a-password-of-the-tests"


def test_an_admin_by_group_alone_may_sign_in_and_make_people(client):
    """Neither is_staff nor is_superuser is needed: the role is the group."""
    user = User.objects.create_user("alice", password=SECRET)
    user.groups.add(Group.objects.get_or_create(name="admin")[0])
    signed_in = client.post("/admin/login/?next=/admin/", {"username": "alice", "password": SECRET})
    assert signed_in.url == "/admin/"
    twice = {"password1": SECRET, "password2": SECRET, "usable_password": "true"}
    client.post("/admin/auth/user/add/", {"username": "bob"} | twice)
    assert User.objects.filter(username="bob").exists()


def test_what_is_a_log_can_be_read_and_not_changed(as_admin):
    assert as_admin.get("/admin/serving/cloudcall/").status_code == 200
    assert as_admin.get("/admin/serving/cloudcall/add/").status_code == 403
