#!/bin/sh
# Serve the app on a port of this machine with a worker beside it; when one is told to end, both do.
set -eu
cd "$(dirname "$0")/.."

port=$1
python=.venv/bin/python

# A worker that an error or the lack of memory ends is followed by another: the app would wait for it for good.
# What it fails at is marked as failed, or waits until its lease runs out, so that the next does not fail at once.
keep_working() {
    trap 'kill "$child" 2>/dev/null || true; wait "$child" || true; exit 0' TERM
    while :; do
        "$python" -m trustjudge_core worker &
        child=$!
        status=0
        wait "$child" || status=$?
        [ "$status" -ne 0 ] || return 0
        echo "The worker ended with status $status; another begins in 2 seconds." >&2
        sleep 2 &
        child=$!
        wait "$child"
    done
}

"$python" -m trustjudge_core demo --queue

# The worker leaves its run where the next one finds it. Both are waited for, so that nothing lives on.
worker='' app=''
trap 'kill $app $worker 2>/dev/null || true; wait' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
keep_working &
worker=$!
"$python" -m streamlit run app.py --server.port "$port" &
app=$!
wait "$app"
