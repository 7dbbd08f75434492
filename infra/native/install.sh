#!/usr/bin/env bash
# Installs what the native engines need on Debian: Java 17 or later, Maven, nats-server. Needs root; says what it adds.
set -euo pipefail

missing=()
command -v java >/dev/null || missing+=(default-jre-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v nats-server >/dev/null || [ -x /usr/sbin/nats-server ] || missing+=(nats-server)

if [ "${#missing[@]}" -eq 0 ]; then
  echo "java, mvn and nats-server are installed"
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "install.sh: not a Debian machine; install by hand: ${missing[*]}" >&2
  exit 1
fi

echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# Debian starts a server that it installs; we start our own on ports of our own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null
