#!/bin/sh
# Make .venv if needed and install one requirements file into it; does nothing when that was done already.
set -eu
cd "$(dirname "$0")/.."

file=$1
stamp=.venv/installed-$file

# A file may read others (-r), so any changed requirement counts.
wanted=$(cat requirements*.txt | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c "" 2>/dev/null; then
    exit 0
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(scripts/find_python.sh)
    echo "Making .venv with $python"
    "$python" -m venv --clear .venv
fi

echo "Installing $file into .venv; the first time this takes a minute or two"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file"
echo "$wanted" >"$stamp"
