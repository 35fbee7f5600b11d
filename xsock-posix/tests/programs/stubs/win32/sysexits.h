/* The exit codes of BSD. */
#ifndef STUB_SYSEXITS_H
#define STUB_SYSEXITS_H
enum { EX_OK = 0, EX_USAGE = 64, EX_NOUSER = 67, EX_SOFTWARE = 70, EX_OSERR = 71, EX_NOPERM = 77 };
#endif
