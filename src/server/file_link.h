/* Links to uploaded files that open without a login (rest 13.4, widget 8): signed tokens (JWT, HS256) that name one file
   and end after an hour. While FileUpload_Enable_json_web_token_for_files is on they stand in what visitors read. */
#ifndef SERVER_FILE_LINK_H
#define SERVER_FILE_LINK_H

#include <stdbool.h>

#include "common/jsonw.h"
#include "core/message.h"
#include "server/server.h"

/* A token for the file. Caller frees; NULL while the setting is off. */
char *file_link_token(const struct server *s, const char *file_id);
/* Was the token made for that file by this server, with the secret that is set now, and is it still valid? False while
   the setting is off. */
bool file_link_is_valid(const struct server *s, const char *file_id, const char *token);

/* A message as its visitor reads it: with fileUpload {publicFilePath, type, size} when it has a file. */
void file_link_message(struct jsonw *w, const char *key, const struct server *s, const struct message *m);

#endif
