#include "server/mime.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "common/mem.h"

static const struct {
    const char *end, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".css", "text/css; charset=utf-8"},
    {".json", "application/json"}, {".map", "application/json"}, {".svg", "image/svg+xml"}, {".png", "image/png"},
    {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".gif", "image/gif"}, {".webp", "image/webp"},
    {".ico", "image/x-icon"}, {".woff", "font/woff"}, {".woff2", "font/woff2"}, {".ttf", "font/ttf"},
    {".mp3", "audio/mpeg"}, {".ogg", "audio/ogg"}, {".wav", "audio/wav"}, {".mp4", "video/mp4"}, {".webm", "video/webm"},
    {".txt", "text/plain; charset=utf-8"}, {".md", "text/plain; charset=utf-8"}, {".pdf", "application/pdf"},
};

const char *mime_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNT_OF(types); i++)
        if (strcasecmp(dot, types[i].end) == 0)
            return types[i].type;
    return "application/octet-stream";
}

bool mime_listed(const char *list, const char *type)
{
    size_t n = strcspn(type, "; ");
    for (const char *p = list; *p;) {
        p += strspn(p, ", ");
        size_t len = strcspn(p, ", ");
        bool star = len >= 2 && p[len - 1] == '*' && p[len - 2] == '/';
        if (len > 0 && (star ? n >= len - 1 && strncasecmp(p, type, len - 1) == 0
                             : n == len && strncasecmp(p, type, len) == 0))
            return true;
        if (len == 3 && strncmp(p, "*/*", 3) == 0)
            return true;
        p += len;
    }
    return false;
}

bool mime_is_harmless(const char *type)
{
    return mime_listed("image/png,image/jpeg,image/gif,image/webp,audio/*,video/*,text/plain,application/pdf", type);
}
