#include "ui/settings_draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

/* A value of the server at one moment. */
struct moment {
    struct setting_value value;
    int64_t revision; /* 0 unknown */
};

struct slot {
    struct setting_value fallback; /* the default, for what the server has not told */
    struct setting_value value;
    struct moment base;            /* what the server had when the change was begun; of changed ones */
    bool changed, reset;
    bool told; /* its conflict has been said */
    int model; /* index in the model, -1: unknown; checked at every use */
};

struct settings_draft {
    struct client *client;
    struct slot *slots;
    size_t n;
    setting_no watched; /* -1: none */
    struct moment watch;
};

struct settings_draft *settings_draft_new(struct client *client)
{
    struct settings_draft *d = x_calloc(1, sizeof *d);
    d->client = client;
    d->n = catalogue_count();
    d->watched = -1;
    d->slots = x_calloc(d->n, sizeof *d->slots);
    for (size_t i = 0; i < d->n; i++) {
        setting_value_default((setting_no)i, &d->slots[i].fallback);
        d->slots[i].model = -1;
    }
    return d;
}

void settings_draft_free(struct settings_draft **dp)
{
    struct settings_draft *d = *dp;
    *dp = NULL;
    if (d == NULL)
        return;
    settings_draft_clear(d);
    settings_draft_unwatch(d);
    for (size_t i = 0; i < d->n; i++)
        setting_value_free(&d->slots[i].fallback);
    free(d->slots);
    free(d);
}

const struct client_setting *settings_draft_known(const struct settings_draft *d, setting_no no)
{
    const struct client_model *m = client_model(d->client);
    struct slot *s = &d->slots[no];
    if (s->model < 0 || (size_t)s->model >= m->setting_count || m->settings[s->model].no != no) {
        s->model = -1;
        for (size_t i = 0; i < m->setting_count; i++)
            if (m->settings[i].no == no) {
                s->model = (int)i;
                break;
            }
    }
    return s->model < 0 || !m->settings[s->model].known ? NULL : &m->settings[s->model];
}

const struct setting_value *settings_draft_stored(const struct settings_draft *d, setting_no no)
{
    const struct client_setting *s = settings_draft_known(d, no);
    return s ? &s->value : &d->slots[no].fallback;
}

const struct setting_value *settings_draft_value(const struct settings_draft *d, setting_no no)
{
    return d->slots[no].changed ? &d->slots[no].value : settings_draft_stored(d, no);
}

bool settings_draft_stored_bool(const struct settings_draft *d, const char *id)
{
    setting_no no = catalogue_find(id);
    return no >= 0 && settings_draft_stored(d, no)->b;
}

bool settings_draft_is_changed(const struct settings_draft *d, setting_no no)
{
    return d->slots[no].changed;
}

size_t settings_draft_count(const struct settings_draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += d->slots[i].changed;
    return n;
}

bool settings_draft_is_reset(const struct settings_draft *d, setting_no no)
{
    return d->slots[no].changed && d->slots[no].reset;
}

bool settings_draft_differs(const struct settings_draft *d, setting_no no)
{
    const struct slot *s = &d->slots[no];
    const struct client_setting *known = settings_draft_known(d, no);
    if (s->fallback.type == SETTING_SECRET)
        return s->changed ? !s->reset : known && known->secret_set;
    return s->fallback.type != SETTING_ACTION && !setting_value_equal(settings_draft_value(d, no), &s->fallback);
}

static struct moment moment_now(const struct settings_draft *d, setting_no no)
{
    const struct client_setting *known = settings_draft_known(d, no);
    struct moment m = {.revision = known ? known->revision : 0};
    setting_value_copy(&m.value, settings_draft_stored(d, no));
    return m;
}

static bool has_passed(const struct settings_draft *d, setting_no no, const struct moment *m)
{
    const struct client_setting *known = settings_draft_known(d, no);
    if (m->value.type == SETTING_SECRET) /* its value is never told */
        return known && client_model(d->client)->keeps_setting_history && known->revision > m->revision;
    return !setting_value_equal(&m->value, settings_draft_stored(d, no));
}

