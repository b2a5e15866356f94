"""Text in which signs were struck out before it came here: ``*`` or ××× for figures, （略） for words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gongkai.domains.documents.reader.lines import Line
from gongkai.ground.files.text import TextWarning

_LEFT_OUT = re.compile(r"[（(]\s*略\s*[）)]")
_STARS = re.compile(r"(?<![*＊])(?:[*＊]|[*＊]{2,})(?![*＊])")
# What stands in quotes is how a name is to be written ("××区综合养老服务中心"), not what was struck out.
_QUOTED = re.compile("“[^”]*”?")
# Circles also write the zeros of a year: 二○○八年.
_CROSSES = re.compile(
    r"[×✕]{2,}|(?<![一二三四五六七八九○])○{2,}(?![一二三四五六七八九○年])|(?<![A-Za-z])[XxＸ]{2,}(?![A-Za-z])"
)
# One （略） is a usual way to print an annex short; a footnote has one star.
_FEWEST = 3


def masked_places(lines: Iterable[Line]) -> int:
    """How many places of a text were struck out; 0 where the signs have another reading."""
    texts = [line.text for line in lines if line.table is None]
    left_out = sum(len(_LEFT_OUT.findall(text)) for text in texts)
    stars = sum(len(_STARS.findall(text)) for text in texts)
    crosses = sum(len(_CROSSES.findall(_QUOTED.sub("", text))) for text in texts)
    is_masked = left_out >= _FEWEST or crosses >= _FEWEST or (stars >= _FEWEST and left_out)
    return left_out + stars + crosses if is_masked else 0


def masked_warning(places: int) -> TextWarning:
    """The warning for a masked text."""
    return TextWarning(
        "text-masked",
        "全文",
        found=str(places),
        expected="0",
        message=f"正文有 {places} 处文字或数字被遮盖，遮盖的内容一律留空，请取得原件后补正。",
    )
