"""``python -m gongkai.config`` is the command line; ``.venv/bin/gongkai`` calls it."""

from gongkai.config.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
