"""What entitles a person to a card: an insurance here, or a subsidy of this field (Art. 4)."""

from collections.abc import Mapping

# Code -> what it is called; codes are stored: never rename one.
GROUNDS: Mapping[str, str] = {
    "employee_pension": "城镇职工基本养老保险",
    "resident_pension": "城乡居民基本养老保险",
    "office_pension": "机关事业单位养老保险",
    "medical": "基本医疗保险",
    "unemployment": "失业保险",
    "injury": "工伤保险",
    "subsidy": "人社领域各类补贴",
}
