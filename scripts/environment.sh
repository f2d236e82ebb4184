#!/bin/sh
# Makes .venv from the lock. Needs a Python 3.10 somewhere (PATH, pyenv or uv), or a uv that can fetch one.
set -eu
cd "$(dirname "$0")/.."
UV_VERSION=0.13.9
NEEDED_GB=5
stamp=.venv/.lock-of-this-environment
if [ -f "$stamp" ] && cmp -s uv.lock "$stamp"; then exit 0; fi

is_310() { "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null; }

find_python() {
    for candidate in "${PYTHON:-}" python3.10 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python \
        "$HOME"/.local/share/uv/python/cpython-3.10*/bin/python3.10; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && is_310 "$candidate"; then
            command -v "$candidate"; return 0
        fi
    done
    return 1
}

python=$(find_python) || python=
if command -v uv >/dev/null 2>&1; then
    uv=uv
elif [ -n "$python" ]; then
    [ -x .tools/bin/uv ] || { echo "准备安装工具 uv……" >&2; "$python" -m venv .tools; .tools/bin/pip install -q --disable-pip-version-check "uv==$UV_VERSION"; }
    uv=.tools/bin/uv
else
    uv=
fi
if [ -z "$uv" ]; then
    echo "需要 Python 3.10（Rasa 3.6 只支持到 3.10）：请先装 uv（https://docs.astral.sh/uv/）或 pyenv install 3.10，再重试。" >&2
    exit 1
fi
if [ -z "$python" ] && ! "$uv" python install 3.10 >/dev/null 2>&1 && ! "$uv" python find 3.10 >/dev/null 2>&1; then
    echo "没有找到 Python 3.10，uv 也没能下载到。请用 pyenv install 3.10 或系统包装一个，再重试。" >&2
    exit 1
fi
free=$(df -Pk . 2>/dev/null | awk 'NR == 2 {print int($4 / 1048576)}')
if [ ! -d .venv ] && [ "${free:-99}" -lt "$NEEDED_GB" ]; then
    echo "这个磁盘只剩 $free GB，装依赖约要 $NEEDED_GB GB：请先腾出地方，或把项目放到别的磁盘。" >&2
    exit 1
fi

# What the lock names comes from pypi.org, whatever mirror is set, unless it is handed over as a list
# (with the lock's checksums).
from_mirror() {
    list=$(mktemp)
    "$uv" export --frozen --quiet --no-emit-project --output-file "$list" >/dev/null \
        && { [ -x .venv/bin/python ] || "$uv" venv --quiet ${python:+--python "$python"}; } \
        && UV_DEFAULT_INDEX=$mirror "$uv" pip sync --quiet --require-hashes \
            --python .venv/bin/python "$list"
    result=$?
    rm -f "$list"
    return $result
}

mirror=${UV_DEFAULT_INDEX:-${UV_INDEX_URL:-${PIP_INDEX_URL:-}}}
if [ -n "$mirror" ]; then
    echo "按 uv.lock 从镜像安装依赖（第一次约 2 GB，要几分钟）……" >&2
    from_mirror && ok=yes || ok=
else
    echo "按 uv.lock 安装依赖（第一次约 2 GB，要几分钟）……" >&2
    "$uv" sync --frozen --quiet ${python:+--python "$python"} && ok=yes || ok=
fi
if [ -z "$ok" ]; then
    echo "依赖没有装上，原因见上。多半是网络：可以换个镜像再试，例如 UV_DEFAULT_INDEX=https://pypi.tuna.tsinghua.edu.cn/simple make run" >&2
    exit 1
fi
cp uv.lock "$stamp"
