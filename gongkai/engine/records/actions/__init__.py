"""What is done to records: drafting, publishing, taking back. Reviews are in engine.reviews.actions."""

from gongkai.engine.records.actions.buffers import keep_buffer
from gongkai.engine.records.actions.cleaning import clean_up, declare, declare_links
from gongkai.engine.records.actions.drafting import (
    abandon_correction,
    conclude,
    correct,
    discard,
    draft,
    edit,
    link,
    receive,
    renew,
    revise,
    submit,
    unlink,
)
from gongkai.engine.records.actions.handing import hand_over, reassign
from gongkai.engine.records.actions.lineage import repeal, settle_validity
from gongkai.engine.records.actions.migrating import migrate
from gongkai.engine.records.actions.papers import file_paper
from gongkai.engine.records.actions.publishing import hold, publish, schedule, unschedule, withdraw
from gongkai.engine.records.actions.rechecking import keep_withheld, reopen
from gongkai.engine.records.actions.reorganising import Decisions, reorganise
from gongkai.engine.records.actions.restoring import expunge_again
from gongkai.engine.records.actions.standing import place
from gongkai.engine.records.actions.taking import ask_expunge, expunge, restore, take_down, withdraw_taken_down
from gongkai.engine.records.actions.withholding import withhold_edition

__all__ = [
    "Decisions",
    "abandon_correction",
    "ask_expunge",
    "clean_up",
    "conclude",
    "correct",
    "declare",
    "declare_links",
    "discard",
    "draft",
    "edit",
    "expunge",
    "expunge_again",
    "file_paper",
    "hand_over",
    "hold",
    "keep_buffer",
    "keep_withheld",
    "link",
    "migrate",
    "place",
    "publish",
    "reassign",
    "receive",
    "renew",
    "reopen",
    "reorganise",
    "repeal",
    "restore",
    "revise",
    "schedule",
    "settle_validity",
    "submit",
    "take_down",
    "unlink",
    "unschedule",
    "withdraw",
    "withdraw_taken_down",
    "withhold_edition",
]
