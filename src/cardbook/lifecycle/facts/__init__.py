"""What each act records: frozen, versioned, people by reference only (architecture, section 4).

A fact class is named in the past; `canonical_json` of it is what the ledger keeps. A chapter of
the regulation is a file, as in the table of acts.
"""

from cardbook.lifecycle.facts.applying import *
from cardbook.lifecycle.facts.chips import *
from cardbook.lifecycle.facts.collecting import *
from cardbook.lifecycle.facts.corrections import *
from cardbook.lifecycle.facts.delivering import *
from cardbook.lifecycle.facts.duties import *
from cardbook.lifecycle.facts.issuing import *
from cardbook.lifecycle.facts.lending import *
from cardbook.lifecycle.facts.opening import *
from cardbook.lifecycle.facts.safekeeping import *
from cardbook.lifecycle.facts.stranded import *
from cardbook.lifecycle.facts.using import *
