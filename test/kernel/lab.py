"""A network of namespaces, driven by JSON lines on stdin, answered on stdout.

Runs as (mapped) root in fresh mount and network namespaces. Every host is a network namespace on one
bridge; every process of a host is a child that has joined it, with its own user, group and cgroup.
"""

import ctypes
import errno
import fcntl
import json
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
TIOCOUTQ = 0x5411
CGROUPS = "/sys/fs/cgroup"
CLIENTS_AT_ONCE = 12
CHUNK = 3000
BURST = 100
PATIENCE = 0.25  # seconds without any answer


def check(result):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def run(command, text=""):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def must(command, text=""):
    done = run(command, text)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr[-2000:]}")
    return done.stdout


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


# --- pipes -------------------------------------------------------------------------------------


class Pipe:
    """One end of a socket pair that speaks JSON lines."""

    def __init__(self, end):
        self.end = end
        self.reader = end.makefile("r")

    def fileno(self):
        return self.end.fileno()

    def write(self, message):
        self.end.sendall((json.dumps(message) + "\n").encode())

    def read(self):
        """The next message, or None at the end."""
        line = self.reader.readline()
        return json.loads(line) if line else None

    def close(self):
        self.reader.close()
        self.end.close()


class Child:
    """A forked process that answers one JSON line with one JSON line."""

    def __init__(self, body):
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            for child in list(CHILDREN):
                child.pipe.close()
            ours.close()
            status = 1
            try:
                body(Pipe(theirs))
                status = 0
            except (BrokenPipeError, KeyboardInterrupt):
                pass
            except BaseException as fault:  # reported by the parent, which sees the pipe close
                print(f"lab: {fault!r}", file=sys.stderr, flush=True)
            os._exit(status)
        theirs.close()
        self.pipe = Pipe(ours)
        CHILDREN.append(self)

    def send(self, message):
        self.pipe.write(message)

    def receive(self):
        answer = self.pipe.read()
        if answer is None:
            raise RuntimeError(f"child {self.pid} died")
        if isinstance(answer, dict) and "fault" in answer:
            raise RuntimeError(answer["fault"])
        return answer

    def ask(self, message):
        self.send(message)
        return self.receive()

    def stop(self):
        if self in CHILDREN:
            CHILDREN.remove(self)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pipe.close()


CHILDREN = []


def answering(handler):
    """A child's loop: every line is a request, every fault an answer."""

    def body(pipe):
        while (request := pipe.read()) is not None:
            try:
                answer = handler(request)
            except Exception as fault:
                answer = {"fault": repr(fault)}
            pipe.write(answer)

    return body


# --- hosts -------------------------------------------------------------------------------------


def mac(index):
    return f"02:00:00:00:{index // 256:02x}:{index % 256:02x}"


def host_body(pipe):
    check(LIBC.unshare(CLONE_NEWNET))
    pipe.write(True)
    answering(run_here)(pipe)


def run_here(request):
    done = run(request["command"], request.get("input", ""))
    return {"status": done.returncode, "stdout": done.stdout, "stderr": done.stderr}


def sysctl(name, value):
    try:
        with open("/proc/sys/" + name, "w") as file:
            file.write(value)
    except OSError:
        pass  # a setting this kernel does not have


