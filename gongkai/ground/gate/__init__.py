"""The gate: one door for every write.

Declare an action once; portal, workbench, API, importer, tick and command line call it::

    @action("record.submit", on=Record, title="送审", right="record.submit",
            states={"drafting"}, to={"proposed"}, event="record.submitted")
    def submit(record: Record, *, actor: Actor) -> Outcome: ...

    submit(record, actor=actor)            # or a primary key
    can("record.submit", record, actor)    # Verdict(ok, code, reason)
    permitted(record, actor)               # every action of the model with its verdict

In one transaction the gate locks the row inside what the actor may see, checks the right on this row, the state and
the guards, runs the body, saves the subject, and writes the event. The body changes the subject and returns an
``Outcome`` with the event's data (never personal data) and, for publication events, the part opened to the public.

``door`` holds action, can, permitted, visible, Outcome; ``table`` holds subject, State, transitions, check_table.
Import from those modules: this package is loaded before the models are.
"""
