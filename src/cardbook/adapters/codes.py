"""How each system numbers the standings of a card (domain.md 2.2): total both ways, never shared.

The same digit means different things in different systems; a test names the collisions.
"""

from cardbook.ports.standings import CodeMap, Standing

# The ministry's indicator AAZ502, used by national exchange.
NATIONAL = CodeMap(
    system="全国指标 AAZ502",
    codes={
        "0": Standing.MADE,
        "1": Standing.NORMAL,
        "4": Standing.ORAL_LOSS,
        "2": Standing.FORMAL_LOSS,
        "3": Standing.LOCKED,
        "9": Standing.CANCELLED,
    },
    unsayable=frozenset({Standing.VOID}),
)

# The system whose bank and factory files are F3 to F5.
FILES = CodeMap(
    system="银行文件",
    codes={
        "0": Standing.MADE,
        "1": Standing.NORMAL,
        "2": Standing.ORAL_LOSS,
        "3": Standing.FORMAL_LOSS,
        "4": Standing.LOCKED,
        "7": Standing.VOID,
        "9": Standing.CANCELLED,
    },
)

# The web service after which ours is modelled: A made, 0 number given out, 3 cancelled after loss.
WEB_SERVICE = CodeMap(
    system="省社会保障卡管理信息系统",
    codes={
        "A": Standing.MADE,
        "0": Standing.MADE,
        "1": Standing.NORMAL,
        "B": Standing.ORAL_LOSS,
        "2": Standing.FORMAL_LOSS,
        "4": Standing.CANCELLED,
        "3": Standing.VOID,
    },
    unsayable=frozenset({Standing.LOCKED}),
)

ALL = (NATIONAL, FILES, WEB_SERVICE)
