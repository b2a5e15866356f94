"""Administrative organs (行政机关), their tree, and the people who work there."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class OrganType(models.TextChoices):
    """Kind of organ (requirements 6.6); decides who reviews a decision and which report is due."""

    GOVERNMENT = "government", "人民政府"
    GENERAL_OFFICE = "general_office", "政府办公厅（室）"
    DEPARTMENT = "department", "工作部门"
    DISPATCHED_ORGAN = "dispatched_organ", "派出机关"
    BRANCH_OFFICE = "branch_office", "派出机构"
    INSTITUTION = "institution", "直属事业单位"
    TOWNSHIP = "township", "乡镇人民政府"
    VERTICAL_ORGAN = "vertical_organ", "垂直管理部门"
    AUTHORISED_ORG = "authorised_org", "法律、法规授权的组织"
    PUBLIC_ENTERPRISE = "public_enterprise", "公共企事业单位"


class OrganLevel(models.TextChoices):
    """Level of government."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWN = "town", "乡级"


class Organ(models.Model):
    """An administrative organ (行政机关) with its codes, contact facts and OGI work body (条例 Articles 4, 12)."""

    code = models.CharField("机构代码", max_length=32, unique=True)
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, blank=True)
    type = models.CharField("类型", max_length=24, choices=OrganType.choices)
    level = models.CharField("层级", max_length=12, choices=OrganLevel.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    organisation_code = models.CharField("组织机构代码", max_length=10, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    document_prefixes = models.JSONField("机关代字", default=list, blank=True)
    index_profile = models.JSONField("索引号规则", default=dict, blank=True)
    calendar = models.CharField("工作日历", max_length=32, default="CN")
    review_preset = models.CharField("审签流程", max_length=16, default="usual")
    address = models.CharField("办公地址", max_length=200, blank=True)
    office_hours = models.CharField("办公时间", max_length=120, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    fax = models.CharField("传真", max_length=40, blank=True)
    email = models.CharField("电子邮箱", max_length=120, blank=True)
    website = models.CharField("网址", max_length=200, blank=True)
    work_body = models.CharField("政府信息公开工作机构", max_length=120, blank=True)
    valid_from = models.DateField("设立日期", null=True, blank=True)
    valid_until = models.DateField("撤销日期", null=True, blank=True)
    # Who looks after what an abolished organ left behind, at the end of the chain: rights there reach it.
    heir = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="legacies")

    class Meta:
        verbose_name = "机构"
        ordering = ["code"]
        indexes = [models.Index(fields=["name"]), models.Index(fields=["parent"])]

    def __str__(self) -> str:
        return self.name


class OrganClosure(models.Model):
    """Every (ancestor, descendant) pair of the tree, each organ with itself at depth 0; kept by organs.actions."""

    ancestor = models.ForeignKey(Organ, models.CASCADE, related_name="closure_down")
    descendant = models.ForeignKey(Organ, models.CASCADE, related_name="closure_up")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ancestor", "descendant"], name="closure_once")]
        indexes = [models.Index(fields=["descendant", "ancestor"])]


class OrganSuccession(models.Model):
    """A predecessor's functions passed to a successor on a day (requirements 6.6)."""

    predecessor = models.ForeignKey(Organ, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organ, models.PROTECT, related_name="precedents")
    on = models.DateField("移交日期")
    basis = models.CharField("依据", max_length=200, blank=True)


class FormerName(models.Model):
    """A name an organ bore until a day (曾用名); documents that print it are still found to be the organ's."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="former_names")
    name = models.CharField("曾用名", max_length=120)
    short_name = models.CharField("曾用简称", max_length=60, blank=True)
    until = models.DateField("更名日期")
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name"])]


class People(BaseUserManager["Person"]):
    """How login names are looked up; people are made by organs.actions."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=username)


class Person(AbstractBaseUser):
    """A person who works in an organ and may log in (工作人员)."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=60)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="people")
    department = models.CharField("内设机构", max_length=80, blank=True)
    email = models.CharField("电子邮箱", max_length=120, blank=True)
    is_active = models.BooleanField("在用", default=True)
    is_directory_account = models.BooleanField("目录账号", default=False)
    must_change_password = models.BooleanField("须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = People()

    class Meta:
        verbose_name = "工作人员"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Post(models.Model):
    """A post (职务) that a person holds in an organ, with the portfolio (分管工作) of a leader."""

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="posts")
    title = models.CharField("职务", max_length=80)
    portfolio = models.CharField("分管工作", max_length=300, blank=True)
    is_leader = models.BooleanField("负责人", default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
