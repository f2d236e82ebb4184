#!/bin/sh
# What some tests need besides Python: a browser and Chinese letters, node, nginx, openssl.
# In CI it installs what is missing; at a terminal it asks first; else it says so in one sentence.
# The path of the browser goes to standard output, words for people to standard error.
set -eu
cd "$(dirname "$0")/.."

# nginx is where only root looks.
PATH="$PATH:/usr/sbin:/sbin"
need() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
say() { printf '%s\n' "$1" >&2; }

browser() {
    for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        if [ -n "$candidate" ] && need "$candidate"; then command -v "$candidate"; return 0; fi
    done
    return 1
}

missing=
browser >/dev/null || missing="$missing chromium fonts-noto-cjk"
need node && need npm || missing="$missing nodejs npm"
need nginx || missing="$missing nginx-light"
need openssl || missing="$missing openssl"
need docker-compose || missing="$missing docker-compose"
missing=${missing# }

install() {
    say "正在装测试要用的 $missing……"
    # shellcheck disable=SC2086  # several words are meant
    if as_root apt-get update -qq >/dev/null 2>&1 && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1; then
        return 0
    fi
    say "没装上（网络或权限？），用到它们的测试会跳过。手工装：sudo apt-get install $missing"
    # Nobody would notice there that less was tested.
    [ -z "${CI:-}" ] || exit 1
}

if [ -n "$missing" ]; then
    if ! need apt-get; then
        say "没有找到 $missing，用到它们的测试会跳过，其余照常。请用系统的包管理器装上同类的包。"
    elif [ -n "${CI:-}" ]; then
        install
    elif [ -t 0 ] && [ -t 2 ]; then
        printf '%s' "测试还缺 $missing。现在用 apt-get 装上吗（会改动系统，可能问密码）？不装也能测，只是跳过用到的。[y/N] " >&2
        read -r answer || answer=
        case "$answer" in
            [yY]*) install ;;
            *) say "好，先跳过。以后装：sudo apt-get install $missing" ;;
        esac
    else
        say "缺 $missing，用到它们的测试会跳过；要装：sudo apt-get install $missing"
    fi
fi

# Inside the project, so without asking: what checks the page for people who can't see it well.
if need npm && [ ! -d widget/node_modules ]; then
    say "正在取网页测试用的包（npm ci）……"
    (cd widget && npm ci --no-audit --no-fund --silent >/dev/null 2>&1) \
        || say "没取到（网络？），网页的无障碍测试会跳过。"
fi
browser || true
