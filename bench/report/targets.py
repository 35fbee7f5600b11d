"""What xsock is meant to reach, and whether it does. Each row takes the results and gives (measured, met), or None
where its question was not asked."""

# Those that do the same work one by one. ENet's calls are the system's by other names, and a turn of libuv's loop that
# closes 64 sockets at once is another question: their figures stand in the tables.
OPENERS = ("NSPR", "APR", "libuv", "GLib")
TALKERS = ("NSPR", "APR", "GLib", "libuv", "ENet")


def below(variants, names, value):
    """(whether xsock is below each of these, in words)"""
    others = {name: value(variants[name]) for name in names if name in variants}
    if not others:
        return True, "no peers here"
    least = min(others, key=others.get)
    return value(variants["xsock"]) < others[least], f"the least peer, {least}: {others[least]:.3g}"


def ratio_and_peers(question, parameter, most, names):
    def judge(results):
        variants = results[question][parameter]
        ratio = variants["xsock"].ratio
        is_below, words = below(variants, names, lambda f: f.ratio)
        return f"{ratio:.3f}; {words}", ratio <= most and is_below
    return judge


def stubbed(results):
    variants = results["open_stubbed"]["tcp"]
    own = variants["xsock"].median
    is_below, words = below(variants, OPENERS, lambda f: f.median)
    return f"{own:.1f} ns; {words}", own <= 30 and is_below


def look_up(results):
    variants = results["lookup"]["one thread"]
    own, locked = variants["xsock"].median, variants["locked add and subtract"].median
    return f"{own:.1f} ns; a locked add and subtract: {locked:.1f}", own <= 12


def bulk(parameter):
    def judge(results):
        rate = 1 / results["bulk"][parameter]["xsock"].ratio
        return f"{rate:.3f}", rate >= 0.99
    return judge


def udp(parameter):
    def judge(results):
        rate = 1 / results["udp"][parameter]["xsock, batches"].ratio
        return f"{rate:.1f} times", rate >= 12
    return judge


def udp_by_hand(parameter):
    def judge(results):
        variants = results["udp"][parameter]
        ratio = variants["xsock, batches"].ratio / variants["raw, GSO and GRO"].ratio
        return f"{ratio:.2f}", ratio <= 1.15
    return judge


def poller(results):
    ratio = results["poller"]["10000, one ready"]["xsock"].ratio
    return f"{ratio:.3f}", ratio <= 1.05


def million(results):
    few, many = results["million"]["10 open"], results["million"]["1000000 open"]
    worst = max(many[hole].median / few[hole].median for hole in few)
    return f"{worst:.2f} times, at worst of low, middle and high", worst <= 2


def memory(variant, most):
    def judge(results):
        size = results["memory"]["1000000 open"][variant].median
        return f"{size:.1f} bytes", size <= most
    return judge


def allocations(results):
    calls = results["allocations"]["a call"]
    some = [f"{name}: {figures.median:g}" for name, figures in calls.items() if figures.median > 0]
    return ", ".join(some) or "none in any", not some


def size(variant):
    def judge(results):
        n = results["size"]["stripped shared library"][variant].median
        return f"{n / 1024:.1f} KiB", n <= 96 * 1024
    return judge


def wasix(parameter):
    def judge(results):
        variants = results["wasix"][parameter]
        base = variants["xsock"].median
        more = base * (variants["WASIX"].ratio - 1) / 2  # it is two calls
        return f"{more:.0f} ns", more < 30
    return judge


PING_PONGS = ("local", "tcp", "local, one processor", "tcp, one processor")

TARGETS = [
    ("open and close", "at most 1.02 of raw, below every peer", ratio_and_peers("open", "tcp", 1.02, OPENERS)),
    ("open and close, system calls stubbed", "at most 30 ns, below every peer", stubbed),
    ("look-up, reference and drop", "at most 12 ns", look_up),
    ("send and receive 64 bytes, LOCAL pair, one thread", "at most 1.02 of raw, below every peer",
     ratio_and_peers("local", "64 bytes", 1.02, TALKERS)),
    *((f"64-byte ping-pong, {kind}", "at most 1.05 of raw, below NSPR and GLib",
       ratio_and_peers("pingpong", kind, 1.05, ("NSPR", "GLib"))) for kind in PING_PONGS),
    *((f"bulk over TCP, {kind}", "at least 0.99 of raw", bulk(kind))
      for kind in ("256 KiB", "256 KiB, processors' time")),
    *((f"UDP in batches of 32, {length}", "at least 12 times raw one by one", udp(length))
      for length in ("200 bytes", "1200 bytes")),
    *((f"UDP in batches of 32, {length}", "at most 1.15 of UDP_SEGMENT and UDP_GRO by hand", udp_by_hand(length))
      for length in ("64 bytes", "200 bytes", "1200 bytes")),
    ("poller, 10,000 members, one ready", "at most 1.05 of raw", poller),
    ("opening with 1,000,000 open", "at most 2 times opening with 10", million),
    ("memory of the table, a descriptor of 1,000,000", "at most 64 bytes", memory("table", 64)),
    ("memory in all, a descriptor of 1,000,000", "at most 192 bytes", memory("all, resident", 192)),
    ("allocations in send, recv, poll of 64, accept", "none", allocations),
    *((f"a call through WASIX, over the native one: {name}", "under 30 ns", wasix(parameter)) for name, parameter in
      (("open, close", "open and close"), ("send, recv", "send and recv 64 bytes, LOCAL"))),
    ("stripped shared library, without WASIX", "at most 96 KiB", size("xsock")),
    ("the same with WASIX, as it is by default", "at most 96 KiB", size("xsock, WASIX too")),
]


def judge_all(results):
    """[(what, target, measured, met)]; met None: not asked, or not to be had on this machine."""
    rows = []
    for what, target, judge in TARGETS:
        try:
            measured, met = judge(results)
        except KeyError:
            measured, met = "not measured", None
        rows.append((what, target, measured, met))
    return rows


def in_words(met):
    return {True: "met", False: "not met", None: "-"}[met]
