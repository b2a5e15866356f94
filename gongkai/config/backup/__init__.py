"""``gongkai backup`` and ``gongkai restore``: everything but the keys, consistent, hashed, verified by the register.

A backup is a folder: the database, the files it counts on, the checkpoints of the register, facts about the settings,
and a manifest with the hash of each. Keys are backed up apart (`gongkai keys backup`); without them a backup tells no
text of a draft and no personal data.
"""
