"""Traffic at a steady rate, for tests of what a rule set lets through while it is replaced.

    traffic.py receive ADDRESS PORT...       until a line on standard input; prints packets by port
    traffic.py send ADDRESS PORT RATE SECONDS  sends RATE packets a second; prints how many

Sixteen source ports, no replies: for conntrack each packet is the first of its flow, so that the
rules decide about every one.
"""
import socket
import sys
import threading
import time

FORCED_RECEIVE_BUFFER = 33  # SO_RCVBUFFORCE of asm-generic/socket.h
FLOWS = 16
ROUND = 0.002


def receive(address, ports):
    counts = dict.fromkeys(ports, 0)

    def count(port):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.setsockopt(socket.SOL_SOCKET, FORCED_RECEIVE_BUFFER, 1 << 28)
        server.bind((address, port))
        buffer = bytearray(64)
        while True:
            server.recv_into(buffer)
            counts[port] += 1

    for port in ports:
        threading.Thread(target=count, args=(port,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.readline()
    time.sleep(0.5)
    print(*(counts[port] for port in ports), flush=True)


def send(address, port, rate, seconds):
    clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(FLOWS)]
    for client in clients:
        client.setblocking(True)
        client.bind(("", 0))
    target = (address, port)
    sent = refused = 0
    started = time.monotonic()
    while (elapsed := time.monotonic() - started) < seconds:
        while sent + refused < rate * elapsed:
            try:
                clients[(sent + refused) % FLOWS].sendto(b"x", target)
                sent += 1
            except PermissionError:
                refused += 1
        time.sleep(ROUND)
    print(sent, refused, flush=True)


if sys.argv[1] == "receive":
    receive(sys.argv[2], [int(port) for port in sys.argv[3:]])
else:
    send(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
