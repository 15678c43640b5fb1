#!/bin/sh
# How the image is made, in two steps, so that a change of ours fetches nothing again:
#   install.sh locked VENV     what catfoot needs, each file held against its hash
#   install.sh catfoot VENV    catfoot's own wheel; then what only builds goes
# Run in the folder of pyproject.toml. tests/deploy runs the same in a clean Debian.
set -eu
venv=$2
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"; }

case $1 in
locked)
    python3 -m venv "$venv"
    pip install --no-cache-dir --require-hashes --only-binary :all: -r deploy/requirements.lock
    ;;
catfoot)
    pip wheel --no-deps --no-build-isolation --no-index --wheel-dir "$venv/wheel" .
    pip install --no-deps --no-index "$venv"/wheel/catfoot-*.whl
    rm -r "$venv/wheel"
    pip uninstall --yes setuptools pip
    ;;
*)
    echo "install.sh: locked or catfoot, then the folder of the environment" >&2
    exit 2
    ;;
esac
