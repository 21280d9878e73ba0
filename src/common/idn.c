#include "common/idn.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unicode/uidna.h>
#include <unicode/uvernum.h>

#include "common/library.h"
#include "common/mem.h"
#include "common/utf8.h"

#define HOST_MAX 253               /* bytes of a name in the domain name system */

/* ICU is loaded by the first name that is not ASCII; most servers never see one. */
#define IDN_FUNCTIONS(f) f(uidna_openUTS46) f(uidna_close) f(uidna_nameToASCII_UTF8)
#define LIBRARY_ICU_COMMON "libicuuc.so." U_ICU_VERSION_SHORT, "libicuuc." U_ICU_VERSION_SHORT ".dylib"
#define ROW(function) {LIBRARY_TEXT(function), offsetof(struct idn_functions, p_##function)},

static struct idn_functions {
    IDN_FUNCTIONS(LIBRARY_MEMBER)
} icu;

static bool loaded;

static void load(void)
{
    static const char *const names[] = {LIBRARY_ICU_COMMON, NULL};
    static const struct library_row rows[] = {IDN_FUNCTIONS(ROW)};
    loaded = library_load(names, rows, COUNT_OF(rows), &icu);
}

static bool is_ascii(const char *name)
{
    while (*name && !(*name & 0x80))
        name++;
    return *name == '\0';
}

char *idn_to_ascii(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char out[HOST_MAX + 1];
    UErrorCode fault = U_ZERO_ERROR;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    size_t n = strlen(name);
    if (is_ascii(name))
        return x_strdup(name);
    if (n > (size_t)HOST_MAX * 4 || !utf8_valid(name, n))
        return NULL;
    pthread_once(&once, load);
    if (!loaded)
        return NULL;
    UIDNA *rules = icu.p_uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ, &fault);
    if (U_FAILURE(fault))
        return NULL;
    int32_t made = icu.p_uidna_nameToASCII_UTF8(rules, name, (int32_t)n, out, HOST_MAX, &info, &fault);
    icu.p_uidna_close(rules);
    return U_SUCCESS(fault) && info.errors == 0 && made > 0 && made <= HOST_MAX ? x_strndup(out, (size_t)made) : NULL;
}
