"""What a row of the table of acts asks a form for: papers, notices told, a second signature.

A slice's form inherits `AskedForm` and names its act; who changes the row changes the form (Art.
7, 8). A form with fields of its own for some papers or notices says so, and offers the rest.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from cardbook.law.notices import Notice
from cardbook.law.papers import PaperKind, question
from cardbook.law.roles import roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.pages import ActorRequest, second_actor
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import ImageRefused, KeptImage, kept_image
from cardbook.registers.signing import second_name, second_password

NONE_SHOWN = "没有"


class PictureField(forms.FileField):
    """A picture to keep of one kind of paper: checked, and made anew without what hides in it."""

    def __init__(self, kind: PaperKind, *, is_asked: bool = False, **more: Any) -> None:
        """Take the label from the kind; a missing picture is the table's business.

        `is_asked` when the table takes nothing instead: the page does not call it optional.
        """
        self.kind, self.is_asked = kind, is_asked
        settings: dict[str, Any] = {
            "label": f"上传{kind.title}",
            "help_text": "JPG 或 PNG，5 MB 以内",
            "widget": forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        }
        super().__init__(required=False, allow_empty_file=True, **(settings | more))

    def clean(self, data: Any, initial: Any = None) -> KeptImage | None:
        """This function will return the checked picture, or None when nothing was uploaded."""
        upload = super().clean(data, initial)
        if upload is None:
            return None
        try:
            return kept_image(upload.read(), self.kind)
        except ImageRefused as refused:
            raise forms.ValidationError(str(refused)) from refused


class PaperChoice(forms.ChoiceField):
    """Which of the papers was shown. The table asks for one, so no page calls it optional."""

    is_asked = True


@dataclass(frozen=True, slots=True)
class AskedPaper:
    """One group of the row's papers; any one of its kinds will do, the usual one first."""

    kinds: tuple[PaperKind, ...]

    @property
    def name(self) -> str:
        """The form field, made of codes: a page from before the row changed fits, or fails."""
        return f"paper_{'_'.join(kind.code for kind in self.kinds)}"

    @property
    def title(self) -> str:
        """All that will do, in one line."""
        return "或".join(kind.title for kind in self.kinds)

    @property
    def article(self) -> str:
        """The articles that ask for it."""
        return "、".join(dict.fromkeys(kind.basis.label for kind in self.kinds))

    @property
    def pictures(self) -> tuple[PaperKind, ...]:
        """Kinds of which the picture itself is kept."""
        return tuple(kind for kind in self.kinds if kind.is_image)

    @property
    def is_tick(self) -> bool:
        """Whether there is nothing to choose and nothing to upload: it was seen, or not."""
        return len(self.kinds) == 1 and not self.pictures

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """What may be chosen, "没有" last; nothing where one kind is all there is."""
        if len(self.kinds) == 1:
            return ()
        return (*((kind.code, kind.title) for kind in self.kinds), ("", NONE_SHOWN))

    def fields(self) -> dict[str, forms.Field]:
        """This function will make the fields of the group."""
        made: dict[str, forms.Field] = {}
        if self.is_tick:
            label = f"已查验：{self.title}（{self.article}）"
            made[self.name] = forms.BooleanField(label=label, required=False)
        if self.choices:
            made[self.name] = PaperChoice(
                label=f"{question(self.kinds)}，有一种即可（{self.article}）",
                choices=self.choices,
                required=False,
                widget=forms.RadioSelect,
            )
        alone = len(self.kinds) == 1
        return made | {
            picture_name(kind): PictureField(kind, is_asked=alone) for kind in self.pictures
        }

    def shown(self, given: dict[str, Any]) -> tuple[str, ...]:
        """This function will list the codes that were shown: chosen, ticked or uploaded.

        A picture that was chosen and not sent counts as shown: the table then asks for it.
        """
        chosen = given.get(self.name)
        return tuple(
            kind.code
            for kind in self.kinds
            if chosen == kind.code
            or (self.is_tick and chosen)
            or (kind.is_image and given.get(picture_name(kind)))
        )


def picture_name(kind: PaperKind) -> str:
    """This function will name the field a picture of a kind is uploaded in."""
    return f"image_{kind.code}"


