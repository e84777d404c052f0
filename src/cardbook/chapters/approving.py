"""The county's manager approves, on the same page, what one proxy fetches beyond a year's number.

A form that may need it inherits `ApprovalForm`; `fetching.py` says when it is needed (Art. 10).
"""

from dataclasses import replace
from typing import Any

from cardbook.chapters.asked import AskedForm
from cardbook.law.roles import Role
from cardbook.lifecycle.pages import ActorRequest
from cardbook.orgs.actors import Actor
from cardbook.registers.signing import second_name, second_password


class ApprovalForm(AskedForm):
    """His name and password; neither is required, for mostly nobody's year is full."""

    approver_name = second_name(
        label="县区人社局负责人用户名", help_text="超过一年张数的，由负责人本人核实后输入"
    )
    approver_password = second_password(label="县区人社局负责人密码")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The approval is asked for only where the year's limit is reached."""
        super().__init__(*args, **kwargs)
        self.fields["approver_name"].required = self.fields["approver_password"].required = False

    def approver(self, request: ActorRequest) -> Actor | None:
        """The county's manager, where he signed.

        :raises Refused: when name and password do not fit.
        """
        given = self.cleaned_data
        if not (given.get("approver_name") and given.get("approver_password")):
            return None
        row = replace(self.row, second=frozenset({Role.COUNTY_MANAGER}))
        return self.signed_second(row, request, who="approver")
