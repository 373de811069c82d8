#!/bin/sh
# Print the path of a Chromium for the browser tests; install Debian's if there is none and we may.
set -eu

find_it() {
    for name in ${HECANG_CHROMIUM:-} chromium chromium-browser google-chrome; do
        command -v "$name" && return 0
    done
    return 1
}

find_it && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null
    find_it && exit 0
fi
echo "The browser tests need Chromium, and none was found." >&2
echo "On Debian or Ubuntu: sudo apt install chromium. Elsewhere set HECANG_CHROMIUM to its path." >&2
exit 1
