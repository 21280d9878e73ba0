/* E-mail addresses and phone numbers in what visitors write (behaviour 11.5). */
#include "core/internal.h"

#include <stdlib.h>
#include <string.h>

#include "common/regexp.h"

#define HITS_MAX 16
#define LIST_MAX 4000          /* bytes of all that was found of one kind */

static bool is_known(const char *list, const char *value)
{
    size_t n = strlen(value);
    for (const char *p = list; p && *p; p = strchr(p, '\n') + 1)
        if (strncmp(p, value, n) == 0 && p[n] == '\n')
            return true;
    return false;
}

/* The first one becomes the visitor's own. True: something is new. */
static bool add(char **own, char **list, const char *value)
{
    if (str_eq(*own, value) || is_known(*list, value))
        return false;
    if (*own == NULL || **own == '\0') {
        str_set(own, value);
        return true;
    }
    if (strlen(value) + (*list ? strlen(*list) : 0) > LIST_MAX)
        return false;
    char *all = x_asprintf("%s%s\n", *list ? *list : "", value);
    free(*list);
    *list = all;
    return true;
}

static char *trimmed(const char *text, const struct regexp_hit *hit)
{
    const char *from = text + hit->start, *to = from + hit->len;
    while (from < to && strchr(" \t\r\n", *from))
        from++;
    while (to > from && strchr(" \t\r\n", to[-1]))
        to--;
    return x_strndup(from, (size_t)(to - from));
}

struct kind {
    const char *setting;
    bool any_case, needs_digit;
    const char *needs;         /* the standard expression finds nothing without this; or NULL */
};

/* What one expression finds. Counts in *found; true: something is new. */
static bool look(struct step *s, const struct kind *k, const char *text, char **own, char **list, int *found)
{
    const char *pattern = core_setting_text(s->core, k->setting);
    struct regexp_hit hits[HITS_MAX];
    bool is_new = false;
    bool standard = strcmp(pattern, catalogue_row(catalogue_find(k->setting))->default_text) == 0;
    if (*pattern == '\0' || (k->needs_digit && text[strcspn(text, "0123456789")] == '\0') ||
        (standard && k->needs && strstr(text, k->needs) == NULL))
        return false;
    int n = regexp_find_all(pattern, text, k->any_case, hits, HITS_MAX, NULL);
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *value = trimmed(text, &hits[i]);
        if (*value == '\0' || strchr(value, '\n') || (k->needs_digit && value[strcspn(value, "0123456789")] == '\0'))
            continue;
        ++*found;
        is_new |= add(own, list, value);
    }
    return is_new;
}

void lead_look(struct step *s, struct room *r, const char *text)
{
    static const struct kind email = {"Livechat_lead_email_regex", true, false, "@"};
    static const struct kind phone = {"Livechat_lead_phone_regex", false, true, NULL};
    struct visitor *v = r->visitor;
    int found = 0;
    bool is_new = look(s, &email, text, &v->email, &v->more_emails, &found);
    is_new |= look(s, &phone, text, &v->phone, &v->more_phones, &found);
    if (is_new) {
        v->updated_ms = s->now;
        step_event(s, EVENT_VISITOR)->visitor = v;
    }
    if (found > 0)
        room_event(s, EVENT_LEAD, r);
}
