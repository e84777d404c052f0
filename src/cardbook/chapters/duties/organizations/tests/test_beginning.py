"""An empty book begins with its offices and an administrator, who opens accounts (Art. 5)."""

import json
import os
import pwd
from datetime import date
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cardbook.chapters.duties.organizations.beginning import open_account
from cardbook.chapters.duties.organizations.cli import account, begin, password, second_factor
from cardbook.chapters.duties.organizations.queries import changes_of
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.models import Organization, Post, User
from cardbook.testing import factories as make
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(5)
SHEET = """机构表,,,
编号,名称,类别,上级编号
1,某市人社局,市人力资源和社会保障局,
2,信息中心,市局信息中心,1
3,某县人社局,县区人力资源和社会保障局,1
4,某县卡管中心,社保卡综合管理机构,3
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "offices.csv"
    path.write_text(SHEET, encoding="gb18030")
    return path


def begun(path: Path) -> "object":
    return CliRunner().invoke(begin, [str(path), "--admin", "root1", "--name", "系统员"])


class TestBegin:
    def test_writes_the_tree_with_its_events_and_one_administrator(
        self, db: None, sheet: Path
    ) -> None:
        done = begun(sheet)
        assert done.exit_code == 0, done.output
        body = Organization.objects.get(code="4")
        assert body.county.code == "3" and body.path.startswith(body.county.path)
        assert Event.objects.filter(act="org.found").count() == 4
        post = Post.objects.get()
        assert (post.user.username, post.role) == ("root1", "system_admin")

    def test_the_printed_password_opens_the_account(self, db: None, sheet: Path) -> None:
        printed = begun(sheet).output.split("一次性密码：")[1].splitlines()[0]
        assert User.objects.get(username="root1").check_password(printed)

    def test_refuses_a_book_that_has_offices(self, db: None, sheet: Path) -> None:
        assert begun(sheet).exit_code == 0
        again = begun(sheet)
        assert again.exit_code == 2 and "已经有机构" in again.output
        assert Organization.objects.count() == 4

    def test_names_every_wrong_row_and_writes_nothing(self, db: None, tmp_path: Path) -> None:
        path = tmp_path / "wrong.csv"
        path.write_text(SHEET + "4,又一个,社保卡中心,9\n,无编号,参保单位,\n", encoding="utf-8")
        refused = begun(path)
        assert refused.exit_code == 2
        for words in ("第 7 行：编号 4 与第 6 行重复", "类别“社保卡中心”不认识", "第 8 行"):
            assert words in refused.output
        assert not Organization.objects.exists() and not User.objects.exists()

    @pytest.mark.parametrize(
        "line", ["合计,4 个", "填表人：张三", "编号,名称,类别,上级编号", "第 1 页 共 1 页"]
    )
    def test_what_is_printed_below_is_no_office(self, db: None, tmp_path: Path, line: str) -> None:
        path = tmp_path / "printed.csv"
        path.write_text(f"{SHEET}{line}\n", encoding="utf-8")
        done = begun(path)
        assert done.exit_code == 0, done.output
        assert Organization.objects.count() == 4

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("5,某县卡管中心,社保卡综合管理机构,3", "“某县卡管中心”与第 6 行同名同上级"),
            (f"5,{'县' * 101},参保单位,3", "名称有 101 个字，最多 100 个"),
            ("5", "名称为空"), ("5,NULL,参保单位,3", "名称写的是“NULL”，等于没有填写"),
            ("合计,5 个", "合计行写明 5，文件中有 4 行"),
        ],
    )  # fmt: skip
    def test_a_row_that_is_no_office_is_named(
        self, db: None, tmp_path: Path, line: str, words: str
    ) -> None:
        path = tmp_path / "wrong.csv"
        path.write_text(f"{SHEET}{line}\n", encoding="utf-8")
        refused = begun(path)
        assert refused.exit_code == 2 and f"第 7 行：{words}" in refused.output
        assert not Organization.objects.exists()

    def test_two_columns_of_one_name_are_refused(self, db: None, tmp_path: Path) -> None:
        path = tmp_path / "doubled.csv"
        path.write_text("编号,名称,类别,名称\n1,某局,市局信息中心,别名\n", encoding="utf-8")
        assert "有两列都叫“名称”" in begun(path).output

    def test_asks_for_the_head(self, db: None, tmp_path: Path) -> None:
        path = tmp_path / "bare.csv"
        path.write_text("甲,乙\n1,2\n", encoding="utf-8")
        assert "没有找到表头" in begun(path).output


class TestPassword:
    def renewed(self, *asked: str) -> "object":
        return CliRunner().invoke(password, [*asked, "--by", "root1"])

    def test_a_forgotten_one_is_replaced_and_its_sessions_end(
        self, db: None, sheet: Path, client: Client
    ) -> None:
        begun(sheet)
        user = open_account(username="win1", name="窗口员", password="forgotten-long-ago")
        client.force_login(user)
        done = self.renewed("win1")
        assert done.exit_code == 0, done.output
        user.refresh_from_db()
        assert user.check_password(done.output.split("：")[1].splitlines()[0])
        assert user.password_is_given
        assert "login" in client.get("/").headers["Location"]

    @pytest.mark.trust("L9")
    @pytest.mark.article(32)
    def test_who_renewed_whose_is_in_the_ledger_and_told_to_both(
        self, db: None, sheet: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun(sheet)
        user = open_account(username="win1", name="窗口员", password="forgotten-long-ago")
        monkeypatch.setenv("LOGNAME", "somebody-else")
        printed = self.renewed("win1").output
        event = Event.objects.get(act="account.password")
        facts = json.loads(event.facts)
        machine_user = pwd.getpwuid(os.getuid()).pw_name
        assert event.actor_id == User.objects.get(username="root1").pk
        assert (facts["user"], facts["machine_user"]) == (user.pk, machine_user)
        given = printed.split("：")[1].splitlines()[0]
        assert given not in event.facts
        office = changes_of(event.subject_id)[0]
        assert (
            office.title == "重设密码" and "win1" in office.words and machine_user in office.words
        )
        client.force_login(User.objects.get(pk=user.pk))
        page = client.get(reverse("account_change_password")).content.decode()
        assert "别人对我的账号做过的" in page and machine_user in page
        client.force_login(User.objects.get(username="root1"))
        page = client.get(reverse("account_change_password")).content.decode()
        assert "别人对我的账号做过的" not in page

    def test_nobody_renews_his_own_or_a_stranger(self, db: None, sheet: Path) -> None:
        begun(sheet)
        own, stranger = self.renewed("root1"), self.renewed("nobody")
        assert own.exit_code == 2 and "不能重设自己的" in own.output
        assert stranger.exit_code == 2 and "没有账号 nobody" in stranger.output


@pytest.mark.trust("A6")
@pytest.mark.article(32)
class TestSecondFactor:
    """Two administrators, both present with their passwords; whoever lost it is told."""

    @pytest.fixture
    def user(self, city: City) -> User:
        held = User.objects.get(pk=city.here.clerk.user_id)
        Authenticator.objects.create(user=held, type="totp", data={"secret": "x"})
        return held

    @pytest.fixture
    def two(self, city: City) -> tuple[str, str]:
        posts = {"系统员": Role.SYSTEM_ADMIN, "安全员": Role.SECURITY_ADMIN}
        both = [make.worker(name, role, city.city).user_id for name, role in posts.items()]
        one, other = (User.objects.get(pk=pk).username for pk in both)
        return one, other

    def reset(self, user: str, by: str, other: str, *passwords: str) -> "object":
        asked = [user, "--by", by, "--with", other]
        return CliRunner().invoke(second_factor, asked, input="\n".join(passwords) + "\n")

    def test_two_take_it_away_and_both_stand_in_the_ledger(
        self, city: City, user: User, two: tuple[str, str], client: Client
    ) -> None:
        done = self.reset(user.username, *two, make.PASSWORD, make.PASSWORD)
        assert done.exit_code == 0, done.output
        assert not Authenticator.objects.filter(user=user).exists()
        facts = json.loads(Event.objects.get(act="account.second_factor").facts)
        other = User.objects.get(username=two[1])
        assert (facts["user"], facts["second"]) == (user.pk, other.pk)
        given = {"login": user.username, "password": make.PASSWORD}
        page = client.post("/account/login/", given, follow=True).content.decode()
        assert "重设两步验证" in page and "请立即告诉安全管理员" in page
        client.post("/account/logout/")
        assert (
            "重设两步验证"
            not in client.post("/account/login/", given, follow=True).content.decode()
        )

    def test_one_alone_oneself_a_stranger_or_a_wrong_password_do_not(
        self, city: City, user: User, two: tuple[str, str]
    ) -> None:
        right, clerk = make.PASSWORD, User.objects.get(pk=city.neighbour.clerk.user_id).username
        for names, words in (
            ((user.username, two[0], two[0]), "两名管理员"),
            ((two[0], two[0], two[1]), "不能是本人"),
            ((user.username, two[0], clerk), "不能办理"),
            ((user.username, two[1], two[0]), "不能办理"),
            ((user.username, two[0], "nobody"), "没有账号"),
        ):
            done = self.reset(*names, right, right)
            assert done.exit_code == 2 and words in done.output, done.output
        done = self.reset(user.username, *two, right, "guessed")
        assert done.exit_code == 2 and f"{two[1]}的用户名或密码不对" in done.output
        assert Authenticator.objects.filter(user=user).exists()
        assert not Event.objects.filter(act="account.second_factor").exists()

    def test_wrong_passwords_lock_the_account_here_as_at_the_login_page(
        self, city: City, user: User, two: tuple[str, str], client: Client
    ) -> None:
        for _ in range(settings.LOGIN_TRIES):
            assert self.reset(user.username, *two, "guessed").exit_code == 2
        done = self.reset(user.username, *two, make.PASSWORD, make.PASSWORD)
        assert done.exit_code == 2 and "暂时锁定" in done.output
        page = client.post("/account/login/", {"login": two[0], "password": make.PASSWORD})
        assert page.status_code == 200 and not page.wsgi_request.user.is_authenticated
        assert Authenticator.objects.filter(user=user).exists()

    def test_a_password_that_was_given_signs_nothing(
        self, city: City, user: User, two: tuple[str, str]
    ) -> None:
        User.objects.filter(username=two[0]).update(password_is_given=True)
        done = self.reset(user.username, *two, make.PASSWORD, make.PASSWORD)
        assert done.exit_code == 2 and "一次性密码" in done.output
        assert Authenticator.objects.filter(user=user).exists()


class TestAccount:
    def opened(self, *more: str) -> "object":
        asked = ["win1", "--office", "4", "--role", "综合服务窗口经办人", "--by", "root1", *more]
        return CliRunner().invoke(account, asked)

    def test_opens_an_account_with_a_post(self, db: None, sheet: Path) -> None:
        begun(sheet)
        done = self.opened("--name", "窗口员")
        assert done.exit_code == 0, done.output
        post = Post.objects.get(user__username="win1")
        assert (post.role, post.organization.code, post.until) == ("window_clerk", "4", None)
        assert post.since <= date.today()

    def test_a_second_post_needs_no_second_account(self, db: None, sheet: Path) -> None:
        begun(sheet)
        self.opened("--name", "窗口员")
        asked = ["win1", "--office", "4", "--role", "复核员", "--by", "root1"]
        done = CliRunner().invoke(account, asked)
        assert done.exit_code == 0 and "一次性密码" not in done.output
        assert Post.objects.filter(user__username="win1").count() == 2

    def test_the_same_post_twice_is_refused(self, db: None, sheet: Path) -> None:
        begun(sheet)
        self.opened("--name", "窗口员")
        again = self.opened()
        assert again.exit_code == 2 and "已在“某县卡管中心”任该岗位" in again.output

    def test_only_the_system_administrator_opens_accounts_and_none_for_himself(
        self, db: None, sheet: Path
    ) -> None:
        begun(sheet)
        self.opened("--name", "窗口员")
        by_clerk = CliRunner().invoke(
            account,
            ["win2", "--name", "乙", "--office", "4", "--role", "复核员", "--by", "win1"],
        )
        himself = CliRunner().invoke(
            account, ["root1", "--office", "4", "--role", "复核员", "--by", "root1"]
        )
        for refused in (by_clerk, himself):
            assert refused.exit_code == 2 and "不能给自己任命" in refused.output

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (["x", "--office", "9", "--role", "复核员", "--by", "root1"], "没有编号为 9 的机构"),
            (["x", "--office", "4", "--role", "复核员", "--by", "nobody"], "没有账号 nobody"),
            (["x", "--office", "4", "--role", "复核员", "--by", "root1"], "--name 写明姓名"),
            (
                ["x", "--name", "甲", "--office", "4", "--role", "12333话务员", "--by", "root1"],
                "岗位设在市局",
            ),
        ],
    )
    def test_says_what_is_missing(
        self, db: None, sheet: Path, asked: list[str], words: str
    ) -> None:
        begun(sheet)
        refused = CliRunner().invoke(account, asked)
        assert refused.exit_code == 2 and words in refused.output

    def test_a_person_without_a_post_appoints_nobody(self, db: None, sheet: Path) -> None:
        begun(sheet)
        User.objects.create_user(username="guest", password=make.PASSWORD)
        refused = CliRunner().invoke(
            account, ["x", "--name", "甲", "--office", "4", "--role", "复核员", "--by", "guest"]
        )
        assert refused.exit_code == 2 and "没有岗位" in refused.output
