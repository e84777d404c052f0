"""What a page says when the machine is at fault, told from the exception alone (B4, B6-B8)."""

import errno

import psycopg
import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client, RequestFactory
from psycopg import errors
from psycopg_pool import PoolTimeout

from cardbook.lib.causes import is_disk_full
from cardbook.web import pages, trouble


def wrapped(outer: Exception, cause: BaseException) -> Exception:
    """As Django raises what the driver raised."""
    outer.__cause__ = cause
    return outer


class TestTelling:
    @pytest.mark.parametrize(
        "problem",
        [
            wrapped(OperationalError(), errors.DiskFull("no room")),
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EDQUOT, "Disk quota exceeded"),
        ],
    )
    def test_a_full_disk_is_a_full_disk_wherever_it_is(self, problem: Exception) -> None:
        assert is_disk_full(problem)

    @pytest.mark.parametrize(
        "problem",
        [
            wrapped(OperationalError(), PoolTimeout("5 s")),
            wrapped(OperationalError(), errors.TooManyConnections("53300")),
            wrapped(OperationalError(), errors.AdminShutdown("57P01")),
            wrapped(OperationalError(), errors.QueryCanceled("57014")),
            wrapped(OperationalError(), errors.DeadlockDetected("40P01")),
            wrapped(OperationalError(), psycopg.OperationalError("server closed the connection")),
            InterfaceError("connection already closed"),
        ],
    )
    def test_a_busy_or_lost_database_is_busy(self, problem: Exception) -> None:
        assert trouble.is_busy(problem) and not is_disk_full(problem)

    @pytest.mark.parametrize(
        "problem",
        [
            RuntimeError(),
            wrapped(IntegrityError(), errors.UniqueViolation("x")),
            OSError(errno.EIO),
        ],
    )
    def test_a_defect_of_ours_is_neither(self, problem: Exception) -> None:
        assert not trouble.is_busy(problem) and not is_disk_full(problem)

    def test_exceptions_that_point_at_each_other_end(self) -> None:
        one, other = RuntimeError(), ValueError()
        one.__cause__, other.__cause__ = other, one
        assert not is_disk_full(one)


class TestPages:
    @pytest.mark.parametrize(
        ("problem", "status", "sentence"),
        [
            (OSError(errno.ENOSPC, "full"), 507, "磁盘空间不足，业务未保存"),
            (OperationalError("gone"), 503, "系统繁忙"),
            (RuntimeError("secret detail"), 500, "系统出错了"),
        ],
    )
    def test_each_trouble_has_its_page(
        self, problem: Exception, status: int, sentence: str
    ) -> None:
        try:
            raise problem
        except Exception:
            answer = trouble.broken(RequestFactory().get("/"))
        text = answer.content.decode()
        assert answer.status_code == status and sentence in text
        assert "secret detail" not in text and answer.headers["Cache-Control"] == "no-store"
        assert ("Retry-After" in answer.headers) == (status == 503)

    def test_a_session_lost_at_the_end_does_not_say_that_nothing_was_registered(self) -> None:
        """The act was committed before the session was kept: the database went in between."""
        answer = pages.not_understood(RequestFactory().post("/"), SessionInterrupted("lost"))
        text = answer.content.decode()
        assert answer.status_code == 503 and "没有得到确认" in text
        assert "登记没有变动" not in text and "重复提交同一页不会登记两次" in text

    def test_a_view_that_meets_a_full_disk_answers_with_that_page(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cardbook.testing import factories as make
        from cardbook.testing.clients import signed_in

        def full(by: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(pages.queries, "county_figures", full)
        client: Client = signed_in(make.city().here.clerk)
        client.raise_request_exception = False
        answer = client.get("/")
        assert answer.status_code == 507 and "业务未保存" in answer.content.decode()
