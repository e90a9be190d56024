#!/bin/sh
# Starts ferry with the Node that came with it.
lib=${FERRY_LIB:-/usr/lib/ferry}
# Compiled code is kept between runs: a command starts in half the time.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/ferry}"
options=--disable-warning=ExperimentalWarning
[ "$1" = serve ] && . "$lib/serve-options"
# shellcheck disable=SC2086 # several options
exec "$lib/node" $options "$lib/ferry.js" "$@"
