"""What the slices of this chapter keep for themselves."""

from cardbook.chapters.safekeeping.models.counts import Finding, Scan, Stocktake, StocktakeLine
from cardbook.chapters.safekeeping.models.keeping import (
    CheckAnswer,
    HarmCard,
    HarmReport,
    Holding,
    Incident,
    IncidentCard,
    KeepingCheck,
    KeepingPlace,
)

__all__ = [
    "CheckAnswer",
    "Finding",
    "HarmCard",
    "HarmReport",
    "Holding",
    "Incident",
    "IncidentCard",
    "KeepingCheck",
    "KeepingPlace",
    "Scan",
    "Stocktake",
    "StocktakeLine",
]
