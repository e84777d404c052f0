"""Where an installation keeps its folders and keys, all named by the environment.

Serves no article; neighbours are `embedded.py` (the database) and `settings.py` (Django).
"""

import errno
import os
import pwd
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[3]

HOW_TO_WRITE = (
    "应写成 postgresql://身份:密码@主机:5432/库名，本机套接字写成 "
    "postgresql://身份@/库名?host=/var/run/postgresql ；"
    "密码里的 @ : / # ? % 要写成 %40 %3A %2F %23 %3F %25。"
)


class KeysUnreadable(Exception):
    """The keys cannot be had; the sentence says which, why and what to do."""


VAULT_KEYS, FIRST_KEY = "vault.*.key", "vault.1.key"


@dataclass(frozen=True)
class Environment:
    """The folders and switches of one installation, read once from `CARDBOOK_*` variables."""

    data: Path
    demo: bool
    debug: bool
    hosts: tuple[str, ...]

    @property
    def keys(self) -> Path:
        """The folder of secret key files (mode 0700); never inside the repository's history."""
        return self.data / "keys"

    @property
    def files(self) -> Path:
        """The folder of encrypted scans, sheets and issued documents."""
        return self.data / "files"


def read_environment(env: os._Environ[str] | dict[str, str] = os.environ) -> Environment:
    """This function will read the `CARDBOOK_*` variables; defaults are those of one machine."""
    data = Path(env.get("CARDBOOK_DATA") or PROJECT / "var").expanduser().absolute()
    return Environment(
        data=data,
        demo=env.get("CARDBOOK_DEMO", "") == "1",
        debug=env.get("CARDBOOK_DEBUG", "") == "1",
        hosts=tuple(env.get("CARDBOOK_HOSTS", "127.0.0.1,localhost,[::1]").split(",")),
    )


def is_database_address(url: str) -> bool:
    """This function will tell whether a text is an address of a database and no torn one."""
    try:
        parts = urlsplit(url)
        port = parts.port  # asked for, because only then it is read
    except ValueError:
        return False
    whole = parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1
    return whole and not parts.fragment and port != 0


def secret_file(folder: Path, name: str, *, size: int) -> bytes:
    """This function will return the secret in `folder/name`, making it on first use (mode 0600).

    Two processes that start at once agree on one secret, because the file appears by a hard link
    and the loser of the race reads the winner's.

    :raises KeysUnreadable: when the file is there and closed to us, or cannot be made.
    """
    try:
        return _read_or_make(folder, name, size=size)
    except OSError as problem:
        raise KeysUnreadable(
            f"密钥 {folder / name} 不能读取（{_why(problem)}）：程序以 {_whoami()} 的身份运行。"
            f"请核对 CARDBOOK_DATA 是否写对，用 ls -l {folder} 看所有者："
            f"目录应为 0700，文件应为 0600，都归运行本程序的账号；磁盘满的先腾出空间。"
        ) from problem


class KeyRing(dict[int, bytes]):
    """The vault's keys by version. One that was added while the program runs is looked up again.

    So a value sealed by a program that was restarted is opened by one that was not yet (P6).
    """

    def __init__(self, folder: Path) -> None:
        """Read every version; the first is made where none is there.

        :raises KeysUnreadable: when a file is closed to us, or its name has no number.
        """
        super().__init__(_vault_keys(folder) or {1: secret_file(folder, FIRST_KEY, size=16)})
        self._folder = folder

    def __missing__(self, version: int) -> bytes:
        """Look into the folder for a version nobody had when we started.

        :raises KeyError: when it is not there either.
        """
        self.update(_vault_keys(self._folder))
        if version not in self:
            raise KeyError(version)
        return self[version]


def _vault_keys(folder: Path) -> dict[int, bytes]:
    found = {}
    for path in folder.glob(VAULT_KEYS):
        version = path.name.split(".")[1]
        if not version.isdecimal():
            raise KeysUnreadable(
                f"密钥目录里的 {path} 名字不对：vault 后面应是版本号（vault.2.key）。"
                "是另存的副本的，请移到密钥目录以外；不要删除任何密钥。"
            )
        found[int(version)] = secret_file(folder, path.name, size=16)
    return found


def missing_of(folder: Path, names: Iterable[str]) -> tuple[str, ...]:
    """This function will name the files that are not there; what is closed to us is there.

    The first key of the vault is not missed once a later one took its place.
    """
    try:
        later = any(folder.glob(VAULT_KEYS))
        return tuple(
            name
            for name in names
            if not (folder / name).exists() and not (name == FIRST_KEY and later)
        )
    except PermissionError:
        return ()


def _why(problem: OSError) -> str:
    said = {errno.EACCES: "没有权限", errno.ENOSPC: "磁盘已满", errno.EROFS: "磁盘是只读的"}
    return said.get(problem.errno or 0, problem.strerror or str(problem))


def _whoami() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"编号 {os.geteuid()} 的账号"


def _read_or_make(folder: Path, name: str, *, size: int) -> bytes:
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(size))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
