"""The table of peoples is the standard's: its codes where lists in use go wrong (GB/T 3304)."""

from cardbook.lib.nations import NATIONS


def test_has_fifty_six_and_two_more() -> None:
    assert len(NATIONS) == 58
    assert {
        "01": "汉族",
        "20": "傈僳族",
        "31": "达斡尔族",
        "56": "基诺族",
    }.items() <= NATIONS.items()
    assert all(len(code) == 2 and name.encode("gbk") for code, name in NATIONS.items())
