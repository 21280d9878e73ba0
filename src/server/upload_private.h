/* Shared by upload.c (bytes to disk) and rest_upload.c (what becomes of them). */
#ifndef SERVER_UPLOAD_PRIVATE_H
#define SERVER_UPLOAD_PRIVATE_H

#include "common/id.h"
#include "server/api.h"
#include "server/multipart.h"
#include "server/upload.h"

struct upload {
    struct server *server;
    struct http_handle handle;
    struct api *api;               /* the request, once the body is complete */
    struct multipart parser;
    char id[ID_LEN + 1];
    char *rid, *token;             /* token NULL: a user uploads */
    char *path, *name, *type;      /* of the file */
    char *description, *msg, *field_name;
    struct buf field;              /* text field being read */
    struct buf pending, writing;   /* bytes for the disk */
    int64_t size, max_size;
    int fd, error, files;
    bool in_file, in_flight, is_paused, is_aborted, is_malformed, is_too_large, wrong_field, last_piece;
    bool keep;                     /* the file stays */
};

/* The body is complete: writes what is left, then upload_complete. */
void upload_finish(struct api *a);
/* Everything is on disk: answers a. u lives until this returns. */
void upload_complete(struct api *a, struct upload *u);

#endif
