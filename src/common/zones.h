/* The names of the system's time zone database, to choose from. */
#ifndef COMMON_ZONES_H
#define COMMON_ZONES_H

#include <stddef.h>

/* All names, sorted, read once; at least "UTC" when the system has no database. They live as long as the program. */
const char *const *zones_names(size_t *n);

#endif
