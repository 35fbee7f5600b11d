"""What xsock is meant to reach, and whether it does.

A check takes the results, and returns what was measured in words, the value, and its limit. A check
raises KeyError if its question was not asked."""

import math

PEERS = ("NSPR", "APR", "GLib", "libuv")
SERVERS = ("libuv", "libevent")


def count(name, limit, column="one", share=1):
    def check(results):
        value = results["counts"][name][column].median / share
        return f"{value:g} instructions", value, limit
    return check


def calls_above_raw(name, limit):
    def check(results):
        row = results["counts"][name]
        own, raw = row["calls"].median, row["raw"].median
        return f"{own:g} system calls, raw {raw:g}", own - raw, limit
    return check


def added(question, parameter, limit, variant="xsock", share=1):
    def check(results):
        value = results[question][parameter][variant].added / share
        return f"{value:.0f} ns", value, limit
    return check


def ratio(question, parameter, limit, variant="xsock", base="raw"):
    def check(results):
        variants = results[question][parameter]
        value = variants[variant].ratio_to(variants[base])
        return f"{value:.3f}", value, limit
    return check


def below(question, parameter, names, most=math.inf):
    """At most what each of these takes, and at most so much of raw."""
    def check(results):
        variants = results[question][parameter]
        ratios = {peer: figures.ratio_to(variants["raw"]) for peer, figures in variants.items()}
        fastest = min((name for name in names if name in ratios), key=ratios.get)
        own, peer = ratios["xsock"], ratios[fastest]
        return f"{own:.3f} of raw, the fastest peer ({fastest}) {peer:.3f}", own, min(peer, most)
    return check


def median(question, parameter, variant, limit, unit, scale=1):
    def check(results):
        value = results[question][parameter][variant].median / scale
        return f"{value:.4g}{unit}", value, limit
    return check


def look_up(results):
    variants = results["lookup"]["one thread"]
    own, locked = variants["xsock"].median, variants["locked add and subtract"].median
    return f"{own:.1f} ns; a locked add and subtract: {locked:.1f}", own, locked + 3


def million(results):
    few, many = results["million"]["10 open"], results["million"]["1000000 open"]
    worst = max(many[hole].median / few[hole].median for hole in few)
    return f"{worst:.2f} times, at worst of low, middle and high", worst, 1.3


def ratios(question, limit, *parameters):
    return [(name, f"at most {limit:.2f} of raw", [ratio(question, name, limit)])
            for name in parameters]