def notice_name(notice: Notice) -> str:
    """This function will name the field that says a notice was given."""
    return f"told_{notice.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that a row asks for, less what a form has fields of its own for."""

    papers: tuple[AskedPaper, ...]
    notices: tuple[Notice, ...]
    second_roles: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was given: for `perform`, and the pictures to keep in its transaction."""

    papers: tuple[Presented, ...]
    images: tuple[KeptImage, ...]
    told: tuple[str, ...]


def asked_of(
    row: Act,
    *,
    own_papers: frozenset[PaperKind] = frozenset(),
    own_notices: frozenset[str] = frozenset(),
) -> Asked:
    """This function will list what a form of an act must offer.

    A group is left to the form's own fields only when they offer every kind of it.
    """
    groups = _groups(row)
    return Asked(
        papers=tuple(AskedPaper(group) for group in groups if not own_papers.issuperset(group)),
        notices=tuple(notice for notice in row.notices if notice.code not in own_notices),
        second_roles=roles_named(row.second),
    )


def _groups(row: Act) -> tuple[tuple[PaperKind, ...], ...]:
    """Every group of the row; of those asked in some cases only, what no other group offers."""
    usual = row.papers.groups if row.papers else ()
    offered = frozenset(kind for group in usual for kind in group)
    more = [group for when in row.papers_when for group in when.rule.groups]
    return (
        *usual,
        *(
            group
            for group in more
            if not offered.issuperset(group) and not any(set(group) < set(other) for other in more)
        ),
    )


class AskedForm(forms.Form):
    """A form of one act with whatever its row asks for; what is missing the table says."""

    act_code: ClassVar[str]
    own_papers: ClassVar[frozenset[PaperKind]] = frozenset()
    own_notices: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the fields of the row as it stands now."""
        super().__init__(*args, **kwargs)
        self.row = act(self.act_code)
        self.asked = self.asks()
        for paper in self.asked.papers:
            self.fields.update(paper.fields())
        for notice in self.asked.notices:
            self.fields[notice_name(notice)] = forms.BooleanField(
                label=f"已告知持卡人：{notice.title}（{notice.basis_text}）",
                required=False,
                initial=True,
            )
        if self.asked.second_roles:
            self.fields.update(second_fields(self.row))

    @classmethod
    def asks(cls) -> Asked:
        """This function will list what the row asks for besides the form's own fields."""
        row = act(cls.act_code)
        return asked_of(row, own_papers=cls.own_papers, own_notices=cls.own_notices)

    def answered(self) -> Answered:
        """This function will say what was shown, kept and told, from a valid form."""
        given = self.cleaned_data
        pictures = {
            kind.code: image
            for paper in self.asked.papers
            for kind in paper.pictures
            if (image := given.get(picture_name(kind))) is not None
        }
        codes = dict.fromkeys(code for paper in self.asked.papers for code in paper.shown(given))
        return Answered(
            papers=tuple(
                Presented(kind=code, digest=pictures[code].digest if code in pictures else "")
                for code in codes
            ),
            images=tuple(pictures.values()),
            told=tuple(one.code for one in self.asked.notices if given.get(notice_name(one))),
        )

    def remarks(self) -> tuple[str, ...]:
        """What of a valid form wants a second look and hinders nothing; usually nothing."""
        return ()

    def second(self, request: ActorRequest) -> Actor | None:
        """This function will make the second person's actor, or None where one person is enough.

        :raises Refused: when name and password do not fit.
        """
        return self.signed_second(self.row, request) if self.asked.second_roles else None

    def signed_second(self, row: Act, request: ActorRequest, *, who: str = "second") -> Actor:
        """This function will make the actor of whoever signs for an act with his own password.

        `who` begins the names of the two fields in which he does.

        :raises Refused: when name and password do not fit.
        """
        title = str(self.fields[f"{who}_name"].label).removesuffix("用户名")
        with no.signing_as(title):
            return second_actor(
                row,
                username=self.cleaned_data[f"{who}_name"],
                password=self.cleaned_data[f"{who}_password"],
                request=request,
            )


def second_fields(row: Act) -> dict[str, forms.Field]:
    """This function will make the fields in which a second person signs for an act."""
    roles = roles_named(row.second)
    return {
        "second_name": second_name(
            label="复核人用户名", help_text=f"本县区另一名{roles}，由其本人输入",
            missing="请由复核人本人输入用户名。",
        ),
        "second_password": second_password(
            label="复核人密码", missing="请由复核人本人输入密码。"
        ),
    }  # fmt: skip
