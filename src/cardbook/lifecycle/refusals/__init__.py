"""Every reason to say no: a state of affairs, a Chinese sentence, its article and the way out.

The catalogue is listed in docs/generated/refusals.md; guards and `perform` answer with its codes.
A chapter of the regulation is a file; `any_act.py` has what any act may meet.
"""

from cardbook.lifecycle.refusals.any_act import *
from cardbook.lifecycle.refusals.collecting import *
from cardbook.lifecycle.refusals.corrections import *
from cardbook.lifecycle.refusals.delivering import *
from cardbook.lifecycle.refusals.duties import *
from cardbook.lifecycle.refusals.issuing import *
from cardbook.lifecycle.refusals.lending import *
from cardbook.lifecycle.refusals.opening import *
from cardbook.lifecycle.refusals.reasons import CATALOGUE as CATALOGUE
from cardbook.lifecycle.refusals.reasons import Reason as Reason
from cardbook.lifecycle.refusals.reasons import Refusal as Refusal
from cardbook.lifecycle.refusals.reasons import Refused as Refused
from cardbook.lifecycle.refusals.safekeeping import *
from cardbook.lifecycle.refusals.signing import signing_as as signing_as
from cardbook.lifecycle.refusals.standing import *
from cardbook.lifecycle.refusals.stranded import *
from cardbook.lifecycle.refusals.using import *
