"""The kinds of documents, each a declaration: policy, organs and people, news, plans and figures."""

from gongkai.domains.documents.kinds import news, organs, plans, policy

__all__ = ["news", "organs", "plans", "policy"]