OPEN, TALK, WASIX = "open, close", "send, recv", "send and recv 64 bytes, LOCAL"
TARGETS = [
    *((f"a server's time for {what}", "at most 1.02 of raw, below libuv and libevent",
       [below("server", what, SERVERS, 1.02)])
      for what in ("a request, 1 client", "a request, 64 clients", "a request, 1000 clients",
                   "a connection, 1 client", "a connection, 64 clients",
                   "a connection, 1000 clients")),
    ("open, close", "adds at most 300 instructions and 60 ns",
     [count(OPEN, 300), added("calls", OPEN, 60)]),
    ("open, close, two threads", "adds at most 300 instructions and 60 ns",
     [count(OPEN, 300, "two"), added("calls_two", OPEN, 60)]),
    ("open, close, system calls stubbed", "at most 30 ns",
     [median("open_stubbed", "tcp", "xsock", 30, " ns")]),
    ("open, close, stubbed, two threads", "at most 1.1 of NSPR",
     [ratio("open_stubbed_two", "tcp", 1.1, base="NSPR")]),
    ("send, recv of 64 bytes, LOCAL", "adds at most 210 instructions and 20 ns, below every peer",
     [count(TALK, 210), added("local", "64 bytes", 20), below("local", "64 bytes", PEERS)]),
    ("send, recv, two threads", "adds at most 210 instructions and 20 ns, below every peer",
     [count(TALK, 210, "two"), added("local_two", "64 bytes", 20),
      below("local_two", "64 bytes", PEERS)]),
    ("look-up, reference, drop", "at most a locked add and subtract and 3 ns", [look_up]),
    *ratios("calls", 1.10, "poll of 1", "poll of 8", "poll of 64", "poll of 512"),
    *((f"poller of {what}", "at most 1.05 of raw", [ratio("poller", what, 1.05)])
      for what in ("10000, one ready", "1000, all ready")),
    *ratios("calls", 1.05, "open, connect, accept, close both"),
    ("a connect that blocks", "3 system calls", [calls_above_raw("connect that blocks", 2)]),
    *ratios("calls", 1.08, "sendto, recvfrom", "sendmsg, recvmsg"),
    *ratios("calls", 1.15, "dup, close", "option set and read", "local_addr",
            "recv, nothing there"),
    *((f"UDP batches of 32, {size}", "at most 1.10 of GSO and GRO by hand",
       [ratio("udp", size, 1.10, "xsock, batches", "raw, GSO and GRO")])
      for size in ("64 bytes", "200 bytes", "1200 bytes")),
    *((f"ping-pong, {kind}", "at most 1.08 of raw", [ratio("pingpong", kind, 1.08)])
      for kind in ("local, one processor", "tcp, one processor")),
    *((f"ping-pong, {kind}, wake signal", "at most 1.03 of raw",
       [ratio("pingpong", f"{kind}, wake signal", 1.03)])
      for kind in ("local, one processor", "tcp, one processor")),
    ("a recv that blocks, wake signal", "no system call more than raw",
     [calls_above_raw("recv that blocks, wake signal", 0)]),
    ("a recv that blocks", "one system call more than raw",
     [calls_above_raw("recv that blocks", 1)]),
    ("bulk over TCP, processors' time", "at most 1.01 of raw",
     [ratio("bulk", "256 KiB, processors' time", 1.01)]),
    ("bulk over TCP, processors' time, wake signal", "at most 1.01 of raw",
     [ratio("bulk", "256 KiB, wake signal, processors' time", 1.01)]),
    ("memory of a descriptor", "at most 176 bytes",
     [median("memory", "1000000 open", "all, resident", 176, " bytes")]),
    ("memory of a poller's member", "at most 128 bytes",
     [median("memory", "8192 members", "a poller's member", 128, " bytes")]),
    ("handles that stay after a thread has waited", "none",
     [median("memory", "a waiting thread", "kept when it has ended", 0, "")]),
    ("opening with 1,000,000 open", "at most 1.3 times opening with 10", [million]),
    ("64 threads in accept, a connection", "at most three system calls more than raw",
     [calls_above_raw("others: 64 threads in accept", 3)]),
    ("a call through WASIX", "adds at most 130 instructions and 15 ns",
     [count("WASIX: send, recv", 130, share=2), added("wasix", WASIX, 15, "WASIX", 2)]),
    ("shared library, MinSizeRel, stripped, without WASIX", "at most 120 KiB",
     [median("size", "MinSizeRel", "without WASIX", 120, " KiB", 1024)]),
    ("shared library, MinSizeRel, stripped", "at most 176 KiB",
     [median("size", "MinSizeRel", "with WASIX", 176, " KiB", 1024)]),
]
WINE_TARGETS = [
    *ratios("calls", 1.10, "open, close", "send, recv", "recv, nothing there",
            "accept, nobody there", "sendto, recvfrom", "sendmsg, recvmsg",
            "open, connect, accept, close both", "dup, close", "option set and read",
            "local_addr", "poll of 1", "poll of 8", "poll of 64", "poll of 512"),
    *((f"ping-pong, {kind}", "at most 1.10 of raw", [ratio("pingpong", kind, 1.10)])
      for kind in ("tcp", "tcp, one processor")),
    ("bulk over TCP", "at most 1.10 of raw", [ratio("bulk", "256 KiB", 1.10)]),
    *((f"UDP batches of 32, {size}", "not slower than xsock one by one",
       [ratio("udp", size, 1.0, "xsock, batches", "xsock")])
      for size in ("64 bytes", "200 bytes", "1200 bytes")),
    ("poller of 100, all ready", "at most 1.2 of WSAPoll",
     [ratio("poller", "100, all ready", 1.2)]),
]


def percent(share):
    return f"{100 * share:.0f} %" if share >= 0.02 else f"{100 * share:.1f} %"


def judge(checks, results):
    """(measured, verdict)"""
    try:
        answers = [check(results) for check in checks]
    except (KeyError, ValueError):
        return "not measured", "-"
    words = "; ".join(text for text, _, _ in answers)
    excess = [value / limit - 1 if limit else value for _, value, limit in answers
              if value > limit]
    return words, f"not met, by {percent(max(excess))}" if excess else "met"


def judge_all(results, targets):
    """[(what, target, measured, verdict)]"""
    return [(what, target, *judge(checks, results)) for what, target, checks in targets]
