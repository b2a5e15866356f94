"""Roles and the rights they carry. One table; scope(), can() and explain() read nothing else."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person may be granted in an organ (角色)."""

    OFFICER = "officer"
    SECTION_HEAD = "section_head"
    ATTRIBUTE_REVIEWER = "attribute_reviewer"
    SECRECY_REVIEWER = "secrecy_reviewer"
    LEGALITY_REVIEWER = "legality_reviewer"
    CO_ISSUER = "co_issuer"
    SIGNER = "signer"
    SITE_EDITOR = "site_editor"
    OGI_OFFICE = "ogi_office"
    HANDLER = "handler"
    ASSESSOR = "assessor"
    SERVICE = "service"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_NAMES: dict[Role, str] = {
    Role.OFFICER: "承办人",
    Role.SECTION_HEAD: "科室负责人",
    Role.ATTRIBUTE_REVIEWER: "公开属性审核人（政府信息公开工作机构）",
    Role.SECRECY_REVIEWER: "保密审查人",
    Role.LEGALITY_REVIEWER: "合法性审核人",
    Role.CO_ISSUER: "会签人",
    Role.SIGNER: "审签人",
    Role.SITE_EDITOR: "网站编辑",
    Role.OGI_OFFICE: "政府信息公开工作主管部门",
    Role.HANDLER: "办理人",
    Role.ASSESSOR: "考核评估人",
    Role.SERVICE: "接口账号",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}

# The three administrators are three people and hold no business role (三员分立).
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

_BUSINESS = frozenset({"record.read", "file.read"})

RIGHTS: dict[Role, frozenset[str]] = {
    Role.OFFICER: _BUSINESS
    | {"work.enter", "record.draft", "record.submit", "record.correct", "record.urge", "file.upload"},
    Role.SECTION_HEAD: _BUSINESS
    | {
        "work.enter",
        "review.section",
        "review.return",
        "record.draft",
        "record.submit",
        "record.urge",
        "record.reassign",
        "file.upload",
    },
    Role.ATTRIBUTE_REVIEWER: _BUSINESS | {"review.attribute", "review.return"},
    Role.SECRECY_REVIEWER: _BUSINESS | {"review.secrecy", "review.return"},
    Role.LEGALITY_REVIEWER: _BUSINESS | {"review.legality", "review.return"},
    Role.CO_ISSUER: _BUSINESS | {"review.consent", "review.return"},
    Role.SIGNER: _BUSINESS
    | {
        "review.sign_off",
        "review.return",
        "record.urge",
        "record.withdraw",
        "record.expunge",
        "record.take_down",
        "notice.read",
    },
    Role.SITE_EDITOR: _BUSINESS
    | {
        "work.enter",
        "record.publish",
        "record.urge",
        "record.correct",
        "record.withdraw",
        "record.take_down",
        "record.repeal",
        "file.upload",
        "column.maintain",
    },
    Role.OGI_OFFICE: _BUSINESS
    | {
        "work.enter",
        "file.upload",
        "column.maintain",
        "record.return_to_organ",
        "record.reassign",
        "record.urge",
        "record.take_down",
        "record.restore",
        "record.expunge",
        "rule.preset",
        "duty.override",
        "import.run",
    },
    Role.HANDLER: _BUSINESS | {"case.handle"},
    Role.ASSESSOR: _BUSINESS,
    Role.SERVICE: _BUSINESS | {"record.draft", "record.submit", "file.upload", "import.run"},
    Role.SYSTEM_ADMIN: frozenset(
        {"organ.maintain", "person.maintain", "calendar.maintain", "operations.read", "index.rebuild"}
    ),
    Role.SECURITY_ADMIN: frozenset({"grant.maintain", "token.maintain", "security.read"}),
    Role.AUDIT_ADMIN: frozenset({"audit.read", "register.verify"}),
}


def roles_with(right: str) -> frozenset[Role]:
    """The roles that carry a right."""
    return frozenset(role for role, rights in RIGHTS.items() if right in rights)


ALL_RIGHTS: frozenset[str] = frozenset().union(*RIGHTS.values())
