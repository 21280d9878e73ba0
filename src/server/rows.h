/* Short forms for the rows of parameter tables in endpoint families. */
#ifndef SERVER_ROWS_H
#define SERVER_ROWS_H

#include "server/schema.h"

#define OPT(n, t) {.name = (n), .type = PARAM_##t}
#define REQ(n, t) {.name = (n), .type = PARAM_##t, .flags = PARAM_REQUIRED}
#define OPT_OR_NULL(n, t) {.name = (n), .type = PARAM_##t, .flags = PARAM_NULLABLE}
#define OPT_LIST(n, of) {.name = (n), .type = PARAM_ARRAY, .items = PARAM_##of}
#define REQ_LIST(n, of) {.name = (n), .type = PARAM_ARRAY, .flags = PARAM_REQUIRED, .items = PARAM_##of}
#define OPT_OBJECT(n, s) {.name = (n), .type = PARAM_OBJECT, .object = (s)}
#define REQ_OBJECT(n, s) {.name = (n), .type = PARAM_OBJECT, .flags = PARAM_REQUIRED, .object = (s)}
#define OPT_OBJECTS(n, s) {.name = (n), .type = PARAM_ARRAY, .object = (s)}
#define REQ_OBJECTS(n, s) {.name = (n), .type = PARAM_ARRAY, .flags = PARAM_REQUIRED, .object = (s)}

/* SCHEMA(STRICT, KEYS, rows…): a strict one with paging keys. */
#define SCHEMA(how, paging_keys, ...)                                                                                  \
    {.kind = SCHEMA_##how, .paging = PAGING_##paging_keys, .params = PARAMS(__VA_ARGS__)}
#define SCHEMA_BARE(how, paging_keys) {.kind = SCHEMA_##how, .paging = PAGING_##paging_keys}

#endif
