"""How cards are kept safe: the six protections of Art. 20 and the four rules of Art. 21, as data.

A check of a place answers each of them; `code` is stored with every answer: never rename one.
"""

from dataclasses import dataclass

from cardbook.law.articles import Basis, art


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing to look at: its short name, what to look for, where the regulation orders it."""

    code: str
    title: str
    words: str
    basis: Basis


# The six protections in the order of the regulation, then the four rules of proper storage.
MEASURES: tuple[Measure, ...] = (
    Measure(
        code="fire",
        title="防火",
        words="灭火器在有效期内，柜旁没有明火、电炉和杂物",
        basis=art(20),
    ),
    Measure(
        code="water",
        title="防水",
        words="没有渗漏、返潮，卡不落地存放，远离水管和窗户",
        basis=art(20),
    ),
    Measure(
        code="damage",
        title="防损",
        words="卡装在盒内，盒体完好，取放不拖拽、不散放",
        basis=art(20),
    ),
    Measure(
        code="magnetism",
        title="防磁",
        words="柜内和柜旁没有音箱、磁扣、变压器等带磁物品",
        basis=art(20),
    ),
    Measure(
        code="theft",
        title="防盗",
        words="柜门、库门上锁，钥匙由登记的人持有，监控或值守正常",
        basis=art(20),
    ),
    Measure(
        code="crushing",
        title="防挤压",
        words="盒内不塞满，盒上不压重物",
        basis=art(20),
    ),
    Measure(
        code="rule_magnets",
        title="避免接近强磁性物体",
        words="存放、搬运途中都不靠近强磁性物体",
        basis=art(21, item=1),
    ),
    Measure(
        code="rule_bending",
        title="避免弯曲、扭转卡体",
        words="卡直立或平放，没有弯曲、扭转",
        basis=art(21, item=2),
    ),
    Measure(
        code="rule_scratching",
        title="避免损伤、沾污、刻划芯片、磁条和卡面",
        words="抽查卡面、芯片和磁条，没有刻划和污渍",
        basis=art(21, item=3),
    ),
    Measure(
        code="rule_heat",
        title="避免受高温影响和阳光照射",
        words="没有暖气、阳光直射，室温正常",
        basis=art(21, item=4),
    ),
)

BY_CODE = {measure.code: measure for measure in MEASURES}

# What a sheet that travels with cards says of carrying them: the four rules, in one line.
CARRYING = (
    "存放和搬运："
    + "；".join(one.title for one in MEASURES if one.code.startswith("rule_"))
    + "（第二十一条）。"
)
