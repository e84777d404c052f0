"""What forms of this slice offer, named as the regulation and the offices do (Art. 20, 21)."""

from cardbook.chapters.safekeeping.models import Holding, Incident, KeepingPlace
from cardbook.chapters.safekeeping.places.queries import HOLDS as _HOLDS

KINDS = tuple(KeepingPlace.Kind.choices)
FUNCTIONS = tuple(Holding.Function.choices)
HOLDS = tuple((str(place), place.label) for place in _HOLDS)
INCIDENTS = tuple(Incident.Kind.choices)
CAUSES = tuple(Incident.Cause.choices)
