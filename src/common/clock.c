#include "common/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/mem.h"

int64_t clock_now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void put_digits(char *out, int v, int n)
{
    while (n-- > 0) {
        out[n] = (char)('0' + v % 10);
        v /= 10;
    }
}

static void format_second(int64_t seconds, char out[CLOCK_ISO_LEN + 1])
{
    time_t t = (time_t)seconds;
    struct tm tm;
    gmtime_r(&t, &tm);
    memcpy(out, "0000-00-00T00:00:00.000Z", CLOCK_ISO_LEN + 1);
    put_digits(out, tm.tm_year + 1900, 4);
    put_digits(out + 5, tm.tm_mon + 1, 2);
    put_digits(out + 8, tm.tm_mday, 2);
    put_digits(out + 11, tm.tm_hour, 2);
    put_digits(out + 14, tm.tm_min, 2);
    put_digits(out + 17, tm.tm_sec, 2);
}

void clock_format_iso(int64_t ms, char out[CLOCK_ISO_LEN + 1])
{
    const int64_t first = -62167219200000LL, last = 253402300799999LL; /* years 0 and 9999 */
    if (ms < first)
        ms = first;
    if (ms > last)
        ms = last;
    int64_t seconds = ms / 1000;
    int rest = (int)(ms % 1000);
    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    static _Thread_local char known[CLOCK_ISO_LEN + 1]; /* most dates that are written are of the second before */
    static _Thread_local int64_t known_seconds = INT64_MIN;
    if (seconds != known_seconds) {
        format_second(seconds, known);
        known_seconds = seconds;
    }
    memcpy(out, known, sizeof(known));
    put_digits(out + 20, rest, 3);
}

/* "Z", "+01:00", "+0100", "GMT", or nothing: minutes east of UTC. */
static bool parse_zone(const char *s, int *minutes)
{
    *minutes = 0;
    while (*s == ' ')
        s++;
    if (*s == '\0' || strcasecmp(s, "z") == 0 || strcasecmp(s, "gmt") == 0 || strcasecmp(s, "utc") == 0)
        return true;
    if (*s != '+' && *s != '-')
        return false;
    int h = 0, m = 0, n = 0;
    if (sscanf(s + 1, "%2d:%2d%n", &h, &m, &n) < 2 && sscanf(s + 1, "%2d%2d%n", &h, &m, &n) < 2)
        return false;
    if (s[1 + n] != '\0' || h < 0 || h > 14 || m < 0 || m > 59)
        return false;
    *minutes = (*s == '-' ? -1 : 1) * (h * 60 + m);
    return true;
}

static bool compose(int y, int mo, int d, int h, int mi, int s, int ms, const char *zone, int64_t *out)
{
    int minutes;
    if (mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 24 || mi < 0 || mi > 59 || s < 0 || s > 60)
        return false;
    if (!parse_zone(zone, &minutes))
        return false;
    struct tm tm = {.tm_year = y - 1900, .tm_mon = mo - 1, .tm_mday = d, .tm_hour = h, .tm_min = mi, .tm_sec = s};
    *out = ((int64_t)timegm(&tm) - (int64_t)minutes * 60) * 1000 + ms;
    return true;
}

static bool parse_iso(const char *t, int64_t *out)
{
    int y, mo = 1, d = 1, h = 0, mi = 0, s = 0, ms = 0, n = 0;
    if (sscanf(t, "%4d-%2d-%2d%n", &y, &mo, &d, &n) < 3 || n == 0)
        return false;
    t += n;
    if (*t == '\0')
        return compose(y, mo, d, 0, 0, 0, 0, "", out);
    if (*t != 'T' && *t != ' ')
        return false;
    t++;
    n = 0;
    if (sscanf(t, "%2d:%2d%n", &h, &mi, &n) < 2 || n == 0)
        return false;
    t += n;
    if (*t == ':') {
        n = 0;
        if (sscanf(t, ":%2d%n", &s, &n) < 1 || n == 0)
            return false;
        t += n;
    }
    if (*t == '.') {
        int scale = 100;
        for (t++; *t >= '0' && *t <= '9'; t++, scale /= 10)
            ms += (*t - '0') * scale;
    }
    return compose(y, mo, d, h, mi, s, ms, t, out);
}

static bool parse_rfc2822(const char *t, int64_t *out)
{
    static const char *months = "janfebmaraprmayjunjulaugsepoctnovdec";
    const char *comma = strchr(t, ',');
    if (comma)
        t = comma + 1;
    int d, y, h = 0, mi = 0, s = 0, n = 0;
    char mon[4];
    if (sscanf(t, " %2d %3s %4d%n", &d, mon, &y, &n) < 3)
        return false;
    t += n;
    n = 0;
    if (sscanf(t, " %2d:%2d:%2d%n", &h, &mi, &s, &n) == 3)
        t += n;
    for (int i = 0; i < 12; i++)
        if (strncasecmp(mon, months + (size_t)i * 3, 3) == 0)
            return compose(y, i + 1, d, h, mi, s, 0, t, out);
    return false;
}

bool clock_parse(const char *text, int64_t *ms)
{
    return parse_iso(text, ms) || parse_rfc2822(text, ms);
}
