#!/bin/sh
# Runs in rustdoc's place where cargo tests the documentation's examples, and then builds
# the same crate's documentation with warnings denied. `cargo doc` would check every
# dependency first, which a first run has no other use for.
set -eu

rustdoc "$@"

skip=""
for argument in "$@"; do
  shift
  if [ -n "$skip" ]; then skip=""; continue; fi
  case "$argument" in
    --test) continue ;;
    --test-args | --test-run-directory) skip="yes"; continue ;;
  esac
  set -- "$@" "$argument"
done
exec rustdoc "$@" --out-dir "$TONGBAN_DOC_DIR" -D warnings
