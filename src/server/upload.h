/* Uploads: multipart bodies are written to files beside the store while they come in, with bounded memory. */
#ifndef SERVER_UPLOAD_H
#define SERVER_UPLOAD_H

#include "server/http.h"
#include "server/server.h"

struct upload;

/* HTTP_BODY_STREAM for the upload endpoints with a multipart body (checked: token and room), else HTTP_BODY_BUFFER. */
enum http_body_plan upload_plan(struct server *s, const struct http_request *req, void **stream);
int upload_data(struct server *s, struct http_handle handle, void *stream, const char *data, size_t n);
void upload_abort(struct server *s, void *stream);

/* Path of a stored file. Caller frees. */
char *upload_path(const struct server *s, const char *file_id);

#endif
