"""The registers of the house, found where slices keep them: `register.py` and `…_register.py`.

`config/wiring.py` mounts them; a test sees to it that every one has its page.
"""

import importlib
import pkgutil
from types import ModuleType

from cardbook import chapters
from cardbook.registers.registry import Register


def registers() -> tuple[Register, ...]:
    """This function will list the register of every slice, in the order of articles and slugs."""
    found = {
        value.slug: value
        for module in _register_modules()
        for value in vars(module).values()
        if isinstance(value, Register)
    }
    return tuple(
        sorted(
            found.values(),
            key=lambda register: (
                min(basis.article for basis in register.form.basis),
                register.slug,
            ),
        )
    )


def _register_modules() -> list[ModuleType]:
    names = (
        module.name
        for module in pkgutil.walk_packages(chapters.__path__, f"{chapters.__name__}.")
        if module.name.endswith("register")
    )
    return [importlib.import_module(name) for name in names]
