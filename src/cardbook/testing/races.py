"""Several people at once, each in a thread and a connection of his own (trust-and-ux.md 5, R)."""

import threading
from collections.abc import Callable, Sequence

from django.db import connections

from cardbook.lifecycle.refusals import Refused


def together(*works: Callable[[], object]) -> list[object]:
    """This function will start all works at one moment and give what each returned, or `Refused`.

    What else went wrong in one of them is raised here, so that no thread fails in silence.
    """
    gate = threading.Barrier(len(works))
    answers: list[object] = []
    broken: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            answers.append(work())
        except Refused as refused:
            answers.append(refused)
        except BaseException as problem:
            broken.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for problem in broken:
        raise problem
    assert len(answers) == len(works)
    return answers


def in_words(answers: Sequence[object], *, done: Callable[[object], str]) -> list[str]:
    """This function will name each answer: a refusal by its first code, the rest by `done`."""
    return [
        answer.refusals[0].code if isinstance(answer, Refused) else done(answer)
        for answer in answers
    ]
