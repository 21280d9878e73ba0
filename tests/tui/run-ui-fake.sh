#!/bin/sh
# Runs the screen tests of the console over its made-up client; skipped (77) where Python has not their modules.
dir=$(cd "${srcdir:-.}" && pwd)
for python in "${PYTHON:-/usr/bin/python3}" /usr/bin/python3 python3; do
    if "$python" -c 'import pytest, pyte' 2>/dev/null; then
        USHER_UIFAKE="$(pwd)/tests/tui/uifake" PYTHONDONTWRITEBYTECODE=1 \
            exec "$python" -m pytest -q --no-header --tb=short -p no:cacheprovider "$dir/tests/tui/test_ui_fake.py"
    fi
done
echo "no Python with pytest and pyte"
exit 77
