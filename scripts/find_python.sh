#!/bin/sh
# Print the first Python on the PATH that is 3.11 or newer and can make virtual environments.
set -eu

old=""
bare=""
for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$name" >/dev/null 2>&1 || continue
    version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])') || continue
    if ! "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        old="$name is Python $version"
    elif ! "$name" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        bare="$version"
    else
        command -v "$name"
        exit 0
    fi
done

if [ -n "$bare" ]; then
    echo "Python $bare is here, but not its venv module, which Debian and Ubuntu ship apart." >&2
    echo "Install it: apt-get install -y python3-venv (or python$bare-venv), then run the same command again." >&2
elif [ -n "$old" ]; then
    echo "$old; TrustJudge needs Python 3.11 or newer. Install one, or name it: make run PYTHON=/path/to/python3.11" >&2
else
    echo "No Python found; TrustJudge needs Python 3.11 or newer. On Debian: apt-get install -y python3-venv" >&2
fi
exit 1
