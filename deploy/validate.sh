#!/bin/sh
# Checks everything under deploy/ with whatever tools there are, and says what was not checked.
#   python3 -m venv .tools/deploy && .tools/deploy/bin/pip install -r deploy/tools.txt
#   apt-get install docker-compose nginx-light openssl
#   kubectl 1.22 or newer, for `kubectl kustomize` (Debian's is older: without it the files are checked one by one)
set -eu
cd "$(dirname "$0")"
PATH="$(dirname "$PWD")/.tools/deploy/bin:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missing=
has() {
    command -v "$1" >/dev/null 2>&1 || { missing="$missing $1"; return 1; }
}

if has hadolint; then
    hadolint --failure-threshold info Dockerfile
    echo "Dockerfile: hadolint has nothing to say"
fi

# The files as people use them, with an example's values.
mkdir "$work/compose"
cp compose.yml nginx.conf "$work/compose/"
sed 's/=$/=0123456789abcdef0123456789abcdef/' .env.example >"$work/compose/.env"
if docker compose version >/dev/null 2>&1; then
    (cd "$work/compose" && docker compose -f compose.yml config -q)
    echo "compose.yml: docker compose config is content"
elif has docker-compose; then
    (cd "$work/compose" && docker-compose -f compose.yml config -q)
    echo "compose.yml: docker-compose config is content"
fi

if has nginx && has openssl; then
    mkdir "$work/certs"
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost \
        -keyout "$work/certs/tls.key" -out "$work/certs/tls.crt" 2>/dev/null
    sed "s#/etc/nginx/certs#$work/certs#; s#/tmp/nginx#$work/nginx#" nginx.conf >"$work/nginx.conf"
    # Before 1.25 HTTP/2 is switched on in another place.
    nginx -v 2>&1 | grep -q 'nginx/1\.\(1[0-9]\|2[0-4]\)\.' && sed -i '/http2 on;/d' "$work/nginx.conf"
    nginx -t -q -c "$work/nginx.conf"
    echo "nginx.conf: nginx -t is content"
fi

cp -r kubernetes "$work/kubernetes"
cp kubernetes/secrets.env.example "$work/kubernetes/secrets.env"
# `labels` in kustomization.yaml is newer than Debian's kubectl.
if kubectl kustomize --help 2>/dev/null | grep -q -e --enable-helm; then
    kubectl kustomize "$work/kubernetes" >"$work/all.yaml"
    echo "kubernetes/: kustomize makes $(grep -c '^kind:' "$work/all.yaml") objects of it"
else
    find "$work/kubernetes" -name '*.yaml' ! -name kustomization.yaml -exec cat {} + >"$work/all.yaml"
fi
if has kubernetes-validate; then
    kubernetes-validate --strict --no-warn "$work/all.yaml"
    echo "kubernetes/: kubernetes-validate --strict is content"
fi

if [ -n "$missing" ]; then
    echo "not checked for want of:$missing" >&2
    exit 3
fi
