"""The pictures of the guide: each that is named is there and light, none is left over, and its journey still plays."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from service import handbook
from tests.browser.guide import LARGEST, WIDTH

pytestmark = [pytest.mark.browser]

NAMED = re.findall(r"!\[([^\]]*)\]\(guide/([\w-]+)\.webp\)", (handbook.DOCS / "guide.md").read_text())
NAMES = {name for _, name in NAMED}


def test_each_picture_of_the_guide_is_there_once_and_none_is_left_over() -> None:
    assert sorted(name for _, name in NAMED) == sorted(NAMES)
    assert {path.stem for path in handbook.PICTURES.iterdir()} == NAMES


@pytest.mark.parametrize(("words", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_picture_is_light_and_said_in_words(words: str, name: str) -> None:
    path = handbook.PICTURES / f"{name}.webp"
    assert path.stat().st_size <= LARGEST
    with Image.open(path) as picture:
        assert picture.format == "WEBP"
        assert picture.width <= WIDTH
    assert len(words) > 40


def test_the_journeys_of_the_guide_still_play_and_give_its_pictures(tmp_path: Path) -> None:
    """Played apart: they drive the clock of their whole process. « make guide » rewrites docs/guide/."""
    played = subprocess.run(
        [sys.executable, "-m", "tests.browser.guide", tmp_path], capture_output=True, text=True, check=False
    )
    assert played.returncode == 0, played.stderr[-2000:]
    assert {path.stem for path in tmp_path.iterdir()} == NAMES
