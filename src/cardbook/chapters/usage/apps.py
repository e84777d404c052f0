"""Django's entry for this chapter."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Names the chapter to Django."""

    name = "cardbook.chapters.usage"
    label = "usage"

    def ready(self) -> None:
        """Let letters about applications say what was signed for."""
        from cardbook.cards.states import Subject
        from cardbook.chapters.usage.captured_photos import captured_photos
        from cardbook.chapters.usage.made import made_cards
        from cardbook.chapters.usage.signed_for import caller_of, newcomer_of, signed_for
        from cardbook.outbox.letters import ask_for_made, ask_for_photos, ask_for_signed

        ask_for_signed(Subject.APPLICATION, signed_for)
        ask_for_signed("outside_call", caller_of)
        ask_for_signed("transfer_in", newcomer_of)
        ask_for_made(Subject.APPLICATION, made_cards)
        ask_for_photos(Subject.APPLICATION, captured_photos)
