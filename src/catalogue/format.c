/* The forms of texts, a row each: the words for people and the check. Lists are checked item by item. */
#include "catalogue/format.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/regexp.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define ALNUM LETTERS DIGITS
#define BLANKS " \t\r\n"
#define SHOWN_BYTES 60 /* of a faulty part */

/* --- parts: each takes the text from s to its end --- */

static bool consists_of(const char *s, const char *set)
{
    return *s != '\0' && s[strspn(s, set)] == '\0';
}

static bool has_controls_or_blanks(const char *s)
{
    for (; *s; s++)
        if ((unsigned char)*s <= 0x20 || *s == 0x7f)
            return true;
    return false;
}

/* Labels of letters, digits and inner hyphens, or other letters in UTF-8, separated by dots. */
static bool is_host_name(const char *s)
{
    size_t label = 0;
    if (strlen(s) > 253)
        return false;
    for (const char *p = s; *p; p++) {
        bool end = p[1] == '.' || p[1] == '\0';
        if (*p == '.') {
            if (label == 0)
                return false;
            label = 0;
            continue;
        }
        bool letter = strchr(ALNUM "_", *p) != NULL || (unsigned char)*p >= 0x80;
        if (!letter && !(*p == '-' && label > 0 && !end))
            return false;
        if (++label > 63)
            return false;
    }
    return label > 0;
}

static bool is_port(const char *s)
{
    return consists_of(s, DIGITS) && strlen(s) <= 5 && atoi(s) >= 1 && atoi(s) <= 65535;
}

/* host, host:port, [address] or [address]:port. */
static bool is_authority(const char *text, bool with_port)
{
    AUTO_FREE char *s = x_strdup(text);
    char *port = NULL;
    if (s[0] == '[') {
        char *close = strchr(s, ']');
        if (close == NULL || strspn(s + 1, "0123456789abcdefABCDEF:.") != (size_t)(close - s - 1) || close == s + 1)
            return false;
        if (close[1] != '\0' && close[1] != ':')
            return false;
        port = close[1] ? close + 2 : NULL;
    } else {
        port = strchr(s, ':');
        if (port)
            *port++ = '\0';
        if (!is_host_name(s))
            return false;
    }
    return port == NULL || (with_port && is_port(port));
}

static bool is_host(const char *s)
{
    return is_authority(s, false);
}

static bool is_host_and_port(const char *s)
{
    return is_authority(s, true);
}

static const char *behind_scheme(const char *s)
{
    if (strncasecmp(s, "http://", 7) == 0)
        return s + 7;
    return strncasecmp(s, "https://", 8) == 0 ? s + 8 : NULL;
}

static bool is_url(const char *s)
{
    const char *rest = behind_scheme(s);
    if (rest == NULL || has_controls_or_blanks(s))
        return false;
    AUTO_FREE char *authority = x_strndup(rest, strcspn(rest, "/?#"));
    char *at = strrchr(authority, '@');
    return is_host_and_port(at ? at + 1 : authority);
}

static bool is_bare_url(const char *s)
{
    return is_url(s) && strpbrk(s, "?#") == NULL;
}

static bool is_origin(const char *s)
{
    const char *rest = behind_scheme(s);
    return strcmp(s, "*") == 0 || (rest && is_host_and_port(rest));
}

static bool is_email(const char *s)
{
    const char *at = strrchr(s, '@');
    if (at == NULL || at == s || at - s > 64 || has_controls_or_blanks(s) || strchr("<>(),;:\"[]\\", *s))
        return false;
    AUTO_FREE char *local = x_strndup(s, (size_t)(at - s));
    bool dots = local[0] == '.' || local[strlen(local) - 1] == '.' || strstr(local, "..") != NULL;
    return strpbrk(local, "@<>(),;:\"[]\\") == NULL && !dots && is_host_name(at + 1);
}

static bool is_mailbox(const char *s)
{
    const char *open = strrchr(s, '<');
    size_t n = strlen(s);
    if (open == NULL)
        return is_email(s);
    if (s[n - 1] != '>' || strpbrk(s, "\r\n") != NULL)
        return false;
    AUTO_FREE char *address = x_strndup(open + 1, n - 2 - (size_t)(open - s));
    return is_email(address);
}

