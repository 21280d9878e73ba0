/* The quick JSON reader: what it takes, jansson takes too, and makes the same of it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#include "common/jsonflat.h"
#include "common/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    json_t *flat = jsonflat_load((const char *)data, n);
    if (flat == NULL)
        return 0;
    json_t *whole = json_loadb((const char *)data, n, 0, NULL);
    if (whole == NULL || !json_equal(flat, whole))
        abort();
    json_decref(whole);
    json_decref(flat);
    return 0;
}

#ifndef FUZZING
int main(int argc, char **argv)
{
    static const struct token tokens[] = {
        TOKEN("{"), TOKEN("{\"a\":"), TOKEN("\"token\""), TOKEN(":"), TOKEN(","), TOKEN("}"),
        TOKEN("\"text of a visitor\""), TOKEN("12"), TOKEN("0"), TOKEN("true"), TOKEN("null"),
        TOKEN("false,\"b\":"), TOKEN("\"\xc3\xa4\xe2\x82\xac\""), TOKEN("\"\\u0041\""), TOKEN(" \n\t"),
        TOKEN("{\"x\":\"y\",\"n\":7,\"x\":\"z\"}"), TOKEN("{}"), TOKEN("123456789012345"), TOKEN("\"")};
    return replay(argc, argv, tokens, COUNT_OF(tokens));
}
#endif
