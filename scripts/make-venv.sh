#!/bin/sh
# Make the virtual environment in $1 with the first Python that is new enough ($PYTHON wins).
set -eu
venv=$1

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

python=
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
        python=$candidate
        break
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
        exit 1
    fi
done
if [ -z "$python" ]; then
    echo "Hecang needs Python 3.11 or newer, and none was found." >&2
    echo "Install one (Debian 12: apt install python3 python3-venv), or say make PYTHON=/path/to/python3." >&2
    exit 1
fi

echo "Making a virtual environment with $("$python" --version)"
if "$python" -m venv --clear "$venv" 2>/dev/null; then
    exit 0
fi
# Debian and Ubuntu keep the venv module's pip in a package of its own.
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing python$version-venv"
    apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
    exec "$python" -m venv --clear "$venv"
fi
rm -rf "$venv"
echo "Python $version cannot make virtual environments here. On Debian or Ubuntu: sudo apt install python$version-venv" >&2
exit 1
