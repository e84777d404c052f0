"""What pages share that count a shipment in by scan: a return, a lot, bad cards coming home."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from cardbook.chapters.stranded import arrivals
from cardbook.lifecycle.pages import ActorRequest, new_key
from cardbook.lifecycle.perform import Done


def arriving(shipment: arrivals.Sent, *, scans: str) -> dict[str, object]:
    """This function will give what a counting page shows; `scans` is where it sends each scan."""
    return {
        "arriving": arrivals.arrivals_of(shipment), "scan_name": scans, "key": new_key(),
    }  # fmt: skip


def answer_scan(
    request: ActorRequest, shipment: arrivals.Sent, *, scans: str, back: tuple[str, int]
) -> HttpResponse:
    """This function will keep one scan, or take one back, and answer with what was scanned.

    Without scripts it leads `back` to the page: its name and what the name needs.
    """
    said, kind = arrivals.answer_to_scan(
        shipment=shipment, number=request.POST.get("number", ""),
        remove=request.POST.get("remove", ""), by=request.actor,
    )  # fmt: skip
    if "HX-Request" not in request.headers:
        (messages.success if kind == "good" else messages.error)(request, said)
        return redirect(*back)
    context = arriving(shipment, scans=scans) | {"said": said, "kind": kind}
    status = 200 if kind == "good" else 409
    return render(request, "stranded/_arrivals.html", context, status=status)


def say_counted(request: ActorRequest, done: Done, *, shipment: arrivals.Sent) -> None:
    """This function will say how many cards were counted in, and how many did not come."""
    left = arrivals.arrivals_of(shipment).tally.under_way
    more = f"，还有 {left} 张未到，留在途中待查" if left else "，全部点收"
    messages.success(request, f"已点收 {len(done.subject_ids)} 张{more}。")
