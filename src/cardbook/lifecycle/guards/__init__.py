"""Whether an act fits: pure predicates named by the table of acts, each a claim of the regulation.

A *standing* guard needs the case alone and greys a button; a *check* judges the facts as given.
"""

from cardbook.lifecycle.guards.any_act import *
from cardbook.lifecycle.guards.corrections import *
from cardbook.lifecycle.guards.delivering import *
from cardbook.lifecycle.guards.issuing import *
from cardbook.lifecycle.guards.safekeeping import *
from cardbook.lifecycle.guards.stranded import *
from cardbook.lifecycle.guards.using import *
