/* The stored login: a file of one line that only its owner may read. */
#ifndef CLIENT_TOKEN_H
#define CLIENT_TOKEN_H

#include "common/error.h"

/* The token (caller frees), or NULL; with err->code set when the file is there but not to be trusted. */
char *token_read(const char *path, struct error *err);
/* 0, or ERR_IO with a sentence; the file is replaced as a whole, mode 0600. */
int token_write(const char *path, const char *token, struct error *err);

#endif
