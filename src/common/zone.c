#include "common/zone.h"

#include <string.h>
#include <unicode/ucal.h>

#define NAME_MAX_LEN 64

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
    if (!to_icu(name, asked))
        return false;
    ucal_getCanonicalTimeZoneID(asked, -1, canonical, NAME_MAX_LEN, &is_system, &fault);
    return U_SUCCESS(fault) && is_system;
}

int zone_offset_min(const char *name, int64_t ms)
{
    UChar asked[NAME_MAX_LEN];
    UErrorCode fault = U_ZERO_ERROR;
    if (!zone_is_known(name) || !to_icu(name, asked))
        return 0;
    UCalendar *calendar = ucal_open(asked, -1, "en", UCAL_GREGORIAN, &fault);
    if (U_FAILURE(fault))
        return 0;
    ucal_setMillis(calendar, (UDate)ms, &fault);
    int offset_ms = ucal_get(calendar, UCAL_ZONE_OFFSET, &fault) + ucal_get(calendar, UCAL_DST_OFFSET, &fault);
    ucal_close(calendar);
    return U_SUCCESS(fault) ? offset_ms / 60000 : 0;
}

const char *zone_of_system(void)
{
    static char name[NAME_MAX_LEN];
    UChar icu[NAME_MAX_LEN];
    UErrorCode fault = U_ZERO_ERROR;
    if (name[0])
        return name;
    int n = ucal_getDefaultTimeZone(icu, NAME_MAX_LEN, &fault);
    for (int i = 0; U_SUCCESS(fault) && i < n && i < NAME_MAX_LEN - 1; i++)
        name[i] = icu[i] < 0x80 ? (char)icu[i] : '\0';
    if (strcmp(name, "Etc/UTC") == 0 || !zone_is_known(name))
        strcpy(name, "UTC");
    return name;
}
