// xsock from Go, by cgo. The flags of the compiler and of the linker come from the environment, as
// does the way to the library, or from "#cgo pkg-config: xsock" if xsock is installed.
package main

// #cgo LDFLAGS: -lxsock
// #include "xsock.h"
import "C"

import (
	"fmt"
	"os"
	"unsafe"
)

// A negative result is an error, and xsock has a sentence for each.
func checked(result C.int) C.int {
	if result < 0 {
		fmt.Println("Go:", C.GoString(C.xsock_strerror(result)))
		os.Exit(1)
	}
	return result
}

func main() {
	var addr C.struct_xsock_addr
	listener := checked(C.xsock_open(C.XSOCK_AF_INET, C.XSOCK_SOCK_STREAM, 0))
	checked(C.xsock_addr_loopback(C.XSOCK_AF_INET, 0, &addr))
	checked(C.xsock_bind(listener, &addr))
	checked(C.xsock_listen(listener, 1))
	checked(C.xsock_local_addr(listener, &addr))

	client := checked(C.xsock_open(C.XSOCK_AF_INET, C.XSOCK_SOCK_STREAM, 0))
	checked(C.xsock_connect(client, &addr))
	server := checked(C.xsock_accept(listener, C.XSOCK_SOCK_CLOEXEC, nil))

	text, buf := []byte("hello"), make([]byte, 64)
	checked(C.int(C.xsock_send(client, unsafe.Pointer(&text[0]), C.size_t(len(text)), 0)))
	n := checked(C.int(C.xsock_recv(server, unsafe.Pointer(&buf[0]), C.size_t(len(buf)), 0)))
	fmt.Println("Go:", string(buf[:n]))
	for _, d := range []C.int{server, client, listener} {
		checked(C.xsock_close(d))
	}
}