class Lab:
    def __init__(self, spec):
        self.hosts = {}
        self.processes = {}
        self.cgroups = set()
        self.source_port = 20000
        if spec["cgroups"]:
            must(["mount", "-t", "cgroup2", "none", CGROUPS])
        bridge = ["link set lo up", "link add br0 type bridge mcast_snooping 0", "link set br0 up"]
        for index, host in enumerate(spec["hosts"]):
            child = Child(host_body)
            child.receive()
            self.hosts[host["name"]] = child
            bridge.append(
                f"link add v{index} type veth peer name eth0 address {mac(index)} netns {child.pid}"
            )
            bridge.append(f"link set v{index} master br0 up")
        sysctl("net/ipv6/conf/default/disable_ipv6", "1")  # the bridge itself stays silent
        must(["ip", "-batch", "-"], "\n".join(bridge))
        self.spec = spec
        for host in spec["hosts"]:
            self.setup(host)

    def setup(self, host):
        lines = ["link set lo up", f"link set eth0 mtu {self.spec['mtu']}"]
        for address in host["addresses"]:
            length, rest = ("128", " nodad") if ":" in address else ("32", "")
            lines.append(f"addr add {address}/{length} dev eth0{rest}")
        lines.append("link set eth0 up")
        families = {family(address) for address in host["addresses"]}
        if socket.AF_INET in families:
            lines.append("route add 0.0.0.0/0 dev eth0")
        if socket.AF_INET6 in families:
            lines.append("route add ::/0 dev eth0")
        if self.spec["neighbours"] == "static":
            for index, peer in enumerate(self.spec["hosts"]):
                if peer is host:
                    continue
                for address in peer["addresses"]:
                    if family(address) in families:
                        lines.append(
                            f"neigh add {address} lladdr {mac(index)} dev eth0 nud permanent"
                        )
        settings = [
            ("net/ipv4/ping_group_range", self.spec["pingGroups"]),
            ("net/ipv6/conf/all/accept_ra", "0"),
            ("net/ipv4/tcp_syncookies", "0"),
            ("net/core/somaxconn", "8192"),
            ("net/ipv4/ip_unprivileged_port_start", "1"),
            ("net/ipv4/tcp_max_syn_backlog", "8192"),
        ]
        script = "".join(f"printf '%s' '{v}' >/proc/sys/{k} 2>/dev/null\n" for k, v in settings)
        self.on(host["name"], ["sh", "-c", script + "exec ip -batch -"], "\n".join(lines))

    def on(self, name, command, text=""):
        done = self.hosts[name].ask({"command": command, "input": text})
        if done["status"] != 0:
            raise RuntimeError(f"{name}: {command}: {done['stderr'][-2000:]}")
        return done["stdout"]

    # --- processes ---

    def spawn(self, request):
        """Two processes of one identity: one serves, one asks."""
        namespace = f"/proc/{self.hosts[request['host']].pid}/ns/net"

        def enter(handler):
            def body(pipe):
                descriptor = os.open(namespace, os.O_RDONLY)
                check(LIBC.setns(descriptor, CLONE_NEWNET))
                become(request)
                answering(handler)(pipe)

            return body

        def serve(pipe):
            descriptor = os.open(namespace, os.O_RDONLY)
            check(LIBC.setns(descriptor, CLONE_NEWNET))
            prefer()
            become(request)
            Server(pipe).loop()

        self.processes[request["process"]] = {"client": Child(enter(ask)), "server": Child(serve)}
        return True

    def stop(self, request):
        for child in self.processes.pop(request["process"]).values():
            child.stop()
        return True

    def listen(self, request):
        return self.processes[request["process"]]["server"].ask(request)

    def hold(self, request):
        return self.processes[request["process"]]["client"].ask(request)

    def alive(self, request):
        return self.processes[request["process"]]["client"].ask(request)

    def arrivals(self, _):
        return {
            name: process["server"].ask({"op": "arrivals"})
            for name, process in self.processes.items()
        }

    def probe(self, request):
        """All batches, a few clients at a time; the answer is one string of 0 and 1 per batch."""
        waiting = list(enumerate(request["batches"]))
        answers = [""] * len(waiting)
        running = {}
        while waiting or running:
            while waiting and len(running) < CLIENTS_AT_ONCE:
                index, batch = waiting.pop(0)
                child = self.processes[batch["process"]]["client"]
                if any(other is child for _, other in running.values()):
                    waiting.append((index, batch))
                    break
                self.source_port = self.source_port + 8 if self.source_port < 30000 else 20000
                port = request.get("sourcePort") or self.source_port
                child.send({"op": "probe", "probes": batch["probes"], "port": port})
                running[child.pipe.fileno()] = (index, child)
            for descriptor in select.select(list(running), [], [])[0]:
                index, child = running.pop(descriptor)
                answers[index] = child.receive()
        return answers

    # --- cgroups and commands ---

    def cgroup(self, request):
        path = f"{CGROUPS}/{request['path']}"
        if request["present"]:
            parts = request["path"].split("/")
            for depth in range(1, len(parts) + 1):
                part = f"{CGROUPS}/{'/'.join(parts[:depth])}"
                if not os.path.isdir(part):
                    os.mkdir(part)
                self.cgroups.add(part)
        else:
            remove_cgroup(path)
            self.cgroups.discard(path)
        return True

    def exec(self, request):
        return self.hosts[request["host"]].ask(request)

    def close(self):
        for process in list(self.processes):
            self.stop({"process": process})
        for child in list(CHILDREN):
            child.stop()
        for path in sorted(self.cgroups, key=len, reverse=True):
            try:
                remove_cgroup(path)
            except OSError:
                pass  # another lab, or the host itself, is in it


