"""Says in plain words why the server did not answer, or refused a question, and what to do."""

import re
from collections.abc import Mapping

from django.db import connection

from cardbook.config.doctor.findings import Check, Finding

_REACH = Check("database", "数据库")
_REFUSED = Check("database.refused", "数据库拒绝查询")
_ADDRESS = "CARDBOOK_DATABASE_URL、CARDBOOK_APP_DATABASE_URL"
_RUN = (
    "请看数据库服务是否在运行（systemctl status postgresql；内置数据库运行 cardbook serve），"
    f"再核对 {_ADDRESS} 中的主机、端口、套接字目录"
)
# What libpq and the server say, and what is meant; the first that is found counts.
_MEANT: Mapping[str, tuple[str, str]] = {
    r"No such file or directory|Connection refused": ("那里没有数据库在运行", _RUN),
    r"Permission denied": (
        "没有权限进入套接字目录",
        f"请核对套接字目录的权限和 {_ADDRESS} 中的 host",
    ),
    r"translate host name|resolve host": (
        "找不到这个主机名",
        f"请核对 {_ADDRESS} 中的主机名和本机的 DNS",
    ),
    r"timeout|timed out|No route to host|unreachable": (
        "主机没有回应",
        "请查网络、防火墙和数据库所在的服务器；核对地址和端口",
    ),
    r'database "(?P<who>[^"]*)" does not exist': (
        "没有名为 {who} 的数据库",
        f"请核对 {_ADDRESS} 末尾的库名；首次安装请先建库（docs/install.md 第 2 步）",
    ),
    r'role "(?P<who>[^"]*)" does not exist': (
        "数据库里没有身份 {who}",
        f"请核对 {_ADDRESS} 中的身份；没有建的，照 docs/install.md 第 2 步建立",
    ),
    r'password authentication failed for user "(?P<who>[^"]*)"|no password supplied': (
        "身份 {who} 的密码不对",
        f"请核对 {_ADDRESS} 中的密码；忘了的，由数据库管理员 ALTER ROLE … PASSWORD 重设",
    ),
    r'[Pp]eer authentication failed for user "(?P<who>[^"]*)"': (
        "操作系统账号与数据库身份 {who} 不同名，不能不用密码登录",
        "请以服务的账号运行（docs/install.md 第 5 步），或在 pg_hba.conf 中改用密码",
    ),
    r"no pg_hba\.conf entry": (
        "数据库不允许从这里登录",
        "请在 pg_hba.conf 中加上这一身份和地址，再 systemctl reload postgresql",
    ),
    r'role "(?P<who>[^"]*)" is not permitted to log in': (
        "身份 {who} 不允许登录",
        "请由数据库管理员运行 ALTER ROLE {who} LOGIN",
    ),
    r"too many clients|too many connections|remaining connection slots": (
        "数据库的连接已经用尽",
        "请减少网页进程、后台程序，或调大 max_connections（及 ALTER ROLE … CONNECTION LIMIT）",
    ),
    r"starting up|in recovery|not yet accepting": (
        "数据库正在启动或恢复",
        "请等几分钟再看；一直如此的，看数据库日志",
    ),
    r"shutting down|terminating connection": (
        "数据库正在停止",
        "请看是谁停的；停好后 systemctl start postgresql",
    ),
    r"No space left": ("数据库所在的磁盘已满", "请立即清理或扩容（docs/operate/trouble.md）"),
}


def unreachable(problem: str) -> Finding:
    """This function will say that nobody answered: where, why, and what to do about it."""
    here = connection.settings_dict
    port = f"，端口 {here['PORT']}" if here["PORT"] else ""
    where = f"{here['HOST'] or '本机默认套接字'}{port}，库 {here['NAME']}，身份 {here['USER']}"
    for pattern, (said, remedy) in _MEANT.items():
        if found := re.search(pattern, problem):
            who = found.groupdict().get("who") or here["USER"]
            return _REACH.wrong(
                f"没有应答：{said.format(who=who)}（{where}）", remedy.format(who=who)
            )
    return _REACH.wrong(f"没有应答（{where}）：{_first_line(problem)}", _RUN)


def refused(problem: BaseException) -> Finding:
    """This function will say why the server answered a question with a refusal."""
    cause = problem.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    words = _first_line(str(problem))
    if state == "42501":
        return _REFUSED.wrong(
            f"身份 {connection.settings_dict['USER']} 没有权限（{words}）",
            "请以所有者身份运行 cardbook migrate，它会重新授权",
        )
    if state == "57014":
        return _REFUSED.wrong(
            "查询被中断：超过了数据库的 statement_timeout",
            "请去掉 statement_timeout（ALTER DATABASE / ALTER ROLE … RESET statement_timeout）",
        )
    if not state or state.startswith(("08", "57")):
        return unreachable(str(problem))
    return _REFUSED.wrong(
        f"{words}（{state}）", "请看数据库日志；结构不对的先运行 cardbook migrate"
    )


def _first_line(problem: str) -> str:
    return problem.strip().splitlines()[0] if problem.strip() else "连接中断"
