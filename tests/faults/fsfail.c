/* Loaded before the C library (LD_PRELOAD) by test_server_faults.py: a disk that fails. While the file named by
   FSFAIL_SWITCH exists, calls fail with EIO: fsync and fdatasync when it says "sync", writes when it says "write".
   Only the store's files are hit (…db, …-wal), so that the log stays readable. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_store(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return false;
    path[n] = '\0';
    return ends_with(path, ".db") || ends_with(path, "-wal");
}

static bool fails(int fd, const char *what)
{
    static int (*real_open)(const char *, int, ...);
    const char *name = getenv("FSFAIL_SWITCH");
    char word[16] = "";
    if (name == NULL)
        return false;
    if (real_open == NULL)
        *(void **)&real_open = dlsym(RTLD_NEXT, "open");
    int at = real_open(name, O_RDONLY | O_CLOEXEC);
    if (at < 0)
        return false;
    ssize_t n = read(at, word, sizeof word - 1);
    close(at);
    if (n <= 0 || strncmp(word, what, strlen(what)) != 0 || !is_store(fd))
        return false;
    errno = EIO;
    return true;
}

#define REAL(type, name, ...)                                  \
    static type (*real)(__VA_ARGS__);                          \
    if (real == NULL)                                          \
    *(void **)&real = dlsym(RTLD_NEXT, name)

int fsync(int fd)
{
    REAL(int, "fsync", int);
    return fails(fd, "sync") ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(int, "fdatasync", int);
    return fails(fd, "sync") ? -1 : real(fd);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    return fails(fd, "write") ? -1 : real(fd, data, n, at);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return fails(fd, "write") ? -1 : real(fd, data, n, at);
}

ssize_t write(int fd, const void *data, size_t n)
{
    REAL(ssize_t, "write", int, const void *, size_t);
    return fails(fd, "write") ? -1 : real(fd, data, n);
}
