"""Servers in network namespaces and packets to them, driven by JSON lines on stdin.

Runs as root in fresh mount and network namespaces. Every server is a network namespace behind a
veth pair of its own. Frames leave by AF_PACKET; a veth hands them over within the system call that
sends them, so the sender's processor time holds all that the server's kernel does with a packet.
"""

import ctypes
import json
import os
import random
import resource
import socket
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
SO_ATTACH_FILTER = 26
PACKET_QDISC_BYPASS, SOL_PACKET = 20, 263
NETLINK_NETFILTER, CTNETLINK_DELETE = 12, 1 << 8 | 2
AT_ONCE = 1024
SOURCE_PORT = 40000
SERVER = {4: "10.0.0.1", 6: "fd00::1"}
MAC, PEER_MAC = "02:00:00:00:00:01", "02:00:00:00:00:02"
SETUP = f"""link set lo up
link set eth0 address {MAC}
addr add 10.0.0.1/32 dev eth0
addr add fd00::1/128 dev eth0 nodad
link set eth0 up
neigh add 10.255.255.254 lladdr {PEER_MAC} dev eth0 nud permanent
neigh add fe80::ff lladdr {PEER_MAC} dev eth0 nud permanent
route add default via 10.255.255.254 dev eth0 onlink
route add default via fe80::ff dev eth0
"""


def must(command, text=""):
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}")


def sysctl(name, value):
    with open("/proc/sys/net/" + name, "w") as file:
        file.write(value)


# --- a server ----------------------------------------------------------------------------------


class Server:
    """A child in a namespace of its own: sockets on all ports, and commands run there."""

    def __init__(self, link, ports):
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            ours.close()
            try:
                serve(theirs.makefile("rw"), ports)
            finally:
                os._exit(0)
        theirs.close()
        self.pipe = ours.makefile("rw")
        self.read()
        must(
            ["ip", "-batch", "-"],
            f"link add {link} type veth peer name eth0 netns {self.pid}\nlink set {link} up\n",
        )
        self.ask({"op": "setup"})
        self.packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.packets.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
        self.packets.bind((link, 0))

    def read(self):
        reply = json.loads(self.pipe.readline() or '{"fault": "the server died"}')
        if "fault" in reply:
            raise RuntimeError(reply["fault"])
        return reply["ok"]

    def ask(self, message):
        self.pipe.write(json.dumps(message) + "\n")
        self.pipe.flush()
        return self.read()


def serve(pipe, ports):
    if LIBC.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    inside = Inside(ports)
    pipe.write('{"ok": true}\n')
    pipe.flush()
    for line in pipe:
        request = json.loads(line)
        try:
            reply = {"ok": getattr(inside, request["op"])(request)}
        except Exception as fault:
            reply = {"fault": repr(fault)}
        pipe.write(json.dumps(reply) + "\n")
        pipe.flush()


