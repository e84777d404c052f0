"""Where parts meet that may not know each other: registers of the slices, their pages and command.

Serves Art. 6 and 8; `urls.py` and `cli.py` beside it mount what is made here.
"""

from django.http import HttpRequest
from django.urls import URLPattern, path

from cardbook.chapters.corrections.wrong_cards.register import WRONG_CARDS
from cardbook.chapters.duties.campaigns.register import ALLOTMENT
from cardbook.chapters.duties.organizations.register import HAND_OVER
from cardbook.chapters.duties.receivers.register import LETTERS
from cardbook.chapters.intake.distribution.register import CARDS, DIFFERENCES, SUMMARY
from cardbook.chapters.intake.opening.cli import opening
from cardbook.chapters.intake.receive.cli import imports
from cardbook.chapters.intake.receive.register import COUNT
from cardbook.chapters.issuance.collective.hand_over_register import COLLECTIVE_HAND_OVER
from cardbook.chapters.issuance.collective.register import SIGN_OFF
from cardbook.chapters.issuance.defect.register import DEFECT_FINDING
from cardbook.chapters.issuance.individual.register import PICK_UP
from cardbook.chapters.issuance.telling.register import NOTICES_TOLD
from cardbook.chapters.safekeeping.places.check_register import KEEPING_CHECK
from cardbook.chapters.safekeeping.places.incident_register import INCIDENT
from cardbook.chapters.safekeeping.places.place_register import KEEPING_PLACES
from cardbook.chapters.safekeeping.stocktaking.desk_register import DESK_BALANCE
from cardbook.chapters.safekeeping.stocktaking.register import STOCKTAKE
from cardbook.chapters.stranded.bring_home.register import HOME_LIST
from cardbook.chapters.stranded.destruction.register import CERTIFICATE, LIST
from cardbook.chapters.stranded.elsewhere.register import WISHES
from cardbook.chapters.stranded.send_back.register import CANCELS, NOTICES, STRANDED
from cardbook.chapters.stranded.tracing.register import CALLS, CONTACTS
from cardbook.chapters.usage.activation.call_register import CALL_LIST
from cardbook.chapters.usage.activation.register import ACTIVATIONS, PIN_RESETS
from cardbook.chapters.usage.cancellation.register import CANCEL_REQUESTS
from cardbook.chapters.usage.loss.hotline_register import HOTLINE
from cardbook.chapters.usage.loss.register import LIFTS, LOSSES
from cardbook.chapters.usage.production.register import APPLICATIONS
from cardbook.chapters.usage.replacement.register import FEES, OLD_CARDS, REPLACEMENTS
from cardbook.chapters.usage.temporary.register import TEMPORARY
from cardbook.chapters.usage.transfer.register import TRANSFERS, TRANSFERS_IN, TRANSFERS_OUT
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.pages import page, signer
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import User
from cardbook.registers import pages, taking_pages
from cardbook.registers.cli import export_command
from cardbook.registers.registry import Register
from cardbook.registers.releasing import NotApproved

REGISTERS: tuple[Register, ...] = (
    PICK_UP,
    SIGN_OFF,
    COLLECTIVE_HAND_OVER,
    NOTICES_TOLD,
    COUNT,
    SUMMARY,
    CARDS,
    DIFFERENCES,
    WRONG_CARDS,
    DEFECT_FINDING,
    LETTERS,
    ALLOTMENT,
    HAND_OVER,
    KEEPING_PLACES,
    KEEPING_CHECK,
    INCIDENT,
    STOCKTAKE,
    DESK_BALANCE,
    CONTACTS,
    CALLS,
    WISHES,
    HOME_LIST,
    STRANDED,
    CANCELS,
    NOTICES,
    LIST,
    CERTIFICATE,
    ACTIVATIONS,
    PIN_RESETS,
    CALL_LIST,
    CANCEL_REQUESTS,
    TRANSFERS,
    TRANSFERS_OUT,
    TRANSFERS_IN,
    TEMPORARY,
    LOSSES,
    LIFTS,
    HOTLINE,
    APPLICATIONS,
    REPLACEMENTS,
    FEES,
    OLD_CARDS,
)

# `cardbook import` (config/cli.py mounts it): each slice brings the files it takes.
imports.add_command(opening)

# `cardbook export` (config/cli.py mounts it).
export = export_command(REGISTERS)

_DOCUMENT_BASIS = "、".join(dict.fromkeys(b.label for r in REGISTERS for b in r.form.basis))


def signed_by(request: HttpRequest, username: str, password: str) -> User:
    """This function will tell who agrees to a long sheet, under the lock of the login page.

    :raises NotApproved: when name and password do not fit, or were wrong too often.
    """
    try:
        with no.signing_as("同意人"):
            return signer(username=username, password=password, request=request)
    except Refused as refused:
        raise NotApproved(str(refused)) from refused


def register_urlpatterns() -> list[URLPattern]:
    """This function will list the addresses of every register and of issued documents."""
    documents = page(roles=pages.readers(REGISTERS), basis=_DOCUMENT_BASIS)
    return [
        *(
            path(
                f"registers/{register.slug.replace('_', '-')}/",
                page(roles=register.readers, basis=register.form.basis_text)(
                    pages.register_view(register, signer=signed_by)
                ),
                name=register.page_name,
            )
            for register in REGISTERS
        ),
        path("documents/", documents(pages.document_list(REGISTERS)), name="document.list"),
        path(
            "documents/taken/",
            page(roles=taking_pages.READERS, basis="第三十二条")(taking_pages.taken_list),
            name="document.taken",
        ),
        path(
            "documents/<int:document_id>/",
            documents(pages.document_show(REGISTERS)),
            name="document.show",
        ),
        path(
            "documents/<int:document_id>/pdf/",
            documents(pages.document_file(REGISTERS, "pdf")),
            name="document.pdf",
        ),
        path(
            "documents/<int:document_id>/xlsx/",
            documents(pages.document_file(REGISTERS, "xlsx")),
            name="document.xlsx",
        ),
    ]
