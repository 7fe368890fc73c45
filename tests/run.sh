#!/usr/bin/env bash
# Installs what the tests need, builds everything, runs every test. On a fresh Debian 12: tests/run.sh
#   tests/run.sh [PRESET]     release (default), dev (ASan + UBSan), tsan, clang
# Set SOUK_SKIP_INSTALL=1 to leave the packages alone, SOUK_DATA to a folder with the real data sets.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}

packages=(g++-12 cmake ninja-build ccache mold git ca-certificates
  libcaf-dev libyaml-cpp-dev libcli11-dev libfmt-dev nlohmann-json3-dev
  libsodium-dev libjemalloc-dev pkg-config
  protobuf-compiler libprotobuf-dev
  libgtest-dev libgmock-dev libbenchmark-dev gnuplot-nox)
[ "$preset" = clang ] || [ "$preset" = fuzz ] && packages+=(clang-19 libclang-rt-19-dev)

if [ -z "${SOUK_SKIP_INSTALL:-}" ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi

cmake --preset "$preset" -DSOUK_TESTS=ON -DSOUK_BENCH=ON >/dev/null
cmake --build --preset "$preset" -j "$(nproc)"
ctest --test-dir "build/$preset" -j "$(nproc)" --output-on-failure
