"""F3 and F5 of domain.md 3.2 as data: a bank's orders, its answers, card and account numbers.

The same words as the bank's own description, the same order, the same bytes; the sums are checked.
"""

from cardbook.adapters.files.fixed import Field, Layout

SEX = {"1": "男", "2": "女", "9": "未说明"}
# The bank's own numbering of documents (domain.md 2.3).
DOCUMENTS = {"01": "身份证", "10": "户口簿/其他", "02": "军官证", "03": "护照"}
RESULTS = {"1": "通过", "0": "不通过"}

_PERSON = (
    Field(name="name", title="姓名", size=30, required=True),
    Field(name="sex", title="性别", size=1, codes=SEX),
    Field(name="document", title="证件类型", size=2, required=True, codes=DOCUMENTS),
    Field(name="number", title="证件号码", size=18, required=True),
)
_ORIGIN = (
    Field(name="nation", title="民族", size=2),
    Field(name="country", title="国籍", size=3),
    Field(name="birthplace", title="出生地", size=6),
    Field(name="born_on", title="出生日期", size=8),
    Field(name="mobile", title="手机号码", size=11),
    Field(name="phone", title="联系电话", size=15),
    Field(name="address", title="联系地址", size=60, may_cut=True),
    Field(name="unit_code", title="单位编号", size=20),
    Field(name="unit", title="单位名称", size=80, may_cut=True),
    Field(name="town", title="乡镇街道", size=50, may_cut=True),
    Field(name="village", title="村社区", size=50, may_cut=True),
)

ORDER = Layout(
    tag="SH",
    title="银行开户数据（589 字节）",
    stated_length=589,
    fields=(
        Field(name="detail", title="任务明细号", size=12, required=True),
        Field(name="task", title="任务编号", size=32, required=True),
        *_PERSON,
        *_ORIGIN,
        Field(name="guardian", title="监护人姓名", size=60),
        Field(name="guardian_sex", title="监护人性别", size=1, codes=SEX),
        Field(name="guardian_document", title="监护人证件类型", size=2, codes=DOCUMENTS),
        Field(name="guardian_number", title="监护人证件号码", size=18),
        Field(name="outlet", title="领卡网点编号", size=8),
        Field(name="outlet_name", title="领卡网点名称", size=50, may_cut=True),
        Field(name="reserved", title="保留", size=50, constant="F" * 50),
    ),
)

ANSWER = Layout(
    tag="SH",
    title="银行审核结果（326 字节）",
    stated_length=326,
    fields=(
        Field(name="result", title="审核结果", size=1, required=True, codes=RESULTS),
        Field(name="detail", title="任务明细号", size=12, required=True),
        Field(name="task", title="任务编号", size=32, required=True),
        *_PERSON,
        Field(name="reason", title="失败原因", size=200, may_cut=True),
        Field(name="reserved", title="保留", size=30),
    ),
)

ACCOUNTS = Layout(
    tag="BK",
    title="社保卡号与银行卡号对照（484 字节）",
    stated_length=484,
    fields=(
        Field(name="card", title="社保卡号", size=20, required=True),
        Field(name="account", title="银行卡号", size=20, required=True),
        *_PERSON,
        *_ORIGIN,
        Field(name="outlet", title="网点编号", size=8),
        Field(name="outlet_name", title="网点名称", size=50, may_cut=True),
        Field(name="voucher", title="凭证号", size=10),
        Field(name="reserved", title="保留", size=20),
    ),
)
