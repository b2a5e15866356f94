"""Views of the workbench: thin, one concern a module."""
