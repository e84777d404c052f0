"""Refuses tracked files with a believable citizen number, a registry's host or a local path."""

import re
import subprocess
import sys
from pathlib import Path

from cardbook.lib.citizen_number import check_digit

NUMBER = re.compile(rb"(?<![0-9A-Za-z])([1-9]\d{16})([\dXx])(?![0-9A-Za-z])")
HOSTS = re.compile(rb"(pypi|npmjs|pythonhosted|debian)" + rb"\.org|registry\." + rb"npm")
PATHS = re.compile(rb"(?<![\w.])/(work|root|home)/[\w.-]+")
IMPOSSIBLE_REGION = b"999999"


def complaints(path: Path) -> list[str]:
    """This function will say what in a file does not belong into a repository."""
    content = path.read_bytes()
    found = [
        f"{path}: 看似真实的证件号码 {match[1][:6].decode()}…"
        for match in NUMBER.finditer(content)
        if not match[1].startswith(IMPOSSIBLE_REGION)
        and check_digit(match[1].decode()) == match[2].decode().upper()
    ]
    found += [f"{path}: 软件仓库地址 {match[0].decode()}" for match in HOSTS.finditer(content)]
    found += [f"{path}: 本机路径 {match[0].decode()}" for match in PATHS.finditer(content)]
    return found


def main() -> int:
    """The exit code: 0 when nothing was found."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True).stdout
    files = [Path(name.decode()) for name in listed.split(b"\0") if name]
    found = [line for path in files if path.is_file() for line in complaints(path)]
    print("\n".join(found))  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
