/* Filters as clients send them in `query` (rest 1.7): a JSON object matched against the JSON form of a record. */
#ifndef SERVER_FILTER_H
#define SERVER_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "server/api.h"

/* Does doc match? Fields may be dotted; $and, $or, $in, $nin, $ne, $eq, $exists, $gt, $gte, $lt, $lte, $regex with
   $options. Top-level operators other than these are left out of account. */
bool filter_match(const json_t *query, const json_t *doc);

/* The parameter `query` (NULL: none, a new reference). False when it is bad: then the failure has been sent. */
bool filter_param(struct api *a, json_t **out);
/* The parameter `fields`: an object of 0 and 1. The same. */
bool fields_param(struct api *a, json_t **out);

#endif
