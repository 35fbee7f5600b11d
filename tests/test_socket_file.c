/* The locks and the removal of files that stale sockets need, by the backend's own calls on the
 * real system. Wine has these calls, though it has no LOCAL sockets. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "facts/translate.h"
#include "harness.h"
#include "sys.h"

#ifdef _WIN32
#include <process.h>
#define own_process _getpid
#define FOLDER "."
#else
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#define own_process getpid
#define FOLDER "/tmp"
#endif

static char path[100];

static int setup(void **state)
{
    snprintf(path, sizeof path, FOLDER "/xsock-file-%ld", (long)own_process());
    return harness_setup(state);
}

static int teardown(void **state)
{
    remove(path);
    return harness_teardown(state);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static bool exists(void)
{
    FILE *f = fopen(path, "rb");
    if (f != NULL)
        fclose(f);
    return f != NULL;
}

static void make_file(void)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fputs("mine", f) >= 0, 1);
    assert_int_equal(fclose(f), 0);
}

static int lock(uintptr_t *out)
{
    return xsock__error_from_native(xsock__sys_lock_file(path, out));
}

static void test_a_file_has_one_lock_also_within_a_process(void **state)
{
    uintptr_t first, second;
    (void)state;
    ASSERT_RESULT(0, lock(&first));
    ASSERT_RESULT(-XSOCK_EAGAIN, lock(&second));
    xsock__sys_unlock_file(first);
    assert_true(exists()); /* the file stays, and can be locked again */
    ASSERT_RESULT(0, lock(&second));
    xsock__sys_unlock_file(second);
}

static void test_locking_changes_nothing_in_a_file(void **state)
{
    char text[8] = "";
    uintptr_t held;
    (void)state;
    make_file();
    ASSERT_RESULT(0, lock(&held));
    xsock__sys_unlock_file(held);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    fclose(f);
    assert_string_equal(text, "mine");
}

static void test_a_lock_file_in_a_missing_folder_is_reported(void **state)
{
    uintptr_t held;
    int code = xsock__sys_lock_file(FOLDER "/xsock-no-such-folder/x", &held);
    (void)state;
    ASSERT_RESULT(-XSOCK_ENOENT, xsock__error_from_native(code));
}

static void test_a_file_that_is_no_socket_is_not_removed(void **state)
{
    (void)state;
    make_file();
    assert_int_equal(xsock__sys_remove_socket_file(path), 0);
    assert_true(exists());
    remove(path);
    /* a missing file is not locked either */
    assert_int_equal(xsock__sys_remove_socket_file(path), 0);
}

#ifndef _WIN32
static void test_a_symbolic_link_is_not_followed(void **state)
{
    char target[120];
    uintptr_t held;
    (void)state;
    snprintf(target, sizeof target, "%s-target", path);
    assert_int_equal(symlink(target, path), 0);
    ASSERT_RESULT(-XSOCK_ELOOP, lock(&held));
    assert_int_equal(access(target, F_OK), -1);
}

static void test_a_named_pipe_is_not_waited_for(void **state)
{
    uintptr_t held;
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    if (xsock__sys_lock_file(path, &held) == 0)
        xsock__sys_unlock_file(held);
}

static void test_a_forked_child_does_not_keep_the_lock(void **state)
{
    uintptr_t held, again;
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    ASSERT_RESULT(0, lock(&held));
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1); /* until the parent has shown the lock */
    }
    assert_true(child > 0);
    xsock__sys_unlock_file(held);
    ASSERT_RESULT(0, lock(&again));
    xsock__sys_unlock_file(again);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_a_lock_takes_no_number_of_the_standard_streams(void **state)
{
    uintptr_t held;
    (void)state;
    int saved = dup(0);
    assert_true(saved > 2);
    close(0);
    int rc = lock(&held);
    assert_int_equal(dup2(saved, 0), 0);
    close(saved);
    ASSERT_RESULT(0, rc);
    assert_true(held > 2);
    xsock__sys_unlock_file(held);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_a_file_has_one_lock_also_within_a_process),
        FILE_TEST(test_locking_changes_nothing_in_a_file),
        FILE_TEST(test_a_lock_file_in_a_missing_folder_is_reported),
        FILE_TEST(test_a_file_that_is_no_socket_is_not_removed),
#ifndef _WIN32
        FILE_TEST(test_a_symbolic_link_is_not_followed),
        FILE_TEST(test_a_named_pipe_is_not_waited_for),
        FILE_TEST(test_a_forked_child_does_not_keep_the_lock),
        FILE_TEST(test_a_lock_takes_no_number_of_the_standard_streams),
#endif
    };
    return cmocka_run_group_tests_name("socket_file", tests, NULL, NULL);
}
