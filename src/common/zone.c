#include "common/zone.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unicode/ucal.h>
#include <unicode/uvernum.h>

#include "common/library.h"
#include "common/mem.h"

#define NAME_MAX_LEN 64

/* ICU is loaded by the first question: its thirty megabytes are not for a daemon that nobody asks. */
#define ICU_FUNCTIONS(f)                                                                                               \
    f(ucal_getCanonicalTimeZoneID) f(ucal_open) f(ucal_close) f(ucal_setMillis) f(ucal_get) f(ucal_getDefaultTimeZone)     \
    f(ucal_getTimeZoneTransitionDate)

static struct icu_functions {
    ICU_FUNCTIONS(LIBRARY_MEMBER)
} icu;

#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct icu_functions, p_##function)},

static bool loaded;

static void load(void)
{
    static const char *const names[] = {LIBRARY_ICU, NULL};
    static const struct library_row rows[] = {ICU_FUNCTIONS(ROW)};
    loaded = library_load(names, rows, COUNT_OF(rows), &icu);
}

static bool have_icu(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return loaded;
}

/* Names of zones are plain ASCII. */
static bool to_icu(const char *name, UChar out[NAME_MAX_LEN])
{
    size_t n = strlen(name);
    if (n == 0 || n >= NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i <= n; i++) {
        if (name[i] & 0x80)
            return false;
        out[i] = (UChar)name[i];
    }
    return true;
}

bool zone_is_known(const char *name)
{
    UChar asked[NAME_MAX_LEN], canonical[NAME_MAX_LEN];
    UBool is_system = false;
    UErrorCode fault = U_ZERO_ERROR;
    if (strcmp(name, "UTC") == 0)
        return true;
    if (!have_icu() || !to_icu(name, asked))
        return false;
    icu.p_ucal_getCanonicalTimeZoneID(asked, -1, canonical, NAME_MAX_LEN, &is_system, &fault);
    return U_SUCCESS(fault) && is_system;
}

/* A calendar of that zone; NULL: there is none. */
static UCalendar *open_calendar(const char *name)
{
    UChar asked[NAME_MAX_LEN];
    UErrorCode fault = U_ZERO_ERROR;
    if (!zone_is_known(name) || !have_icu() || !to_icu(name, asked))
        return NULL;
    UCalendar *calendar = icu.p_ucal_open(asked, -1, "en", UCAL_GREGORIAN, &fault);
    return U_SUCCESS(fault) ? calendar : NULL;
}

static int32_t ahead_at(UCalendar *calendar, int64_t ms)
{
    UErrorCode fault = U_ZERO_ERROR;
    icu.p_ucal_setMillis(calendar, (UDate)ms, &fault);
    int32_t ahead = icu.p_ucal_get(calendar, UCAL_ZONE_OFFSET, &fault) + icu.p_ucal_get(calendar, UCAL_DST_OFFSET, &fault);
    return U_SUCCESS(fault) ? ahead : 0;
}

int zone_offset_min(const char *name, int64_t ms)
{
    UCalendar *calendar = strcmp(name, "UTC") == 0 ? NULL : open_calendar(name);
    if (calendar == NULL)
        return 0;
    int32_t ahead = ahead_at(calendar, ms);
    icu.p_ucal_close(calendar);
    return ahead / 60000;
}

/* --- tables --- */

#define TABLE_FROM_MS 946684800000    /* 2000-01-01 */
#define TABLE_TO_MS 4133980800000     /* 2101-01-01 */

/* A zone that was asked for, with its table. */
struct known_zone {
    char name[NAME_MAX_LEN];
    struct zone_table table;
    struct known_zone *next;
};

static struct known_zone *known_zones;

/* When the clocks change next after ms; false: not within the table. */
static bool next_change(UCalendar *calendar, int64_t ms, int64_t *at)
{
    UErrorCode fault = U_ZERO_ERROR;
    UDate found;
    icu.p_ucal_setMillis(calendar, (UDate)ms, &fault);
    if (!icu.p_ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &found, &fault) || U_FAILURE(fault))
        return false;
    *at = (int64_t)found;
    return *at > ms && *at < TABLE_TO_MS;
}

static struct known_zone *make_table(const char *name, UCalendar *calendar)
{
    struct known_zone *zone = x_calloc(1, sizeof(*zone));
    struct zone_step *steps = NULL;
    size_t n = 0, cap = 0;
    int64_t at = TABLE_FROM_MS;
    snprintf(zone->name, sizeof zone->name, "%s", name);
    do {
        int32_t ahead = calendar ? ahead_at(calendar, at) : 0;
        if (n > 0 && steps[n - 1].ahead_ms == ahead)
            continue; /* another name, or winter became summer at the same distance */
        if (n == cap) {
            cap = cap ? cap * 2 : 4;
            steps = x_reallocarray(steps, cap, sizeof(*steps));
        }
        steps[n++] = (struct zone_step){at, ahead};
    } while (calendar && next_change(calendar, at, &at));
    zone->table = (struct zone_table){steps, n};
    return zone;
}

const struct zone_table *zone_table_of(const char *name)
{
    bool is_utc = strcmp(name, "UTC") == 0;
    for (struct known_zone *z = known_zones; z; z = z->next)
        if (strcmp(z->name, name) == 0)
            return &z->table;
    UCalendar *calendar = is_utc ? NULL : open_calendar(name);
    if (calendar == NULL && !is_utc)
        return NULL;
    struct known_zone *made = make_table(name, calendar);
    if (calendar)
        icu.p_ucal_close(calendar);
    made->next = known_zones;
    known_zones = made;
    return &made->table;
}

/* Most machines name their zone by a link, which needs no ICU to be read. */
static bool read_link(char out[NAME_MAX_LEN])
{
    char target[256];
    ssize_t n = getenv("TZ") ? -1 : readlink("/etc/localtime", target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    const char *name = strstr(target, "/zoneinfo/");
    if (name == NULL || access("/etc/localtime", R_OK) != 0)
        return false;
    return strlcpy(out, name + strlen("/zoneinfo/"), NAME_MAX_LEN) < NAME_MAX_LEN;
}

const char *zone_of_system(void)
{
    static char name[NAME_MAX_LEN];
    UChar zone[NAME_MAX_LEN];
    UErrorCode fault = U_ZERO_ERROR;
    if (name[0])
        return name;
    if (read_link(name)) {
        if (strcmp(name, "Etc/UTC") == 0)
            strcpy(name, "UTC");
        return name;
    }
    name[0] = '\0';
    int n = have_icu() ? icu.p_ucal_getDefaultTimeZone(zone, NAME_MAX_LEN, &fault) : 0;
    for (int i = 0; U_SUCCESS(fault) && i < n && i < NAME_MAX_LEN - 1; i++)
        name[i] = zone[i] < 0x80 ? (char)zone[i] : '\0';
    if (strcmp(name, "Etc/UTC") == 0 || !zone_is_known(name))
        strcpy(name, "UTC");
    return name;
}
