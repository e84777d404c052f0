"""A machine that fails in the middle of `cardbook import …` is told in words (B4, B8; Art. 6)."""

import errno

import psycopg
import pytest
from django.db import OperationalError

from cardbook.chapters.import_commands import NotDone, told_what_broke
from cardbook.imports.pool import HelpersDied

pytestmark = pytest.mark.article(6)


class TestToldWhatBroke:
    @pytest.mark.trust("B8")
    def test_a_database_that_is_gone_is_named_with_what_to_do(self) -> None:
        with (
            pytest.raises(NotDone, match=r"连接中断.*再运行一次.*不会重复"),
            told_what_broke(),
        ):
            psycopg.connect("host=/nowhere dbname=cardbook")

    @pytest.mark.parametrize(
        ("problem", "words"),
        [
            (OperationalError("couldn't get a connection after 5.00 sec"), "连接中断"),
            (OSError(errno.ENOSPC, "full"), "磁盘空间不足"),
            (HelpersDied("处理文件的辅助进程接连中断，可能是内存不足"), "内存不足"),
        ],
    )
    def test_whatever_ran_out_is_named(self, problem: Exception, words: str) -> None:
        with pytest.raises(NotDone, match=words), told_what_broke():
            raise problem

    def test_a_mistake_of_the_program_is_not_dressed_up(self) -> None:
        with pytest.raises(FileNotFoundError), told_what_broke():
            raise FileNotFoundError
