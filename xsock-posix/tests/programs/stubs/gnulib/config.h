/* What gnulib's tests expect of config.h, without gnulib's configure. */
#include <stdbool.h>
#ifndef _WIN32
#define HAVE_UNISTD_H 1
#define HAVE_SYS_WAIT_H 1
#define O_BINARY 0
#define O_TEXT 0
#endif
#define _GL_UNUSED
#define _GL_ATTRIBUTE_MAYBE_UNUSED
#define _GL_ATTRIBUTE_NORETURN
#define _GL_ATTRIBUTE_CONST
#define _GL_ATTRIBUTE_FORMAT(spec)
#define _GL_UNNAMED_PARAMETER
#define _GL_INLINE static inline
#define _GL_EXTERN_INLINE static inline
#define _GL_INLINE_HEADER_BEGIN
#define _GL_INLINE_HEADER_END
