/* What servers say when they refuse, as errors for people: codes become sentences. */
#ifndef CLIENT_REFUSAL_H
#define CLIENT_REFUSAL_H

#include <jansson.h>
#include <stdbool.h>

#include "client/rest.h"
#include "common/error.h"

/* Fills err from an answer that is no success; ERR_OK when it is one. Knows both body generations (versions 2.2). */
int refusal_from_rest(const struct rest_answer *a, struct error *err);

/* Fills err from the error object of a method (rest 15.1). */
int refusal_from_method(const json_t *error, struct error *err);

/* True when err says that the server has no such method or endpoint. */
bool refusal_is_missing(const struct error *err);
bool refusal_is_second_factor(const struct error *err);

#endif