def remove_cgroup(path):
    """A cgroup stays busy for a moment after its last process."""
    for attempt in range(100):
        try:
            os.rmdir(path)
            return
        except OSError as fault:
            if fault.errno != errno.EBUSY or attempt == 99:
                raise
            time.sleep(0.02)


def become(identity):
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16384, limit()), limit()))
    if identity.get("cgroup") is not None:
        with open(f"{CGROUPS}/{identity['cgroup']}/cgroup.procs", "w") as file:
            file.write("0")
    if identity["gid"] != 0:
        os.setgroups([])
        os.setresgid(*[identity["gid"]] * 3)
    if identity["uid"] != 0:
        os.setresuid(*[identity["uid"]] * 3)


def prefer():
    """Answers before questions, where the machine lets us choose."""
    try:
        os.nice(-10)
    except PermissionError:
        pass


def limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


# --- the serving process -----------------------------------------------------------------------


class Server:
    """Accepts and answers everything, and counts what arrived per address and port."""

    def __init__(self, pipe):
        self.pipe = pipe
        self.epoll = select.epoll()
        self.epoll.register(pipe.fileno(), select.EPOLLIN)
        self.sockets = {}
        self.counts = {}

    def loop(self):
        while True:
            for descriptor, _ in self.epoll.poll():
                if descriptor == self.pipe.fileno():
                    if not self.command():
                        return
                else:
                    self.serve(descriptor)

    def command(self):
        request = self.pipe.read()
        if request is None:
            return False
        if request["op"] == "listen":
            answer = self.listen(request)
        else:
            for descriptor in self.sockets:
                self.serve(descriptor)
            answer, self.counts = self.counts, {}
        self.pipe.write(answer)
        return True

    def listen(self, request):
        kinds = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
        for kind, address, port in request["sockets"]:
            one = socket.socket(family(address), kinds[kind])
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if kind == "udp":
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            one.bind((address, port))
            one.setblocking(False)
            if kind == "tcp":
                one.listen(8192)
            self.sockets[one.fileno()] = (one, f"{kind} {address} {port}")
            self.epoll.register(one.fileno(), select.EPOLLIN)
        return True

    def serve(self, descriptor):
        one, name = self.sockets[descriptor]
        while True:
            try:
                if one.type == socket.SOCK_STREAM:
                    one.accept()[0].close()
                else:
                    data, peer = one.recvfrom(9000)
                    one.sendto(data, peer)
            except BlockingIOError:
                return
            except OSError:
                continue
            self.counts[name] = self.counts.get(name, 0) + 1


# --- the asking process ------------------------------------------------------------------------


HELD = []


def ask(request):
    return {"probe": probe, "hold": hold, "alive": alive}[request["op"]](request)


def hold(request):
    """Opens a connection and keeps it."""
    one = socket.socket(family(request["source"]), socket.SOCK_STREAM)
    one.bind((request["source"], 0))
    one.settimeout(1)
    one.connect((request["destination"], request["port"]))
    HELD.append(one)
    return True


def alive(_):
    """Whether the peer acknowledges a byte on every connection held."""
    for one in HELD:
        one.send(b"x")
    time.sleep(0.3)
    return all(fcntl.ioctl(one.fileno(), TIOCOUTQ, bytes(4)) == bytes(4) for one in HELD)


def probe(request):
    """Each probe is [protocol, source, destination, port]; "1" where an answer came."""
    probes = list(enumerate(request["probes"]))
    passed = set()
    for start in range(0, len(probes), CHUNK):
        probe_chunk(probes[start : start + CHUNK], request["port"], passed)
    return "".join("1" if index in passed else "0" for index, _ in probes)


