/* For regex.h of musl. */
#include <stddef.h>
typedef ptrdiff_t regoff_t;
