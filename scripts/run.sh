#!/bin/sh
# Serve the app on a port of this machine with a worker beside it; both end together.
set -eu
cd "$(dirname "$0")/.."

port=$1
python=.venv/bin/python

"$python" -m trustjudge_core demo --queue
"$python" -m trustjudge_core worker &
worker=$!
# The worker leaves its run where the next one finds it; a second signal would end it hard.
trap 'kill "$worker" 2>/dev/null || true; wait "$worker" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
"$python" -m streamlit run app.py --server.port "$port"