void settings_draft_revert(struct settings_draft *d, setting_no no)
{
    struct slot *s = &d->slots[no];
    if (s->changed) {
        setting_value_free(&s->value);
        setting_value_free(&s->base.value);
    }
    s->changed = s->reset = s->told = false;
}

static bool is_stored(const struct settings_draft *d, setting_no no, const struct setting_value *v)
{
    return v->type != SETTING_SECRET && setting_value_equal(v, settings_draft_stored(d, no));
}

static void put(struct settings_draft *d, setting_no no, const struct setting_value *v, bool reset)
{
    struct slot *s = &d->slots[no];
    struct setting_value copy;
    setting_value_copy(&copy, v);
    if (s->changed)
        setting_value_free(&s->value);
    else
        s->base = moment_now(d, no);
    if (d->watched == no) {
        setting_value_free(&s->base.value);
        s->base.revision = d->watch.revision;
        setting_value_copy(&s->base.value, &d->watch.value);
    }
    s->value = copy;
    s->changed = true;
    s->reset = reset;
    if (is_stored(d, no, &s->value))
        settings_draft_revert(d, no);
}

void settings_draft_set(struct settings_draft *d, setting_no no, const struct setting_value *v)
{
    put(d, no, v, false);
}

void settings_draft_reset(struct settings_draft *d, setting_no no)
{
    const struct slot *s = &d->slots[no];
    const struct client_setting *known = settings_draft_known(d, no);
    if (s->fallback.type == SETTING_SECRET && !(known && known->secret_set))
        settings_draft_revert(d, no); /* there is nothing to clear */
    else
        put(d, no, &s->fallback, true);
}

void settings_draft_clear(struct settings_draft *d)
{
    for (size_t i = 0; i < d->n; i++)
        settings_draft_revert(d, (setting_no)i);
}

void settings_draft_watch(struct settings_draft *d, setting_no no)
{
    settings_draft_unwatch(d);
    d->watched = no;
    d->watch = moment_now(d, no);
}

bool settings_draft_has_moved(const struct settings_draft *d)
{
    return d->watched >= 0 && has_passed(d, d->watched, &d->watch);
}

void settings_draft_unwatch(struct settings_draft *d)
{
    if (d->watched >= 0)
        setting_value_free(&d->watch.value);
    d->watched = -1;
}

bool settings_draft_is_conflict(const struct settings_draft *d, setting_no no)
{
    return d->slots[no].changed && has_passed(d, no, &d->slots[no].base);
}

setting_no settings_draft_conflict(const struct settings_draft *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (settings_draft_is_conflict(d, (setting_no)i))
            return (setting_no)i;
    return -1;
}

void settings_draft_decide(struct settings_draft *d, setting_no no, bool mine)
{
    struct slot *s = &d->slots[no];
    if (!mine) {
        settings_draft_revert(d, no);
    } else if (s->changed) {
        setting_value_free(&s->base.value);
        s->base = moment_now(d, no);
        s->told = false;
    }
}

setting_no settings_draft_sync(struct settings_draft *d)
{
    setting_no fresh = -1;
    for (size_t i = 0; i < d->n; i++) {
        struct slot *s = &d->slots[i];
        setting_no no = (setting_no)i;
        if (s->changed && is_stored(d, no, &s->value))
            settings_draft_revert(d, no);
        bool conflict = settings_draft_is_conflict(d, no);
        if (conflict && !s->told && fresh < 0)
            fresh = no;
        s->told = conflict;
    }
    return fresh;
}

static const struct setting_value *get_value(void *arg, setting_no no)
{
    return settings_draft_value(arg, no);
}

bool settings_draft_applies(const struct settings_draft *d, setting_no no, char *why, size_t n)
{
    return setting_applies(no, get_value, (void *)d, why, n);
}

struct client_setting_change *settings_draft_changes(const struct settings_draft *d, size_t *n)
{
    struct client_setting_change *list = x_calloc(settings_draft_count(d) + 1, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (d->slots[i].changed)
            list[(*n)++] = (struct client_setting_change){(setting_no)i, d->slots[i].value, d->slots[i].reset};
    return list;
}
