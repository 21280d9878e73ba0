#include "common/zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define DATABASE "/usr/share/zoneinfo/tzdata.zi"
#define ZONES_MAX 2000

static char *names[ZONES_MAX];
static size_t count;

static void add(const char *name)
{
    if (count < ZONES_MAX && *name)
        names[count++] = x_strdup(name);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines "Z NAME …" are zones, "L TARGET NAME" other names of them. */
static void read_database(FILE *f)
{
    char line[512], name[128];
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "Z %127s", name) == 1 || sscanf(line, "L %*s %127s", name) == 1)
            add(name);
    }
}

const char *const *zones_names(size_t *n)
{
    if (count == 0) {
        FILE *f = fopen(DATABASE, "re");
        if (f) {
            read_database(f);
            fclose(f);
        }
        if (count == 0)
            add("UTC");
        qsort(names, count, sizeof *names, compare);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            if (kept && strcmp(names[kept - 1], names[i]) == 0)
                free(names[i]);
            else
                names[kept++] = names[i];
        }
        count = kept;
    }
    *n = count;
    return (const char *const *)names;
}
