"""Looks at this computer: versions, disks, keys, fonts, style sheets, switches. No database."""

import json
import os
import shutil
import stat
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles import finders

from cardbook.config.doctor.findings import Check, Finding
from cardbook.law.parameters import all_parameters
from cardbook.registers.typesetting import FontsMissing, LayoutFailed, typeset

_GIB = 1024**3
LEAST_FREE_BYTES = 2 * _GIB
LITTLE_FREE_BYTES = 10 * _GIB
# Each key and its bytes; the vault may have several versions.
KEYS = {"django.key": 48, "index.key": 32, "ledger.key": 32}
_VAULT_BYTES = 16
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ASSETS = (
    "vendor/bootstrap.min.css",
    "vendor/htmx.min.js",
    "vendor/signature_pad.umd.min.js",
    "vendor/SourceHanSansSC-Regular.woff2",
    "cardbook/app.css",
    "cardbook/app.js",
)
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
# Where a server of the distribution keeps its tables.
_CLUSTERS = (Path("/var/lib/postgresql"),)
_PROBE = (
    '#set page(width: 60mm, height: auto)\n#set text(font: "Source Han Sans SC")\n䶮㛃𬭎𠮷 卡簿\n'
)


def python_version() -> Finding:
    """This function will compare the running Python with the oldest one that will do."""
    check, now = Check("python", "Python"), sys.version_info
    said = f"{now.major}.{now.minor}.{now.micro}"
    if now < (3, 11):
        return check.wrong(f"{said}，需要 3.11 或更新", "请安装 Python 3.11 后重新运行安装")
    return check.well(said)


def django_version() -> Finding:
    """This function will tell whether Django still gets security fixes from the lock file."""
    check = Check("django", "Django")
    if django.VERSION[:2] != (5, 2):
        return check.wrong(
            f"{django.__version__}，本程序按 5.2 长期支持版测试", "请按锁定文件重新安装依赖"
        )
    return check.well(django.__version__)


def disk_space(*, code: str, title: str, folder: Path) -> Finding:
    """This function will measure the room left on the disk of a folder."""
    check = Check(code, title)
    try:
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return check.wrong(f"{folder} 不能读取（{problem.strerror}）", "请核对目录和权限")
    if not os.access(folder, os.W_OK):
        return check.wrong(f"{folder} 不能写入", "请把目录的所有者改为运行本程序的用户")
    return _room(check, folder, free)


def _room(check: Check, folder: Path, free: int) -> Finding:
    said = f"{folder} 剩余 {free / _GIB:.1f} GB"
    if free < LEAST_FREE_BYTES:
        return check.wrong(f"{said}，磁盘空间不足，业务可能不能保存", "请立即清理或扩容")
    if free < LITTLE_FREE_BYTES:
        return check.note(said, "请安排清理或扩容")
    return check.well(said)


def data_disk() -> Finding:
    """This function will measure the disk of keys, papers and the embedded server."""
    return disk_space(code="disk.data", title="数据磁盘", folder=settings.ENVIRONMENT.data)


def database_disk() -> Finding:
    """This function will measure the disk of the server, when it is on this machine."""
    check = Check("disk.database", "数据库磁盘")
    host = str(settings.DATABASES["default"]["HOST"])
    if host and not host.startswith("/") and host not in _LOCAL:
        return check.well(f"数据库在另一台机器（{host}），请在那里看")
    own = settings.ENVIRONMENT.data / "postgres"
    found = [folder for folder in (own, *_CLUSTERS) if _is_there(folder)]
    if not found:
        return check.well("没有找到数据库的目录，请由数据库管理员看")
    folder = found[0].resolve()
    return _room(check, folder, shutil.disk_usage(folder).free)


