# Sourced by ./run and ./test: sets $python to a Python 3.11 to 3.13, the one of .venv first, so that it is kept.
unset PYTHONPATH PYTHONHOME
python=
for candidate in "$root/.venv/bin/python" python3.13 python3.12 python3.11 python3; do
  found=$(command -v "$candidate" 2>/dev/null) || continue
  if "$found" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    # The environment is made and repaired from outside itself.
    python=$("$found" -c 'import os, sys; print(os.path.realpath(sys.executable))')
    break
  fi
done
if [ -z "$python" ]; then
  echo "需要 Python 3.11 至 3.13，请安装：apt install python3 python3-venv · Python 3.11 to 3.13 is needed" >&2
  exit 2
fi
