"""Opens some holders and papers with the keys at hand, to see that a restored book can be read.

Serves Art. 20 and 32; run by `drill.py` in a process of its own, with the keys that were put away.
"""

import sys

import django

SOME = 200


def main() -> None:
    """Open the oldest holders and papers; end with 1 and a sentence when one does not open."""
    django.setup()
    from cardbook.config.vault.walking import kept_papers
    from cardbook.lib.sm import Damaged
    from cardbook.papers.storage import PaperMissing, read_paper
    from cardbook.people.holders import holder_of
    from cardbook.people.models import Person

    try:
        people = [holder_of(person) for person in Person.objects.order_by("pk")[:SOME]]
        digests = kept_papers().order_by("pk").values_list("digest", flat=True)[:SOME]
        papers = [read_paper(digest) for digest in digests]
    except (Damaged, PaperMissing, KeyError) as problem:
        sys.stdout.write(f"打不开：{type(problem).__name__} {problem}\n")
        raise SystemExit(1) from problem
    sys.stdout.write(f"打开 {len(people)} 位持卡人、{len(papers)} 份凭据\n")


if __name__ == "__main__":
    main()
