"""Addresses of this slice: campaigns, rules of routing; no act on a card."""

from django.urls import path

from cardbook.chapters.duties.campaigns import pages

urlpatterns = [
    path("campaigns/", pages.campaigns, name="campaign.list"),
    path("campaigns/order/", pages.order, name="campaign.order"),
    path("campaigns/<int:campaign_id>/", pages.show, name="campaign.show"),
    path("campaigns/<int:campaign_id>/close/", pages.close, name="campaign.close"),
    path("campaigns/<int:campaign_id>/reassign/", pages.reassign, name="campaign.reassign"),
    path("routing/", pages.routing, name="routing.list"),
]
