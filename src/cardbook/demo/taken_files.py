"""What was taken along with whole numbers: files given back with notes beside their rows (6, 32).

Through the same steps as the page; a file that is on record is left out on a second run.
"""

from cardbook.demo.staff import actor_named
from cardbook.demo.story import Story
from cardbook.imports import engine
from cardbook.imports.models import ImportFile
from cardbook.registers.models import TakenFile
from cardbook.registers.taking import Matter, note_taking

_FILES = 4


def live_taken_files(story: Story) -> None:
    """This function will let whoever brought a file take it back with what was noted."""
    noted = ImportFile.objects.filter(problems__isnull=False).distinct()
    files = noted.select_related("uploaded_by", "organization").order_by("pk")[:_FILES]
    for place, file in enumerate(files):
        by = actor_named(file.uploaded_by.get_username(), on=story.today)
        content, name = engine.annotated_file(file)
        if TakenFile.objects.filter(name=name, organization=by.org_id).exists():
            continue
        note_taking(
            Matter.ERROR_SHEET, name=name, rows=file.rows, content=content, by=by,
            at=story.at(10, 9 + place),
        )  # fmt: skip
        story.say(f"{by.org_name}：带走一份逐行注明的文件，在“完整号码文件”里留有记录")