def _is_there(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError:  # closed to us, as the server's own folders may be
        return False


def papers_disk() -> Finding:
    """This function will measure the disk of scans and issued sheets, if there are any yet."""
    folder = Path(settings.PAPERS_ROOT)
    if not folder.exists():
        return Check("disk.papers", "影像磁盘").well("还没有影像")
    return disk_space(code="disk.papers", title="影像磁盘", folder=folder)


def temp_disk() -> Finding:
    """This function will measure the disk on which uploads and working copies are laid."""
    folder = Path(tempfile.gettempdir())
    return disk_space(code="disk.temp", title="临时目录磁盘", folder=folder)


def key_files(*, missing_before: tuple[str, ...]) -> Finding:
    """This function will look at the key files: there, whole, closed to others, how many versions.

    `missing_before` are those that were made a moment ago because they were not there.
    """
    check, folder = Check("keys", "密钥文件"), settings.ENVIRONMENT.keys
    if missing_before:
        return check.wrong(
            f"{folder} 中没有 {'、'.join(missing_before)}，启动时已新建空白密钥",
            "若不是第一次安装，请立即停止服务，从备份恢复原密钥；用新密钥读不出已有数据",
        )
    found = sorted(folder.glob("*.key"))
    open_ones = [path.name for path in (folder, *found) if path.stat().st_mode & _OTHERS]
    if open_ones:
        return check.wrong(
            f"{'、'.join(open_ones)} 其他用户可以读取",
            f"请运行 chmod 700 {folder} 和 chmod 600 {folder}/*.key，并考虑更换密钥",
        )
    torn = [path.name for path in found if path.stat().st_size != _bytes_of(path.name)]
    if torn:
        return check.wrong(f"{'、'.join(torn)} 长度不对", "请从备份恢复原密钥")
    versions = sorted(settings.VAULT_KEYS)
    if len(versions) > 1:
        shown = "、".join(str(version) for version in versions)
        return check.note(
            f"保险库密钥有 {len(versions)} 个版本（{shown}），用最新的封存",
            "用 cardbook vault reseal 换封旧密文；它说没有人用了，才把旧版本移走",
        )
    return check.well("齐全，只有本用户可读，一个版本")


def _bytes_of(name: str) -> int:
    return KEYS.get(name, _VAULT_BYTES)


def printing() -> Finding:
    """This function will set one page with rare characters, as registers are printed."""
    check = Check("printing", "打印字体和排版")
    with tempfile.TemporaryDirectory(prefix="cardbook-doctor-") as folder:
        layout = Path(folder) / "probe.typ"
        layout.write_text(_PROBE, encoding="utf-8")
        try:
            made = typeset(layout=layout, data={}, at=datetime(2026, 1, 1, tzinfo=UTC))
        except FontsMissing as problem:
            return check.wrong(str(problem), "运行 scripts/setup assets 后再试")
        except LayoutFailed as problem:
            return check.wrong(f"排版失败：{problem}", "请重新安装依赖（typst）")
    return check.well(f"能排版生僻字（{len(made) // 1024} KB）")


def missing_assets() -> list[str]:
    """This function will name the style sheets and scripts that were never fetched."""
    return [name for name in _ASSETS if finders.find(name) is None]


def static_files() -> Finding:
    """This function will look for the style sheets and scripts every page needs."""
    check, lost = Check("static", "页面样式和脚本"), missing_assets()
    if lost:
        return check.wrong(f"缺少 {'、'.join(lost)}", "请运行 scripts/setup assets")
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if settings.WHITENOISE_USE_FINDERS:
        return check.well("齐全")
    try:
        collected = json.loads(manifest.read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        return check.note("尚未汇集", "运行 cardbook serve 时会自动汇集")
    stale = [name for name in _ASSETS if not (manifest.parent / collected.get(name, "?")).exists()]
    if stale:
        return check.wrong(f"汇集不全：{'、'.join(stale)}", "请重新启动 cardbook serve")
    return check.well("齐全")


def switches() -> Finding:
    """This function will tell which switches are on that a real office must not have."""
    check = Check("switches", "运行方式")
    if settings.DEBUG:
        return check.wrong("调试方式已打开，出错时会显示内部信息", "请去掉 CARDBOOK_DEBUG")
    if settings.TESTING:
        return check.wrong("测试方式已打开，密码保护被削弱", "请去掉 CARDBOOK_TESTING")
    if settings.DEMO:
        return check.note("演示方式：登录页列出演示账号", "正式服务请去掉 CARDBOOK_DEMO")
    foreign = sorted(set(settings.ALLOWED_HOSTS) - _LOCAL)
    if foreign and not settings.BEHIND_TLS:
        return check.wrong(
            f"对外使用 {'、'.join(foreign)}，但没有声明 TLS",
            "请在前面的网页服务器配置 TLS，并设 CARDBOOK_TLS=1",
        )
    return check.well("正式方式")


def parameters() -> Finding:
    """This function will count the numbers the bureau has not confirmed (Art. 33)."""
    check, found = Check("parameters", "待确认的参数"), all_parameters()
    unconfirmed = [one for one in found if not one.confirmed]
    if unconfirmed:
        return check.note(
            f"{len(found)} 项参数中 {len(unconfirmed)} 项待市局确认（第三十三条）",
            "清单见 docs/generated/parameters.md，请报市局确认",
        )
    return check.well(f"{len(found)} 项都已确认")
