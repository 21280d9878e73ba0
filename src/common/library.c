#include "common/library.h"

#include <dlfcn.h>
#include <string.h>

#include "common/log.h"

bool library_load(const char *const *names, const struct library_row *rows, size_t n, void *table)
{
    void *lib = NULL;
    for (size_t i = 0; names[i] && lib == NULL; i++)
        lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (lib == NULL) {
        log_error("%s cannot be loaded: %s", names[0], dlerror());
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        void *found = dlsym(lib, rows[i].symbol);
        if (found == NULL) {
            log_error("%s has no %s", names[0], rows[i].symbol);
            return false;
        }
        memcpy((char *)table + rows[i].offset, &found, sizeof found);
    }
    return true;
}
