/* For data that other files of the library use. Compilers then know that the data is in the same
 * library or program, and need not look up where. (A compiler's option does this for what a file
 * defines, but not for what a file declares.) */
#ifndef XSOCK__BASE_HIDDEN_H
#define XSOCK__BASE_HIDDEN_H

#ifdef __ELF__
#define XSOCK__HIDDEN __attribute__((visibility("hidden")))
#else
#define XSOCK__HIDDEN
#endif

#endif
