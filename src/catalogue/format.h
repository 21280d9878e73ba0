/* What a text setting must look like beyond its type: one check for the server, for editors and for files. */
#ifndef CATALOGUE_FORMAT_H
#define CATALOGUE_FORMAT_H

#include "common/error.h"

enum setting_format {
    SETTING_FORMAT_NONE,        /* any text */
    SETTING_FORMAT_EMAIL,       /* one address */
    SETTING_FORMAT_EMAIL_LIST,  /* addresses separated by commas */
    SETTING_FORMAT_MAILBOX,     /* an address, or a name with the address in angle brackets */
    SETTING_FORMAT_URL,         /* absolute http or https address */
    SETTING_FORMAT_URL_BARE,    /* the same without query and fragment */
    SETTING_FORMAT_DOMAIN_LIST, /* host or host:port, separated by commas, without scheme and slash */
    SETTING_FORMAT_HOST,        /* a host name or address */
    SETTING_FORMAT_ORIGIN_LIST, /* "*", or http(s)://host[:port] separated by commas */
    SETTING_FORMAT_ICE_LIST,    /* stun:, stuns:, turn:, turns: servers separated by commas */
    SETTING_FORMAT_REGEX,       /* a regular expression that PCRE2 compiles */
    SETTING_FORMAT_JWK,         /* 256-bit AES-GCM key as a JWK (behaviour 8) */
    SETTING_FORMAT_JSON_OBJECT,
    SETTING_FORMAT_LANGUAGE,    /* en, pt-BR */
    SETTING_FORMAT_TIME_ZONE,   /* a name of the time zone database */
    SETTING_FORMAT_CHANNEL,     /* name of a channel without the # */
    SETTING_FORMAT_MEDIA_TYPES, /* image/png, image/<star>, separated by commas */
    SETTING_FORMAT_WORD_LIST,   /* names separated by commas, at most 64 */
    SETTING_FORMAT_COUNT_LIST,  /* name=number separated by commas, at most 16, numbers from 1 to 1000 */
    SETTING_FORMAT_COUNT
};

/* Is the text of that form? The empty text always is. ERR_INVALID with name "error-invalid-setting-value" and a
   sentence that names the faulty part and what was expected; err may be NULL. text is valid UTF-8. */
int setting_format_check(enum setting_format format, const char *text, struct error *err);

/* What people are told to type: "an e-mail address"; "" for SETTING_FORMAT_NONE. */
const char *setting_format_words(enum setting_format format);

#endif
