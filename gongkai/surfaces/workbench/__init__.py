"""The workbench (工作台), ``/desk/``: a desk, a dossier for every record, review forms, the editor, the administrators.

Views are thin: they load objects through ``visible(Model, actor)`` only, ask ``queries`` and ``dossier`` for what to
show, and write by one gate action. ``pages.desk_page`` gives a view its actor and turns a refusal into a page.
"""
