/* Calls that fail as a dying disk makes them fail. Loaded before the C library; quiet until armed:
 * yelen_fail("syncfs", EIO, "", 1) has the first syncfs fail, and every later one;
 * yelen_fail("write", ENOSPC, "/stage/", 3) the third write to a file with /stage/ in its path. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char armed[32], part[200];
static int error_number, calls_left;
static int times_failed;

void yelen_fail(const char *call, int number, const char *path_part, int from)
{
    snprintf(part, sizeof part, "%s", path_part);
    error_number = number;
    calls_left = from - 1;
    snprintf(armed, sizeof armed, "%s", call);
}

int yelen_failed(void) { return times_failed; }

static int fails(const char *call, int handle)
{
    char link[64], path[4096];
    ssize_t length;

    if (strcmp(armed, call) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    if (part[0] && !strstr(path, part))
        return 0;
    if (__sync_fetch_and_sub(&calls_left, 1) > 0)
        return 0;
    __sync_fetch_and_add(&times_failed, 1);
    errno = error_number;
    return 1;
}

#define WRAP(result, name, call, parameters, arguments) \
    result name parameters \
    { \
        static result (*real) parameters; \
        if (!real) \
            *(void **)&real = dlsym(RTLD_NEXT, #name); \
        return fails(call, handle) ? -1 : real arguments; \
    }

WRAP(ssize_t, write, "write", (int handle, const void *data, size_t size), (handle, data, size))
WRAP(ssize_t, pwrite, "write", (int handle, const void *data, size_t size, off_t at),
     (handle, data, size, at))
WRAP(ssize_t, pwrite64, "write", (int handle, const void *data, size_t size, off64_t at),
     (handle, data, size, at))
WRAP(ssize_t, read, "read", (int handle, void *data, size_t size), (handle, data, size))
WRAP(ssize_t, pread, "read", (int handle, void *data, size_t size, off_t at),
     (handle, data, size, at))
WRAP(ssize_t, pread64, "read", (int handle, void *data, size_t size, off64_t at),
     (handle, data, size, at))
WRAP(int, fsync, "fsync", (int handle), (handle))
WRAP(int, fdatasync, "fsync", (int handle), (handle))
WRAP(int, syncfs, "syncfs", (int handle), (handle))
