"""Template tags shared by portal and workbench."""
