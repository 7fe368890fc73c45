#!/usr/bin/env bash
# Installs what the simulator needs, builds it, runs the quickstart scenario and shows the result.
# On a fresh Debian 12: scenarios/quickstart.sh [more flags of `souk run`]
# Set SOUK_SKIP_INSTALL=1 to leave the packages alone.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(g++-12 cmake ninja-build ccache mold git ca-certificates
  libcaf-dev libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev
  libsodium-dev libjemalloc-dev pkg-config gnuplot-nox)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ] && [ -z "${SOUK_SKIP_INSTALL:-}" ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

cmake --preset release -DSOUK_TESTS=OFF -DSOUK_BENCH=OFF >/dev/null
cmake --build --preset release --target souk -j "$(nproc)"
build/release/scenarios/souk run scenarios/quickstart.yaml --out out/quickstart "$@"
