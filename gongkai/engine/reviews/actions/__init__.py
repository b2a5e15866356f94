"""Opinions on a record, and which preset a kind takes. Rounds are opened by the actions on records."""

from gongkai.engine.reviews.actions.choosing import choose_preset
from gongkai.engine.reviews.actions.opinions import REVIEW_ACTIONS, agree, return_for_correction, return_to_organ
from gongkai.engine.reviews.actions.rounds import close_round, open_round, settle
from gongkai.engine.reviews.actions.secrecy import answer_line, draw_sheet
from gongkai.engine.reviews.actions.urging import urge

__all__ = [
    "REVIEW_ACTIONS",
    "agree",
    "answer_line",
    "choose_preset",
    "close_round",
    "draw_sheet",
    "open_round",
    "return_for_correction",
    "return_to_organ",
    "settle",
    "urge",
]
