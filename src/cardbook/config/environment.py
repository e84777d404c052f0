"""Where an installation keeps its folders and keys, all named by the environment.

Serves no article; neighbours are `embedded.py` (the database) and `settings.py` (Django).
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


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


def secret_file(folder: Path, name: str, *, size: int) -> bytes:
    """This function will return the secret in `folder/name`, making it on first use (mode 0600).

    Two processes that start at once agree on one secret, because the file appears by a hard link
    and the loser of the race reads the winner's.
    """
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
