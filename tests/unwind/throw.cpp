// A callback of xsock_catalog may throw, and the exception reaches the caller of xsock_catalog.
#include <cstdio>
#include <string>

#include "xsock.h"

namespace {

struct Found {
    std::string name;
};

// A destructor on the way shows that the stack is unwound.
int unwound;

struct Guard {
    ~Guard()
    {
        unwound++;
    }
};

int throw_first(const xsock_triple *t, void *)
{
    Guard guard;
    throw Found{t->af_name};
}

int count(const xsock_triple *, void *user)
{
    ++*static_cast<int *>(user);
    return 0;
}

bool is_caught()
{
    try {
        xsock_catalog(throw_first, nullptr);
    } catch (const Found &found) {
        return !found.name.empty();
    }
    return false;
}

int fail(const char *what)
{
    std::printf("%s\n", what);
    return 1;
}

} // namespace

int main()
{
    if (!is_caught() || !is_caught() || unwound != 2)
        return fail("an exception is not caught");
    // Nothing was held: no lock that the next call waits for, and nothing that counts as open.
    int counted = 0;
    if (xsock_catalog(count, &counted) != counted || counted == 0)
        return fail("xsock_catalog no longer works");
    int d = xsock_open(XSOCK_AF_INET, XSOCK_SOCK_STREAM, 0);
    if (d != 3 || xsock_close(d) != 0)
        return fail("a number is lost");
    return xsock_cleanup() == 0 ? 0 : fail("something is still open");
}
