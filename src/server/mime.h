/* Content types by the end of a file's name. */
#ifndef SERVER_MIME_H
#define SERVER_MIME_H

#include <stdbool.h>

const char *mime_of(const char *name);         /* "application/octet-stream" when unknown */
/* Does a comma separated list of types (image/x, with a star for all of a kind) contain it? */
bool mime_listed(const char *list, const char *type);
/* May a browser show it in place: images (no SVG), sound, film, plain text, PDF. */
bool mime_is_harmless(const char *type);

#endif
