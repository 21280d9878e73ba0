/* Where this user's things lie, and how he logs in: the same for the console and for commands. */
#ifndef CLI_PLACES_H
#define CLI_PLACES_H

#include <stdbool.h>

#include "cli/options.h"
#include "common/error.h"

struct cli_places {
    char *socket_path, *db_path, *log_path, *outbox_dir;
    char *token_file, *password;   /* of a remote server, or NULL */
};

/* Is the server one that is reached by a URL? */
bool cli_is_remote(const struct cli_options *o);

/* Directories are made when missing. */
int cli_places_find(struct cli_places *p, const struct cli_options *o, struct error *err);
/* By the password command, or asked for on the terminal (ask) when no token is stored. ERR_INVALID: no user is named, or
   the server is no URL. */
int cli_places_password(struct cli_places *p, const struct cli_options *o, bool ask, struct error *err);
void cli_places_fini(struct cli_places *p);

#endif
