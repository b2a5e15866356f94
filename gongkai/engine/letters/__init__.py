"""Rendered official documents (文书): one engine for every print of the house; the templates stand on the surfaces."""