static bool is_ice_server(const char *s)
{
    static const char *const schemes[] = {"stun:", "stuns:", "turn:", "turns:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t n = strlen(schemes[i]);
        const char *at = strchr(s, '@'); /* user:password@turn:host, as the setting's help has it */
        const char *from = at && strncasecmp(at + 1, schemes[i], n) == 0 ? at + 1 : s;
        if (strncasecmp(from, schemes[i], n) != 0)
            continue;
        AUTO_FREE char *host = x_strndup(from + n, strcspn(from + n, "?"));
        const char *login = strrchr(host, '@');
        return is_host_and_port(login ? login + 1 : host);
    }
    return false;
}

static bool is_media_type(const char *s)
{
    static const char token[] = ALNUM "!#$&-^_.+";
    const char *slash = strchr(s, '/');
    AUTO_FREE char *type = slash ? x_strndup(s, (size_t)(slash - s)) : NULL;
    if (type == NULL)
        return false;
    return consists_of(type, token) && (strcmp(slash + 1, "*") == 0 || consists_of(slash + 1, token));
}

static bool is_channel(const char *s)
{
    return s[0] != '#' && strlen(s) <= 255 && !has_controls_or_blanks(s) && strpbrk(s, "/@,") == NULL;
}

/* Primary tag of two or three letters, then parts of up to eight letters and digits. */
static bool is_language(const char *s)
{
    size_t n = strspn(s, LETTERS);
    if (n < 2 || n > 3)
        return false;
    for (s += n; *s; s += n) {
        if (*s != '-' && *s != '_')
            return false;
        n = strspn(++s, ALNUM);
        if (n < 2 || n > 8)
            return false;
    }
    return true;
}

/* Where the system has a time zone database the name must be in it. */
static bool is_time_zone(const char *s)
{
    static const char base[] = "/usr/share/zoneinfo";
    if (!consists_of(s, ALNUM "_+-/") || !strchr(LETTERS, s[0]) || strlen(s) > 64 || s[strlen(s) - 1] == '/')
        return false;
    if (access("/usr/share/zoneinfo/Europe/Lisbon", R_OK) != 0)
        return true;
    char head[4] = "";
    AUTO_FREE char *path = x_asprintf("%s/%s", base, s);
    FILE *f = fopen(path, "re");
    bool found = f && fread(head, 1, sizeof head, f) == sizeof head && memcmp(head, "TZif", 4) == 0;
    if (f)
        fclose(f);
    return found;
}

static bool is_json_object(const char *s)
{
    json_t *v = json_loads(s, JSON_REJECT_DUPLICATES, NULL);
    bool good = json_is_object(v);
    json_decref(v);
    return good;
}

/* 32 bytes as base64url: 43 characters, of which the last carries four bits. */
static bool is_key_text(const char *s)
{
    return s && strlen(s) == 43 && consists_of(s, ALNUM "-_") && strchr("AEIMQUYcgkosw048", s[42]) != NULL;
}

static bool member_is(const json_t *o, const char *key, const char *wanted, bool needed)
{
    const json_t *v = json_object_get(o, key);
    return v == NULL ? !needed : str_eq(json_string_value(v), wanted);
}

static bool is_jwk(const char *s)
{
    json_t *v = json_loads(s, JSON_REJECT_DUPLICATES, NULL);
    bool good = json_is_object(v) && member_is(v, "kty", "oct", true) && member_is(v, "alg", "A256GCM", false) &&
                is_key_text(json_string_value(json_object_get(v, "k")));
    json_decref(v);
    return good;
}

static bool is_name(const char *s)
{
    return strlen(s) <= 40 && strpbrk(s, "=\"\\\r\n\t") == NULL;
}

static bool is_count(const char *s)
{
    const char *sign = strchr(s, '=');
    return sign && sign > s && sign - s <= 40 && consists_of(sign + 1, DIGITS) && strlen(sign + 1) <= 4 &&
           atoi(sign + 1) >= 1 && atoi(sign + 1) <= 1000;
}

/* --- the table --- */

