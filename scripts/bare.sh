#!/usr/bin/env bash
# Runs both commands of the README in a Debian that has only what the README asks for: this machine's Rust, Node and npm, and a
# C linker. HOME is empty. Chromium, which the tests install themselves, brings the only font (DejaVu).
# Usage, as root and with debootstrap: scripts/bare.sh [FOLDER]. An existing folder is reused with a new HOME.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bare=${1:-$(mktemp -d)}

[ -e "$bare/usr" ] || debootstrap --variant=minbase --include=ca-certificates,gcc,libc6-dev "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$bare"
# The registry settings of this machine.
rm -f "$bare/etc/apt/sources.list"
cp -r /etc/apt/sources.list* /etc/apt/apt.conf.d "$bare/etc/apt/" 2>/dev/null || true
cp /etc/hosts /etc/resolv.conf "$bare/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$bare/etc/ssl/certs/"

install -D "$(command -v node)" "$bare/usr/local/bin/node"
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$bare/usr/local/lib/node_modules"
cp -rT "$npm" "$bare/usr/local/lib/node_modules/npm"
ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$bare/usr/local/bin/npm"
mkdir -p "$bare/usr/local/etc"
echo "cafile=/etc/ssl/certs/ca-certificates.crt" > "$bare/usr/local/etc/npmrc"

rm -rf "$bare/root"
mkdir -p "$bare/root/sd2-client" "$bare/root/.cargo/bin" "$bare/root/.rustup"
git archive HEAD | tar -x -C "$bare/root/sd2-client"

cat > "$bare/root/readme.sh" <<'END'
set -euo pipefail
cd ~/sd2-client
npm start -- --once
npm test
echo "Fonts:"
fc-list : family | sort --unique
END
# The mounts end with their namespace.
exec unshare --mount --pid --fork bash -euc '
  mount --bind "${CARGO_HOME:-$HOME/.cargo}/bin" "$1/root/.cargo/bin"
  mount --bind "${RUSTUP_HOME:-$HOME/.rustup}" "$1/root/.rustup"
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  exec chroot "$1" env -i HOME=/root PATH=/root/.cargo/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    RUSTUP_AUTO_INSTALL=0 bash /root/readme.sh
' bash "$(realpath "$bare")"
