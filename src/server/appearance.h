/* The settings of two pages that are read and saved as a whole: how the widget looks, and the CRM integration (rest 9). */
#ifndef SERVER_APPEARANCE_H
#define SERVER_APPEARANCE_H

#include <stdbool.h>
#include <stddef.h>

extern const char *const appearance_ids[];
extern const size_t appearance_count;
extern const char *const integration_ids[];
extern const size_t integration_count;

bool appearance_has(const char *id);

#endif
