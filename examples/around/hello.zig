// xsock from Zig, by its header:
//
//     zig translate-c -lc xsock.h >xsock.zig
//     zig build-exe -lc -lxsock --dep xsock -Mroot=hello.zig -Mxsock=xsock.zig
const c = @import("xsock");

extern fn printf(format: [*:0]const u8, ...) c_int;

/// A negative result is an error, and xsock has a sentence for each.
fn checked(result: anytype) !@TypeOf(result) {
    if (result >= 0) return result;
    _ = printf("Zig: %s\n", c.xsock_strerror(@intCast(result)));
    return error.Xsock;
}

pub fn main() !void {
    var addr: c.struct_xsock_addr = undefined;
    const listener = try checked(c.xsock_open(c.XSOCK_AF_INET, c.XSOCK_SOCK_STREAM, 0));
    _ = try checked(c.xsock_addr_loopback(c.XSOCK_AF_INET, 0, &addr));
    _ = try checked(c.xsock_bind(listener, &addr));
    _ = try checked(c.xsock_listen(listener, 1));
    _ = try checked(c.xsock_local_addr(listener, &addr));

    const client = try checked(c.xsock_open(c.XSOCK_AF_INET, c.XSOCK_SOCK_STREAM, 0));
    _ = try checked(c.xsock_connect(client, &addr));
    const server = try checked(c.xsock_accept(listener, c.XSOCK_SOCK_CLOEXEC, null));

    const text = "hello";
    var buf: [64]u8 = undefined;
    _ = try checked(c.xsock_send(client, text, text.len, 0));
    const n = try checked(c.xsock_recv(server, &buf, buf.len, 0));
    _ = printf("Zig: %.*s\n", @as(c_int, @intCast(n)), &buf);
    for ([_]c_int{ server, client, listener }) |d| _ = try checked(c.xsock_close(d));
}
