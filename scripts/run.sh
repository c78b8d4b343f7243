#!/bin/sh
# Serve the app on a port of this machine with a worker beside it; when one is told to end, both do.
set -eu
cd "$(dirname "$0")/.."

port=$1
python=.venv/bin/python

"$python" -m trustjudge_core demo --queue
"$python" -m trustjudge_core worker &
worker=$!
"$python" -m streamlit run app.py --server.port "$port" &
app=$!

# The worker leaves its run where the next one finds it. Both are waited for, so that nothing lives on.
trap 'kill "$app" "$worker" 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
wait "$app"
