"""The form with which a person chooses how to be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from gongkai.engine.notices.models import Channel, Rhythm
from gongkai.engine.notices.rhythms import DAILY_AT, wishes_of
from gongkai.engine.notices.senders import SENDERS, configured_channels
from gongkai.engine.notices.whereabouts import addresses_of
from gongkai.ground.organs.models import Person

_TIME = {"type": "time"}
_EXAMPLES = {
    Channel.EMAIL: "例如 zwgk@example.cn。加密保存，只用于发送提醒。",
    Channel.SMS: "11位手机号。加密保存，只用于发送提醒。",
}


def _time(label: str, help_text: str = "") -> forms.TimeField:
    widget = forms.TimeInput(attrs=_TIME, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, help_text=help_text)


class NoticeSettingsForm(forms.Form):
    """Channels of those that are configured, rhythm, quiet hours, and an address for each personal channel."""

    channels = forms.MultipleChoiceField(
        label="提醒渠道",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="全部不选时，提醒只在“我的提醒”中显示。",
    )
    rhythm = forms.ChoiceField(label="频度", choices=Rhythm.choices, help_text="紧急提醒总是立即发送。")
    daily_at = _time("每日汇总时间", "频度选“每天一次汇总”时有效，例如 08:30。")
    quiet_from = _time("免打扰自")
    quiet_until = _time("免打扰至", "两项都留空时，按本机关的免打扰时段。紧急提醒不受限制。")

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        on = configured_channels()
        self.fields["channels"].choices = [(str(code), code.label) for code in on]  # type: ignore[attr-defined]
        self.personal = [code for code in on if SENDERS[code].is_personal]
        known = addresses_of([person])
        for code in self.personal:
            label = "手机号" if code == Channel.SMS else f"{code.label}地址"
            self.fields[f"address_{code}"] = forms.CharField(
                label=label, max_length=120, required=False, help_text=_EXAMPLES[code], strip=True
            )
            self.initial[f"address_{code}"] = known.get((person.pk, str(code)), "")
        self._start()

    def _start(self) -> None:
        wish = wishes_of([self.person])[self.person.pk]
        own = getattr(self.person, "notice_preference", None)
        self.initial |= {
            "channels": list(wish.channels),
            "rhythm": wish.rhythm,
            "daily_at": own.daily_at if own and own.daily_at else DAILY_AT,
            "quiet_from": own.quiet_from if own else None,
            "quiet_until": own.quiet_until if own else None,
        }

    def clean(self) -> dict[str, Any]:
        """Both ends of the quiet hours or none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            self.add_error("quiet_until", "免打扰时段要么写起止两个时间，要么都留空。")
        return cleaned

    def wishes(self) -> dict[str, Any]:
        """The arguments of the act. Channels that are not configured now are kept as they were."""
        cleaned = self.cleaned_data
        offered = {code for code, _ in self.fields["channels"].choices}  # type: ignore[attr-defined]
        kept = [code for code in self.initial["channels"] if code not in offered]
        ends: tuple[dt.time | None, dt.time | None] = (cleaned["quiet_from"], cleaned["quiet_until"])
        return {
            "channels": [*cleaned["channels"], *kept],
            "rhythm": cleaned["rhythm"],
            "daily_at": cleaned["daily_at"],
            "quiet": None if None in ends else ends,
            "addresses": self._changed_addresses(),
        }

    def _changed_addresses(self) -> dict[str, str]:
        names = {str(code): f"address_{code}" for code in self.personal}
        found = {code: self.cleaned_data[name] for code, name in names.items()}
        return {code: value for code, value in found.items() if value != self.initial[names[code]]}
