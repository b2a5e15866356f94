"""The house's own linters and generators. Each runs alone: ``python -m tools.<name>``; ``./test`` runs them all."""