def probe_chunk(chunk, port, passed):
    """Sends everything, then listens until nothing has come for a while."""
    epoll = select.epoll()
    opened = {}
    for index, (kind, source, destination, target) in chunk:
        if kind == "tcp":
            one = connecting(source, destination, target)
            if one is not None:
                opened[one.fileno()] = (kind, one, index)
                epoll.register(one.fileno(), select.EPOLLOUT)
    for kind in ("udp", "icmp"):
        items = [item for item in chunk if item[1][0] == kind]
        for source in sorted({item[1][1] for item in items}):
            one = datagram_socket(kind, source, port)
            opened[one.fileno()] = (kind, one, None)
            epoll.register(one.fileno(), select.EPOLLIN)
            send_all(kind, one, [item for item in items if item[1][1] == source], passed)
    while ready := epoll.poll(PATIENCE):
        for descriptor, _ in ready:
            kind, one, index = opened[descriptor]
            if kind == "tcp":
                del opened[descriptor]
                status = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if status in (0, errno.ECONNREFUSED):  # a reset is an answer too
                    passed.add(index)
                one.close()
            else:
                passed.update(answers(kind, one))
    for _, one, _ in opened.values():
        one.close()
    epoll.close()


def connecting(source, destination, port):
    one = socket.socket(family(source), socket.SOCK_STREAM)
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.bind((source, 0))
    status = one.connect_ex((destination, port))
    if status in (0, errno.EINPROGRESS):
        return one
    one.close()
    if status in (errno.EPERM, errno.EACCES):  # refused on the way out
        return None
    raise OSError(status, f"{os.strerror(status)}: {source} -> {destination} {port}")


def send_all(kind, one, items, passed):
    for number, (index, (_, _, destination, target)) in enumerate(items):
        if number % BURST == BURST - 1:  # buffers are small, the listeners' and our own
            time.sleep(0.005)
            passed.update(answers(kind, one))
        try:
            send(kind, one, index, destination, target)
        except PermissionError:
            pass  # refused on the way out


def answers(kind, one):
    """The indices of the probes answered; errors about single datagrams are no answers."""
    found = []
    while True:
        try:
            found.append(receive(kind, one))
        except BlockingIOError:
            return found
        except OSError as fault:
            if fault.errno not in (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.EMSGSIZE):
                raise


def datagram_socket(kind, source, port):
    if kind == "udp":
        one = socket.socket(family(source), socket.SOCK_DGRAM)
        for attempt in range(8):
            try:
                one.bind((source, port + attempt))
                break
            except OSError:
                continue
    else:
        v6 = ":" in source
        number = socket.IPPROTO_ICMPV6 if v6 else socket.IPPROTO_ICMP
        one = socket.socket(family(source), socket.SOCK_DGRAM, number)
        one.bind((source, 0))
    one.setblocking(False)
    return one


def send(kind, one, index, destination, target):
    if kind == "udp":
        one.sendto(struct.pack("!I", index), (destination, target))
    else:
        echo = 128 if ":" in destination else 8
        packet = struct.pack("!BBHHHI", echo, 0, 0, 0, index & 0xFFFF, index)
        one.sendto(packet, (destination, 0))


def receive(kind, one):
    data = one.recv(9000)
    return struct.unpack("!I", data if kind == "udp" else data[8:12])[0]


# --- commands ----------------------------------------------------------------------------------


def main():
    os.setpgid(0, 0)
    fcntl.fcntl(sys.stdin, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    lab = None
    try:
        for line in sys.stdin:
            request = json.loads(line)
            try:
                if request["op"] == "start":
                    lab = Lab(request)
                    answer = True
                else:
                    answer = getattr(lab, request["op"])(request)
                reply = {"ok": answer}
            except Exception as fault:
                reply = {"fault": repr(fault)}
            print(json.dumps(reply), flush=True)
    finally:
        if lab is not None:
            lab.close()
        os.killpg(0, signal.SIGKILL)  # whatever a script left in the background, and this process


main()
