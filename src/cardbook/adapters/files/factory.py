"""F4 of domain.md 3.2: what a card maker gets (rows and photos), and the 15 columns it returns.

A photo is named after the document's number; as many photos as rows, or nothing is written. The
columns between those our source names belong to the maker's chip plan and are agreed with it.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence

from cardbook.adapters.files.fixed import FileRefused, RowsRefused, RowTrouble
from cardbook.adapters.files.piped import Piped, Task, decode, encode

_TASK = {
    "task_id": "任务编号",
    "card_type": "卡类型",
    "bank_id": "银行编号",
    "recordcount": "记录数",
    "taskaddr": "任务地址",
    "serid": "服务网点编号",
    "sname": "服务网点",
    "companyid": "单位编号",
    "company": "单位名称",
    "region_name": "区县",
    "street": "街道",
    "community": "社区",
}

TO_MAKER = Piped(
    title="卡商制卡数据",
    task=_TASK,
    row={
        "task_id": "任务编号",
        "data_seq": "数据序号",
        "client_id": "客户编号",
        "department": "部门",
        "classid": "班级",
        "photofilename": "照片文件名",
        "bar_code": "条形码",
        "card_no": "社保卡号",
        "card_type": "卡类型",
        "version": "规范版本",
        "org_code": "发卡机构",
        "cardissuedate": "发卡日期",
        "ssseef0506": "有效期至",
        "ssseef0507": "卡号（EF05）",
        "cert_no": "证件号码",
        "name": "姓名",
        "sex": "性别",
        "nation": "民族",
        "birthplace": "出生地",
        "birthday": "出生日期",
    },
)

FROM_MAKER = Piped(
    title="卡商回盘",
    task=_TASK,
    row={
        "task_id": "任务编号",
        "data_seq": "数据序号",
        "client_id": "客户编号",
        "name": "姓名",
        "cert_no": "证件号码",
        "card_no": "接触卡号",
        "contactless_no": "非接卡号",
        "main_type": "主类型",
        "sub_type": "子类型",
        "bar_code": "条形码",
        "card_code": "卡识别码",
        "contact_reset": "接触复位信息",
        "contactless_reset": "非接复位信息",
        "account": "银行卡号",
        "voucher": "银行凭证号",
    },
)


def write_order(tasks: Sequence[Task], photos: Mapping[str, bytes]) -> tuple[bytes, bytes]:
    """This function will write rows and the archive of their photos; `photos` by document number.

    :raises RowsRefused: naming rows without a photo, and what does not fit.
    """
    rows = [row for task in tasks for row in task.rows]
    lacking = [
        RowTrouble(number, "照片", "没有照片，请补采后再报")
        for number, row in enumerate(rows, start=1)
        if row["cert_no"] not in photos
    ]
    if lacking:
        raise RowsRefused(lacking)
    named = [
        Task(
            task.values,
            tuple({**row, "photofilename": f"{row['cert_no']}.jpg"} for row in task.rows),
        )
        for task in tasks
    ]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as folder:
        for row in rows:
            # A date of its own would make two archives of the same photos differ.
            entry = zipfile.ZipInfo(f"{row['cert_no']}.jpg", date_time=(1980, 1, 1, 0, 0, 0))
            folder.writestr(entry, photos[row["cert_no"]])
    return encode(TO_MAKER, named), archive.getvalue()


def read_order(content: bytes, archive: bytes) -> list[Task]:
    """This function will read an order and check that each row has its photo and no more.

    :raises FileRefused: when rows and photos are not one to one.
    """
    tasks = decode(TO_MAKER, content)
    wanted = sorted(row["photofilename"] for task in tasks for row in task.rows)
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as folder:
            found = sorted(folder.namelist())
    except zipfile.BadZipFile:
        raise FileRefused("照片压缩包不完整，整份未读入，请重新传送") from None
    if found != wanted:
        raise FileRefused(f"照片 {len(found)} 张，记录 {len(wanted)} 条，不能一一对应，整份未读入")
    return tasks


def read_return(content: bytes, *, in_production: Mapping[str, str], bank: str) -> list[Task]:
    """This function will read a maker's return; `in_production` are open tasks with their bank.

    :raises FileRefused: when a task is unknown or not in production, or another bank's.
    """
    tasks = decode(FROM_MAKER, content)
    for task in tasks:
        task_id = task.values["task_id"]
        if task_id not in in_production:
            raise FileRefused(f"任务 {task_id} 不存在或不在制卡中，整份未读入")
        if in_production[task_id] != bank or task.values["bank_id"] != bank:
            raise FileRefused(f"任务 {task_id} 不是这家银行的，整份未读入")
    return tasks


def write_return(tasks: Sequence[Task]) -> bytes:
    """This function will write a return, as the sandbox's maker does."""
    return encode(FROM_MAKER, tasks)
