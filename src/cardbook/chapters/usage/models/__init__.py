"""What the slices of this chapter keep for themselves; nothing here writes itself."""

from cardbook.chapters.usage.models.loss import OutsideCall

__all__ = ["OutsideCall"]