static const struct format {
    const char *words;
    bool (*is_good)(const char *item);
    bool is_list;
    bool is_secret;                    /* what is wrong must not be repeated */
    int most;                          /* items of a list; 0: any number */
} formats[SETTING_FORMAT_COUNT] = {
    [SETTING_FORMAT_NONE] = {.words = ""},
    [SETTING_FORMAT_EMAIL] = {.words = "an e-mail address such as help@shop.example", .is_good = is_email},
    [SETTING_FORMAT_EMAIL_LIST] = {.words = "e-mail addresses separated by commas",
                                   .is_good = is_email, .is_list = true},
    [SETTING_FORMAT_MAILBOX] = {.words = "an e-mail address, or a name followed by the address in angle brackets",
                                .is_good = is_mailbox},
    [SETTING_FORMAT_URL] = {.words = "an address such as https://shop.example/path", .is_good = is_url},
    [SETTING_FORMAT_URL_BARE] = {.words = "an address such as https://shop.example/path, without ? and #",
                                 .is_good = is_bare_url},
    [SETTING_FORMAT_DOMAIN_LIST] = {.words = "hosts such as shop.example or shop.example:8080 separated by commas",
                                    .is_good = is_host_and_port, .is_list = true},
    [SETTING_FORMAT_HOST] = {.words = "the name or address of a host", .is_good = is_host},
    [SETTING_FORMAT_ORIGIN_LIST] = {.words = "*, or origins such as https://shop.example separated by commas",
                                    .is_good = is_origin, .is_list = true},
    [SETTING_FORMAT_ICE_LIST] = {.words = "servers such as stun:stun.example:3478 separated by commas",
                                 .is_good = is_ice_server, .is_list = true},
    [SETTING_FORMAT_REGEX] = {.words = "a regular expression"},
    [SETTING_FORMAT_JWK] = {.words = "a JWK with kty \"oct\", alg \"A256GCM\" and 32 bytes as base64url in k",
                            .is_good = is_jwk, .is_secret = true},
    [SETTING_FORMAT_JSON_OBJECT] = {.words = "a JSON object", .is_good = is_json_object},
    [SETTING_FORMAT_LANGUAGE] = {.words = "a language code such as en or pt-BR", .is_good = is_language},
    [SETTING_FORMAT_TIME_ZONE] = {.words = "a time zone such as Europe/Lisbon", .is_good = is_time_zone},
    [SETTING_FORMAT_CHANNEL] = {.words = "the name of a channel without #", .is_good = is_channel},
    [SETTING_FORMAT_MEDIA_TYPES] = {.words = "media types such as image/png or image/* separated by commas",
                                    .is_good = is_media_type, .is_list = true},
    [SETTING_FORMAT_WORD_LIST] = {.words = "at most 64 names separated by commas, of at most 40 characters each",
                                  .is_good = is_name, .is_list = true, .most = 64},
    [SETTING_FORMAT_COUNT_LIST] = {
        .words = "at most 16 pairs such as widget=2 separated by commas, numbers from 1 to 1000",
        .is_good = is_count, .is_list = true, .most = 16},
};

const char *setting_format_words(enum setting_format format)
{
    return formats[format].words;
}

static int refuse(const struct format *f, const char *item, struct error *err)
{
    size_t n = strlen(item), shown = n < SHOWN_BYTES ? n : SHOWN_BYTES;
    while (shown < n && shown > 0 && ((unsigned char)item[shown] & 0xC0) == 0x80)
        shown--;
    if (f->is_secret)
        return error_named(err, ERR_INVALID, "error-invalid-setting-value", "%s is expected", f->words);
    return error_named(err, ERR_INVALID, "error-invalid-setting-value", "\"%.*s%s\" is wrong: %s expected", (int)shown,
                       item, shown < n ? "…" : "", f->words);
}

static int check_regex(const char *text, struct error *err)
{
    struct error fault;
    if (regexp_check(text, &fault) == ERR_OK)
        return ERR_OK;
    return error_named(err, ERR_INVALID, "error-invalid-setting-value", "%s", fault.text);
}

static int check_list(const struct format *f, const char *text, struct error *err)
{
    int n_items = 0;
    for (const char *p = text;; p++) {
        p += strspn(p, BLANKS);
        size_t n = strcspn(p, ",");
        size_t end = n;
        while (end > 0 && strchr(BLANKS, p[end - 1]))
            end--;
        AUTO_FREE char *item = x_strndup(p, end);
        if (end == 0 || !f->is_good(item) || (f->most > 0 && ++n_items > f->most))
            return refuse(f, end ? item : text, err);
        p += n;
        if (*p == '\0')
            return ERR_OK;
    }
}

int setting_format_check(enum setting_format format, const char *text, struct error *err)
{
    const struct format *f = &formats[format];
    if (text[0] == '\0' || format == SETTING_FORMAT_NONE)
        return ERR_OK;
    if (format == SETTING_FORMAT_REGEX)
        return check_regex(text, err);
    if (f->is_list)
        return check_list(f, text, err);
    return f->is_good(text) ? ERR_OK : refuse(f, text, err);
}
