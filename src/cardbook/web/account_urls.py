"""Signing in and out, the password, the second factor: what staff need of the login library.

Not included, so not there: signing up, e-mail addresses, resetting by e-mail (Art. 5, 32 item 4).
"""

from allauth.account import views
from django.urls import include, path

from cardbook.web.own_password import change_password

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", change_password, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
