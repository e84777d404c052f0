"""What the slices of this chapter keep for themselves, one module a slice."""

from cardbook.chapters.usage.models.production import ApplicationDetail as ApplicationDetail
from cardbook.chapters.usage.models.production import Delivery as Delivery
from cardbook.chapters.usage.models.production import PhotoSource as PhotoSource
from cardbook.chapters.usage.models.replacement import FeeReceipt as FeeReceipt
