#include "common/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"

char *path_join(const char *dir, const char *name)
{
    return x_asprintf("%s/%s", dir, name);
}

int path_make(const char *dir, struct error *err)
{
    AUTO_FREE char *copy = x_strdup(dir);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char keep = *p;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            return error_set(err, ERR_IO, NULL, "%s cannot be made: %s", copy, strerror(errno));
        *p = keep;
        if (keep == '\0')
            return ERR_OK;
    }
}

/* An absolute path from the environment, else below home. */
static char *xdg(const char *variable, const char *below_home, bool make, struct error *err)
{
    const char *base = getenv(variable), *home = getenv("HOME");
    char *dir;
    if (base && base[0] == '/') {
        dir = path_join(base, "usher");
    } else if (home && home[0] == '/') {
        dir = x_asprintf("%s/%s/usher", home, below_home);
    } else {
        error_set(err, ERR_NOT_FOUND, "HOME", "neither %s nor HOME names a directory", variable);
        return NULL;
    }
    if (make && path_make(dir, err) != ERR_OK) {
        free(dir);
        return NULL;
    }
    return dir;
}

char *path_config_dir(struct error *err)
{
    return xdg("XDG_CONFIG_HOME", ".config", false, err);
}

char *path_data_dir(struct error *err)
{
    return xdg("XDG_DATA_HOME", ".local/share", true, err);
}

char *path_state_dir(struct error *err)
{
    return xdg("XDG_STATE_HOME", ".local/state", true, err);
}

static int check_own_dir(const char *dir, struct error *err)
{
    struct stat st;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return error_set(err, ERR_IO, NULL, "%s cannot be made: %s", dir, strerror(errno));
    if (lstat(dir, &st) != 0)
        return error_set(err, ERR_IO, NULL, "%s: %s", dir, strerror(errno));
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077) != 0)
        return error_set(err, ERR_DENIED, NULL, "%s is not a directory of yours that nobody else may enter", dir);
    return ERR_OK;
}

char *path_runtime_dir(struct error *err)
{
    const char *base = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
    char *dir = base && base[0] == '/'
                    ? path_join(base, "usher")
                    : x_asprintf("%s/usher-%u", tmp && tmp[0] == '/' ? tmp : "/tmp", (unsigned)geteuid());
    if (check_own_dir(dir, err) != ERR_OK) {
        free(dir);
        return NULL;
    }
    return dir;
}

char *path_sibling(const char *program)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n > 0) {
        self[n] = '\0';
        char *slash = strrchr(self, '/');
        if (slash) {
            *slash = '\0';
            char *beside = path_join(self, program);
            if (access(beside, X_OK) == 0)
                return beside;
            free(beside);
        }
    }
    return x_strdup(program);
}

int path_check_private(const char *file, struct error *err)
{
    struct stat st;
    if (stat(file, &st) != 0)
        return error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, NULL, "%s: %s", file, strerror(errno));
    if ((st.st_mode & 077) != 0)
        return error_set(err, ERR_DENIED, NULL, "%s can be read by others; chmod 600 it", file);
    return ERR_OK;
}