class Inside:
    def __init__(self, ports):
        self.ports = ports
        self.sockets = {}

    def setup(self, _):
        must(["ip", "-batch", "-"], SETUP)
        for name in ("udp_timeout", "udp_timeout_stream"):
            sysctl(f"netfilter/nf_conntrack_{name}", "3600")
        for port in self.ports:
            one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            one.bind(("::", port))
            # Takes no packet: the cheapest end, and counted by the kernel.
            code = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
            program = struct.pack("HxxxxxxQ", 1, ctypes.addressof(code))
            one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
            self.sockets[port] = one
        return True

    def answer(self, request):
        """Replies once to each flow, which makes it established."""
        mapped = "" if request["family"] == 6 else "::ffff:"
        for address, port in request["flows"]:
            self.sockets[port].sendto(b"reply", (mapped + address, SOURCE_PORT))
        return True

    def arrived(self, _):
        """Packets that reached a socket since the namespace was made."""
        with open("/proc/net/snmp") as file:
            names, values = [line.split() for line in file if line.startswith("Udp:")]
        count = int(values[names.index("InErrors")])
        with open("/proc/net/snmp6") as file:
            return count + sum(int(line.split()[1]) for line in file if "Udp6InErrors" in line)

    def forget(self, _):
        """Forgets every tracked exchange."""
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
            flags = 1 | 4  # a request that wants an answer
            body = struct.pack("=IHHII", 20, CTNETLINK_DELETE, flags, 1, 0) + bytes(4)
            netlink.send(body)
            error = struct.unpack_from("=i", netlink.recv(4096), 16)[0]
            if error != 0:
                raise OSError(-error, "conntrack")
        return True

    def run(self, request):
        """Processor seconds of a command and its children."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(request["command"], capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode != 0:
            raise RuntimeError(f"{request['command']}: {done.stderr[-2000:]}")
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


# --- frames ------------------------------------------------------------------------------------


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(family, source, port):
    payload = bytes(18)
    length = 8 + len(payload)
    kind = socket.AF_INET if family == 4 else socket.AF_INET6
    ends = socket.inet_pton(kind, source) + socket.inet_pton(kind, SERVER[family])
    link = bytes.fromhex((MAC + PEER_MAC).replace(":", ""))
    udp = struct.pack("!HHH", SOURCE_PORT, port, length)
    if family == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0, 0, 64, 17, 0) + ends
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        return link + b"\x08\x00" + header + udp + b"\0\0" + payload
    pseudo = ends + struct.pack("!II", length, 17)
    total = checksum(pseudo + udp + b"\0\0" + payload) or 0xFFFF
    header = struct.pack("!IHBB", 6 << 28, length, 17, 64) + ends
    return link + b"\x86\xdd" + header + udp + struct.pack("!H", total) + payload


class Frames:
    """Frames in memory, with the array of headers that sendmmsg reads."""

    def __init__(self, family, flows):
        frames = [frame(family, source, port) for source, port in flows]
        size = len(frames[0])
        self.count = len(frames)
        self.data = ctypes.create_string_buffer(b"".join(frames), size * self.count)
        start = ctypes.addressof(self.data)
        parts = b"".join(struct.pack("QQ", start + size * i, size) for i in range(self.count))
        self.parts = ctypes.create_string_buffer(parts, len(parts))
        start = ctypes.addressof(self.parts)
        headers = b"".join(
            struct.pack("QIxxxxQQQQixxxxIxxxx", 0, 0, start + 16 * i, 1, 0, 0, 0, 0)
            for i in range(self.count)
        )
        self.headers = ctypes.create_string_buffer(headers, len(headers))
        self.next = 0

    def send(self, packets, count):
        """The next `count` frames, around and around; processor nanoseconds for each."""
        descriptor = packets.fileno()
        left = count
        used = 0
        while left > 0:
            batch = min(left, AT_ONCE, self.count - self.next)
            start = ctypes.addressof(self.headers) + 64 * self.next
            before = time.thread_time_ns()
            sent = LIBC.sendmmsg(descriptor, ctypes.c_void_p(start), batch, 0)
            used += time.thread_time_ns() - before
            if sent != batch:
                raise OSError(ctypes.get_errno(), f"sent {sent} of {batch}")
            self.next = (self.next + batch) % self.count
            left -= batch
        return used / count


# --- commands ----------------------------------------------------------------------------------


class Lab:
    def __init__(self):
        self.servers = {}
        self.frames = {}
        sysctl("ipv6/conf/default/disable_ipv6", "1")  # this end stays silent

    def server(self, request):
        link = f"v{len(self.servers)}"
        self.servers[request["server"]] = Server(link, request["ports"])
        return True

    def inside(self, request):
        return self.servers[request["server"]].ask(request["request"])

    def prepare(self, request):
        self.frames[request["frames"]] = Frames(request["family"], request["flows"])
        return True

    def send(self, request):
        """Nanoseconds for each packet, and how many of them arrived."""
        server, frames = self.servers[request["server"]], self.frames[request["frames"]]
        before = server.ask({"op": "arrived"})
        if request["anywhere"]:
            frames.next = random.randrange(frames.count)
        else:
            frames.next = 0
        used = frames.send(server.packets, request["count"])
        return {"ns": used, "arrived": server.ask({"op": "arrived"}) - before}


def main():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    lab = Lab()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply = {"ok": getattr(lab, request["op"])(request)}
        except Exception as fault:
            reply = {"fault": repr(fault)}
        print(json.dumps(reply), flush=True)


main()
