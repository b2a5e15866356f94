"""HTML to PDF (WeasyPrint): the HTML of the preview is the HTML of the paper, the same bytes every time.

The page brings its text, its style sheet is given as text; nothing is fetched, neither from the network nor from a
disk. One page is set at a time in a process: choosing the glyphs of a Chinese font out of its file takes memory.
"""

from __future__ import annotations

import threading
from typing import Any

from gongkai.ground.refusal import Refused, wording

PRINTER_OFF = wording(
    "letters.printer_off",
    what="这台服务器暂时不能生成PDF：没有安装排版组件Pango。",
    todo="请运维人员安装（Debian：libpango-1.0-0、libpangoft2-1.0-0和一种中文字体）；此前可以打开预览，用浏览器打印。",
    status=503,
)
OUTSIDE = "a print fetches nothing"
_ONE_AT_A_TIME = threading.Lock()


def _weasyprint() -> Any:
    """WeasyPrint, which loads Pango when it is imported; a bare machine has none."""
    try:
        import weasyprint
    except OSError:
        raise Refused(PRINTER_OFF) from None
    return weasyprint


def can_print() -> bool:
    """Is the typesetter there?"""
    try:
        _weasyprint()
    except Refused:
        return False
    return True


def render_pdf(html: str, style: str) -> bytes:
    """A page as PDF, tagged for screen readers. Refused where the typesetter is missing."""
    weasyprint = _weasyprint()
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]
        """Fetches nothing: what a print needs stands in it."""

        def fetch(self, *_args: Any, **_options: Any) -> Any:
            raise ValueError(OUTSIDE)

    fetcher = Nothing(allowed_protocols=())
    with _ONE_AT_A_TIME:
        sheet = weasyprint.CSS(string=style, url_fetcher=fetcher)
        page = weasyprint.HTML(string=html, url_fetcher=fetcher, media_type="print")
        made: bytes = page.write_pdf(stylesheets=[sheet], pdf_tags=True)
    return made
