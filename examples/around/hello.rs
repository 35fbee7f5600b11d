// xsock from Rust. What the program calls is declared by hand here. For more calls, bindgen makes
// the declarations from xsock.h.
//
//     rustc hello.rs -L FOLDER-OF-THE-LIBRARY
use std::ffi::{c_char, c_int, c_void, CStr};
use std::ptr::null_mut;

const AF_INET: c_int = 1; // numbers of xsock.h, the same on every system
const SOCK_STREAM: c_int = 1;
const SOCK_CLOEXEC: c_int = 0x2000;

#[repr(C)]
struct Addr {
    family: c_int,
    port: u32,
    flow: u32,
    scope: u32,
    length: u32,
    data: [u8; 128],
}

#[link(name = "xsock")]
extern "C" {
    fn xsock_open(family: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn xsock_addr_loopback(family: c_int, port: u32, out: *mut Addr) -> c_int;
    fn xsock_bind(d: c_int, addr: *const Addr) -> c_int;
    fn xsock_listen(d: c_int, backlog: c_int) -> c_int;
    fn xsock_local_addr(d: c_int, out: *mut Addr) -> c_int;
    fn xsock_connect(d: c_int, addr: *const Addr) -> c_int;
    fn xsock_accept(d: c_int, flags: c_int, out_peer: *mut Addr) -> c_int;
    fn xsock_send(d: c_int, buf: *const c_void, len: usize, flags: c_int) -> isize;
    fn xsock_recv(d: c_int, buf: *mut c_void, len: usize, flags: c_int) -> isize;
    fn xsock_close(d: c_int) -> c_int;
    fn xsock_strerror(error: c_int) -> *const c_char;
}

/// A negative result is an error, and xsock has a sentence for each.
fn checked(result: isize) -> Result<isize, String> {
    if result >= 0 {
        return Ok(result);
    }
    let text = unsafe { CStr::from_ptr(xsock_strerror(result as c_int)) };
    Err(text.to_string_lossy().into_owned())
}

fn descriptor(result: c_int) -> Result<c_int, String> {
    checked(result as isize).map(|d| d as c_int)
}

fn main() -> Result<(), String> {
    let mut addr = Addr { family: 0, port: 0, flow: 0, scope: 0, length: 0, data: [0; 128] };
    let mut buf = [0u8; 64];
    unsafe {
        let listener = descriptor(xsock_open(AF_INET, SOCK_STREAM, 0))?;
        descriptor(xsock_addr_loopback(AF_INET, 0, &mut addr))?;
        descriptor(xsock_bind(listener, &addr))?;
        descriptor(xsock_listen(listener, 1))?;
        descriptor(xsock_local_addr(listener, &mut addr))?;

        let client = descriptor(xsock_open(AF_INET, SOCK_STREAM, 0))?;
        descriptor(xsock_connect(client, &addr))?;
        let server = descriptor(xsock_accept(listener, SOCK_CLOEXEC, null_mut()))?;

        checked(xsock_send(client, b"hello".as_ptr().cast(), 5, 0))?;
        let n = checked(xsock_recv(server, buf.as_mut_ptr().cast(), buf.len(), 0))?;
        println!("Rust: {}", String::from_utf8_lossy(&buf[..n as usize]));
        for d in [server, client, listener] {
            descriptor(xsock_close(d))?;
        }
    }
    Ok(())
}
