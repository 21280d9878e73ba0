#include "common/entity.h"

#include <stddef.h>
#include <string.h>

#include "common/mem.h"

void text_unescape(char *text)
{
    static const struct {
        const char *entity;
        char plain;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#x27;", '\''}, {"&#x60;", '`'}};
    char *to = text;
    for (const char *from = text; *from;) {
        size_t len = 0;
        for (size_t i = 0; *from == '&' && i < COUNT_OF(entities) && len == 0; i++) {
            if (strncmp(from, entities[i].entity, strlen(entities[i].entity)) == 0) {
                len = strlen(entities[i].entity);
                *to++ = entities[i].plain;
            }
        }
        if (len == 0)
            *to++ = *from++;
        from += len;
    }
    *to = '\0';
}
