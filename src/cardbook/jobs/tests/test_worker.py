"""A worker that can no longer take up the jobs of dead ones ends, and is started anew (Art. 6)."""

import pytest

from cardbook.jobs import worker

pytestmark = pytest.mark.article(6)


@pytest.mark.trust("B8")
def test_a_worker_that_rescues_nobody_any_more_ends(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a worker would only look alive: the files of a dead one would wait for ever."""

    async def broken(running: object) -> None:
        raise ValueError("the watch broke")

    monkeypatch.setattr(worker, "_rescue", broken)
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.1)
    with pytest.raises(ValueError, match="the watch broke"):
        worker.work()
