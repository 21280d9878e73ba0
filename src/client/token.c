#include "client/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"

char *token_read(const char *path, struct error *err)
{
    struct stat st;
    char text[512];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT)
            error_set(err, ERR_IO, NULL, "The stored login %s cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077)) {
        close(fd);
        error_set(err, ERR_DENIED, NULL, "Others can read the stored login %s: it is not used", path);
        return NULL;
    }
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (n <= 0)
        return NULL;
    text[n] = '\0';
    text[strcspn(text, " \t\r\n")] = '\0';
    char *token = *text ? x_strdup(text) : NULL;
    explicit_bzero(text, sizeof(text));
    return token;
}

int token_write(const char *path, const char *token, struct error *err)
{
    AUTO_FREE char *temporary = x_asprintf("%s.new", path);
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return error_set(err, ERR_IO, NULL, "The login cannot be stored in %s: %s", path, strerror(errno));
    bool ok = dprintf(fd, "%s\n", token) > 0 && fsync(fd) == 0;
    close(fd);
    if (ok && rename(temporary, path) == 0)
        return 0;
    error_set(err, ERR_IO, NULL, "The login cannot be stored in %s: %s", path, strerror(errno));
    unlink(temporary);
    return ERR_IO;
}
