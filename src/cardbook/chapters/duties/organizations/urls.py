"""Addresses of offices and posts."""

from django.urls import path

from cardbook.chapters.duties.organizations import pages, post_pages

urlpatterns = [
    path("organizations/", pages.tree, name="organization.list"),
    path("organizations/<int:organization_id>/", pages.show, name="organization.show"),
    path("organizations/<int:organization_id>/rename/", pages.rename, name="organization.rename"),
    path("organizations/<int:organization_id>/move/", pages.move, name="organization.move"),
    path("organizations/<int:organization_id>/merge/", pages.merge, name="organization.merge"),
    path("organizations/<int:organization_id>/close/", pages.close, name="organization.close"),
    path("organizations/<int:organization_id>/found/", pages.found, name="organization.found"),
    path("organizations/<int:organization_id>/start/", pages.start, name="organization.start"),
    path("organizations/<int:organization_id>/appoint/", post_pages.appoint, name="post.appoint"),
    path("organizations/<int:organization_id>/join/", pages.join, name="organization.join"),
    path(
        "organizations/plans/<int:plan_id>/take-back/",
        pages.take_back,
        name="organization.take_back",
    ),
    path("posts/<int:post_id>/keep/", post_pages.keep, name="post.keep"),
    path("posts/<int:post_id>/end/", post_pages.end, name="post.end"),
]
