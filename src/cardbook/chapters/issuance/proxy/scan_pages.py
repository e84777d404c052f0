"""One place to scan a mandate: it leads to the page of its matter (Art. 10, 22, 27, 28).

Every page that is done on a mandate has the box as well; `chapters/scanned_mandates.py` says
where a paper leads and fills the page in.
"""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cardbook.chapters.scanned_mandates import BASIS, MOST_LETTERS, SCANNERS, keep, led_by
from cardbook.lib.ids import id_of
from cardbook.lifecycle.pages import ActorRequest, page


@require_http_methods(["GET", "POST"])
@page(roles=SCANNERS, basis=BASIS)
def scan(request: ActorRequest) -> HttpResponse:
    """Scan a mandate: it leads to what its holder charged somebody with, filled in."""
    if request.method == "POST":
        return scanned(request, request.POST.get("scan", ""))
    return render(request, "proxy/scan_mandate.html", {"problem": ""})


def scanned(request: ActorRequest, text: str) -> HttpResponse:
    """This function will lead to the page of a mandate's matter, or say why it cannot."""
    text = text.strip()[:MOST_LETTERS]
    code, subject_id = request.POST.get("act", ""), id_of(request.POST.get("of", ""))
    led = led_by(text, by=request.actor, code=code, subject_id=subject_id)
    if isinstance(led, str):
        return render(request, "proxy/scan_mandate.html", {"problem": led}, status=422)
    keep(request.session, led=led, text=text)
    return redirect(led.code, led.subject_id)
