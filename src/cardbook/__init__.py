"""卡簿 Cardbook: a city's book of every social security card."""

__version__ = "0.1.0"
