"""Documents of a fictional city for the reader's tests."""

from __future__ import annotations

import io
from pathlib import Path

import docx

LETTER = """云洲市人民政府办公室关于做好防汛值班工作的通知
云政办发〔2025〕18号
各区人民政府，市政府各部门：
汛期将至，为做好防汛值班工作，现将有关事项通知如下，请认真贯彻执行。
一、值班时间
自2025年6月1日起至2025年9月30日止，实行二十四小时值班。
二、有关要求
值班人员应当坚守岗位，遇有重要情况立即报告，并做好记录。
本通知自2025年6月1日起施行，有效期2年。
附件：1.值班安排表
2.联系方式表
云洲市人民政府办公室
2025年5月26日
（此件公开发布）
云洲市人民政府办公室 2025年5月27日印发
"""

PAGE = """<!doctype html><html lang="zh"><head><meta charset="utf-8">
<title>云洲市教育局关于开展校园安全检查的通知 - 云洲市人民政府</title>
<meta name="PubDate" content="2025-03-08 10:00"></head>
<body><nav>首页 政务公开</nav><div>当前位置：首页 > 政务公开 > 政策文件</div>
<table><tr><td>索 引 号</td><td>014416330/2025-00031</td><td>主题分类</td><td>科技、教育\\教育</td></tr>
<tr><td>发布机构</td><td>云洲市教育局</td><td>成文日期</td><td>2025年03月07日</td></tr>
<tr><td>发文字号</td><td>云教〔2025〕9号</td><td>有效性</td><td>现行有效</td></tr></table>
<h1>云洲市教育局关于开展校园安全检查的通知</h1><p>各学校：</p>
<p>为做好新学期校园安全工作，决定开展一次安全检查，请按要求落实。</p>
<table><tr><th>序号</th><th>项目</th><th>时限</th></tr><tr><td>1</td><td>食堂</td><td>3月底</td></tr>
<tr><td>2</td><td>消防</td><td>4月底</td></tr></table>
<p>附件：<a href="/files/form.docx">检查表.docx</a></p><p>云洲市教育局</p><p>二〇二五年三月七日</p>
<p>扫一扫在手机打开当前页</p><p>版权所有 云洲市人民政府</p></body></html>
"""


def write(folder: Path, name: str, data: bytes | str) -> Path:
    """A file in a folder."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def docx_of(text: str) -> bytes:
    """A Word file with a paragraph for each line."""
    document = docx.Document()
    for line in text.strip().split("\n"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
