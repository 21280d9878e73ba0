#include "outbound/moment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/udat.h>
#include <unicode/ustring.h>
#include <unicode/uvernum.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/library.h"
#include "common/mem.h"

#define LOCALE_MAX 40
#define ZONE_MAX 64
#define TEXT_MAX 128

#define ICU_FUNCTIONS(f)                                                                                               \
    f(udat_open) f(udat_close) f(udat_format) f(ucal_getCanonicalTimeZoneID) f(u_strFromUTF8) f(u_strToUTF8)

static struct icu_functions {
    ICU_FUNCTIONS(LIBRARY_MEMBER)
} icu;

#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct icu_functions, p_##function)},

struct moment_style {
    UDateFormat *format;
};

static bool load(void)
{
    static const char *const names[] = {LIBRARY_ICU, NULL};
    static const struct library_row rows[] = {ICU_FUNCTIONS(ROW)};
    static int loaded; /* 1: yes, -1: it cannot be */
    if (loaded == 0)
        loaded = library_load(names, rows, COUNT_OF(rows), &icu) ? 1 : -1;
    return loaded > 0;
}

/* The zone as ICU takes it; false when there is none of that name. */
static bool read_zone(const char *zone, UChar out[ZONE_MAX])
{
    UErrorCode code = U_ZERO_ERROR;
    UChar canonical[ZONE_MAX];
    UBool known = false;
    if (zone == NULL || *zone == '\0')
        return false;
    icu.p_u_strFromUTF8(out, ZONE_MAX, NULL, zone, -1, &code);
    if (U_SUCCESS(code))
        icu.p_ucal_getCanonicalTimeZoneID(out, -1, canonical, ZONE_MAX, &known, &code);
    if (U_SUCCESS(code) && known)
        return true;
    log_warn("there is no time zone \"%.60s\": the system's is used", zone);
    return false;
}

struct moment_style *moment_style_new(const char *language, const char *zone)
{
    UChar name[ZONE_MAX];
    char locale[LOCALE_MAX];
    UErrorCode code = U_ZERO_ERROR;
    if (!load())
        return NULL;
    snprintf(locale, sizeof locale, "%s", language && *language ? language : "en");
    bool has_zone = read_zone(zone, name);
    UDateFormat *format = icu.p_udat_open(UDAT_SHORT, UDAT_LONG, locale, has_zone ? name : NULL, -1, NULL, 0, &code);
    if (U_FAILURE(code))
        return NULL;
    struct moment_style *s = x_calloc(1, sizeof *s);
    s->format = format;
    return s;
}

void moment_style_free(struct moment_style **s)
{
    if (*s)
        icu.p_udat_close((*s)->format);
    free(*s);
    *s = NULL;
}

void moment_write(const struct moment_style *s, int64_t ms, char *out, size_t n)
{
    UChar text[TEXT_MAX];
    int32_t len = 0;
    UErrorCode code = U_ZERO_ERROR;
    if (s) {
        len = icu.p_udat_format(s->format, (UDate)ms, text, TEXT_MAX, NULL, &code);
        if (U_SUCCESS(code) && len < TEXT_MAX)
            icu.p_u_strToUTF8(out, (int32_t)n, NULL, text, len, &code);
        if (U_SUCCESS(code) && code != U_STRING_NOT_TERMINATED_WARNING && len < TEXT_MAX)
            return;
    }
    char iso[CLOCK_ISO_LEN + 1];
    clock_format_iso(ms, iso);
    snprintf(out, n, "%s", iso);
}
