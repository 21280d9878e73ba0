/* The table itself, and finding rows in it. The rows stand in the rows_*.inc files, a section group each, in
   the order in which people see them. */
#include "catalogue/catalogue.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

#define NUM_MAX INT32_MAX /* 68 years in seconds: what follows can multiply by 1000 without overflow */
#define NUM_MIN INT32_MIN /* for numbers where "below 1" has a meaning */
#define BYTES_MAX                                                                                            \
    INT64_C(9007199254740991) /* the largest whole number that JavaScript clients keep exactly */

#define WHEN(...) ((const struct setting_condition[]){__VA_ARGS__, {NULL, SETTING_EQ, NULL}})
#define IS(setting, text)                                                                                    \
    {                                                                                                        \
        setting, SETTING_EQ, text                                                                            \
    }
#define NOT(setting, text)                                                                                   \
    {                                                                                                        \
        setting, SETTING_NE, text                                                                            \
    }
#define AT_LEAST(setting, text)                                                                              \
    {                                                                                                        \
        setting, SETTING_GTE, text                                                                           \
    }
#define ON(setting) IS(setting, "true")
#define OMNICHANNEL ON("Livechat_enabled")
#define CHOICES(...) ((const struct setting_choice[]){__VA_ARGS__, {NULL, NULL}})

static const struct setting_row rows[] = {
#include "catalogue/rows_general.inc"
#include "catalogue/rows_livechat.inc"
#include "catalogue/rows_integration.inc"
#include "catalogue/rows_routing.inc"
#include "catalogue/rows_usher.inc"
#include "catalogue/rows_workspace.inc"
#include "catalogue/rows_api.inc"
};

/* Row numbers in the order of their ids, for a binary search. */
static int16_t by_id[COUNT_OF(rows)];
static pthread_once_t by_id_once = PTHREAD_ONCE_INIT;

static int compare_numbers(const void *a, const void *b)
{
    return strcmp(rows[*(const int16_t *)a].id, rows[*(const int16_t *)b].id);
}

static void sort_by_id(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        by_id[i] = (int16_t)i;
    qsort(by_id, COUNT_OF(by_id), sizeof(by_id[0]), compare_numbers);
}

size_t catalogue_count(void)
{
    return COUNT_OF(rows);
}

const struct setting_row *catalogue_row(setting_no no)
{
    assert(no >= 0 && (size_t)no < COUNT_OF(rows));
    return &rows[no];
}

static int compare_key(const void *key, const void *number)
{
    return strcmp(key, rows[*(const int16_t *)number].id);
}

setting_no catalogue_find(const char *id)
{
    pthread_once(&by_id_once, sort_by_id);
    const int16_t *hit = id ? bsearch(id, by_id, COUNT_OF(by_id), sizeof(by_id[0]), compare_key) : NULL;
    return hit ? *hit : -1;
}

const char *const *catalogue_sections(size_t *n)
{
    static const char *const sections[] = {
        "General",          "Canned Responses", "External Frame", "Live Chat",
        "Business Hour",    "CRM Integration",  "Facebook",       "GDPR",
        "Queue Management", "Routing",          "Sessions",       "Video and Audio Call",
        "usher",            "Workspace",
    };
    *n = COUNT_OF(sections);
    return sections;
}
