"""The three presets of review steps (architecture, Two ways in) and what each step is."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.ground.refusal import Refused, wording

NO_PRESET = wording(
    "reviews.no_preset",
    what="没有“{preset}”这种审签流程。",
    todo="可选：乡镇版（township）、通常（usual）、完整（full）。",
    status=422,
)


@dataclass(frozen=True)
class StepKind:
    """A step: its code, its name, the right it takes, and what a reviewer certifies by agreeing."""

    code: str
    name: str
    right: str
    certifies: str
    citation: str


STEP_KINDS: dict[str, StepKind] = {
    step.code: step
    for step in (
        StepKind("section", "科室负责人审核", "review.section", "内容准确、要素齐全，公开属性和依据适当", ""),
        StepKind(
            "attribute",
            "公开属性审核",
            "review.attribute",
            "公开属性认定正确，依据适用",
            "《政府信息公开条例》第四条、第十七条",
        ),
        StepKind(
            "secrecy",
            "保密审查",
            "review.secrecy",
            "不涉及国家秘密、工作秘密，不含应予保护的商业秘密和个人隐私",
            "《保守国家秘密法》第三十五条；《保守国家秘密法实施条例》第四十二条",
        ),
        StepKind("legality", "合法性审核", "review.legality", "权限、程序和内容合法", "《政府信息公开条例》第十七条"),
        StepKind("consent", "会签", "review.consent", "本机关同意公开", "《政府信息公开条例》第十一条"),
        StepKind("sign_off", "审签", "review.sign_off", "同意公开", "《政府信息公开条例》第十七条"),
    )
}

# The one step of a page that was public elsewhere: whoever migrates it says where; nobody else may take it.
MIGRATION = "migration"


@dataclass(frozen=True)
class PlannedStep:
    """A step in a preset. Steps of equal order run in parallel; one person may take the steps of one group."""

    order: int
    code: str
    group: str


@dataclass(frozen=True)
class Preset:
    """A named sequence of steps and the least number of persons it takes, the drafter included."""

    code: str
    name: str
    steps: tuple[PlannedStep, ...]
    persons: int


# Orders leave room for the consent of co-issuers (50) between the organ's own reviews and the sign-off (60).
PRESETS: dict[str, Preset] = {
    preset.code: preset
    for preset in (
        Preset(
            "township",
            "乡镇版",
            (
                PlannedStep(20, "attribute", "office"),
                PlannedStep(20, "secrecy", "office"),
                PlannedStep(60, "sign_off", "sign_off"),
            ),
            3,
        ),
        Preset(
            "usual",
            "通常",
            (
                PlannedStep(10, "section", "section"),
                PlannedStep(30, "secrecy", "secrecy"),
                PlannedStep(60, "sign_off", "sign_off"),
            ),
            4,
        ),
        Preset(
            "full",
            "完整",
            (
                PlannedStep(10, "section", "section"),
                PlannedStep(20, "attribute", "attribute"),
                PlannedStep(30, "secrecy", "secrecy"),
                PlannedStep(40, "legality", "legality"),
                PlannedStep(60, "sign_off", "sign_off"),
            ),
            6,
        ),
    )
}


def preset_of(code: str) -> Preset:
    """The preset of a code, or a refusal."""
    if code not in PRESETS:
        raise Refused(NO_PRESET, preset=code, where="preset")
    return PRESETS[code]


def planned_steps(preset: str, *, is_withheld_policy: bool, co_issuers: int) -> list[PlannedStep]:
    """The steps a record takes: its preset, the co-issuers' consents, and, where a policy document is proposed as
    withheld, its own organ's work body first (requirements 7.5)."""
    steps = list(preset_of(preset).steps)
    if is_withheld_policy:
        steps = [step for step in steps if step.code != "attribute"]
        steps.append(PlannedStep(5, "attribute", "attribute"))
    steps.extend(PlannedStep(50, "consent", "consent") for _ in range(co_issuers))
    return sorted(steps, key=lambda step: step.order)
