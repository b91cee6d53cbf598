// What SEG904 says of published containers is so: a port that the policy closes leads to the container
// behind the host all the same, while the host itself is closed. The day that a `forward` chain is
// compiled, this test fails, and SEG904 has to go.
import { expect, test } from "vitest";
import type { OutputFile, Target } from "../../compiler/plan/target.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { onHost } from "../iptables/host.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";

/** Lets one peer in, to one port. */
function filesOf<Plan>(target: Target<Plan>): readonly OutputFile[] {
  const allows = [entry("web", ["10.0.0.2"], tcp(443))];
  return target.render(target.plan(slice(directionSlice("ingress", { allows }))));
}

/** A peer, the host, and a container behind it that is published under port 8080. */
const script = (loader: string) => `set -e
mkdir -p /run/netns; pids=
trap 'kill $pids' EXIT
for name in peer box; do
  ip netns add $name
  ip link add to-$name type veth peer name eth0 netns $name
  ip link set to-$name up; ip -n $name link set eth0 up
done
ip link set lo up
ip addr add 10.0.0.1/24 dev to-peer; ip -n peer addr add 10.0.0.2/24 dev eth0
ip addr add 172.17.0.1/24 dev to-box; ip -n box addr add 172.17.0.2/24 dev eth0
ip -n box route add default via 172.17.0.1
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<'.'
table ip engine {
  chain published {
    type nat hook prerouting priority dstnat
    tcp dport 8080 dnat to 172.17.0.2:80
  }
}
.
serve() {
  python3 -m http.server "$@" >/dev/null 2>&1 &
  pids="$pids $!"
}
serve 443; serve 9090
ip netns exec box python3 -m http.server 80 >/dev/null 2>&1 &
pids="$pids $!"
${loader} load
for port in 443 9090; do until ss -Hltn | grep -q ":$port "; do sleep 0.05; done; done
until ip netns exec box ss -Hltn | grep -q ':80 '; do sleep 0.05; done
for port in 443 9090 8080; do
  if ip netns exec peer python3 -c '
import socket, sys
socket.create_connection(("10.0.0.1", int(sys.argv[1])), 1)' $port 2>/dev/null
  then echo $port open; else echo $port closed; fi
done`;

describeKernel("published containers", { needs: "root" }, () => {
  test.each([
    ["nftables", filesOf(nftables), "a/segc-load"],
    ["iptables", filesOf(iptables), "a/load.sh"],
  ])("pass %s of their host", (_, files, loader) => {
    expect(onHost({ a: files }, "nft", script(loader))).toMatchObject({
      status: 0,
      stdout: "443 open\n9090 closed\n8080 open\n",
    });
  });
});
