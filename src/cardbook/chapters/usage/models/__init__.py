"""What the slices of this chapter keep for themselves, a file for each slice."""

from cardbook.chapters.usage.models.activation import ActivationCall, BankVisit, ProxyErrand
from cardbook.chapters.usage.models.bank_offers import BankComplaint, BankOffer
from cardbook.chapters.usage.models.death import LateHandOver
from cardbook.chapters.usage.models.loss import OutsideCall, RefusedLift
from cardbook.chapters.usage.models.production import ApplicationDetail
from cardbook.chapters.usage.models.province import ProvinceCheck
from cardbook.chapters.usage.models.replacement import FeeReceipt, RefusedCharge
from cardbook.chapters.usage.models.temporary import TemporaryPlace
from cardbook.chapters.usage.models.transfer import (
    LeavingRow,
    TransferIn,
    TransferOut,
    TransferRow,
)
from cardbook.chapters.usage.models.uses import (
    CardUse,
    CardUsed,
    StatusAsked,
    StatusKey,
    StatusTooOften,
    UseRow,
)

__all__ = [
    "ActivationCall",
    "ApplicationDetail",
    "BankComplaint",
    "BankOffer",
    "BankVisit",
    "CardUse",
    "CardUsed",
    "FeeReceipt",
    "LateHandOver",
    "LeavingRow",
    "OutsideCall",
    "ProvinceCheck",
    "ProxyErrand",
    "RefusedCharge",
    "RefusedLift",
    "StatusAsked",
    "StatusKey",
    "StatusTooOften",
    "TemporaryPlace",
    "TransferIn",
    "TransferOut",
    "TransferRow",
    "UseRow",
]
