#include "ui/settings_draft.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

struct slot {
    struct setting_value fallback;  /* the default, for what the server has not told */
    struct setting_value value;
    bool changed;
    int model;                      /* index in the model, -1: unknown; checked at every use */
};

struct settings_draft {
    struct client *client;
    struct slot *slots;
    size_t n;
};

struct settings_draft *settings_draft_new(struct client *client)
{
    struct settings_draft *d = x_calloc(1, sizeof *d);
    d->client = client;
    d->n = catalogue_count();
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

void settings_draft_revert(struct settings_draft *d, setting_no no)
{
    struct slot *s = &d->slots[no];
    if (s->changed)
        setting_value_free(&s->value);
    s->changed = false;
}

void settings_draft_set(struct settings_draft *d, setting_no no, const struct setting_value *v)
{
    struct slot *s = &d->slots[no];
    struct setting_value copy;
    setting_value_copy(&copy, v);
    settings_draft_revert(d, no);
    if (v->type != SETTING_SECRET && setting_value_equal(&copy, settings_draft_stored(d, no))) {
        setting_value_free(&copy);
        return;
    }
    s->value = copy;
    s->changed = true;
}

void settings_draft_clear(struct settings_draft *d)
{
    for (size_t i = 0; i < d->n; i++)
        settings_draft_revert(d, (setting_no)i);
}

static const struct setting_value *get_value(void *arg, setting_no no)
{
    return settings_draft_value(arg, no);
}

bool settings_draft_applies(const struct settings_draft *d, setting_no no, char *why, size_t n)
{
    return setting_applies(no, get_value, (void *)d, why, n);
}

void settings_draft_save(struct settings_draft *d, client_done done, void *arg)
{
    size_t n = 0;
    struct client_setting_change *list = x_calloc(settings_draft_count(d) + 1, sizeof *list);
    for (size_t i = 0; i < d->n; i++)
        if (d->slots[i].changed)
            list[n++] = (struct client_setting_change){(setting_no)i, d->slots[i].value};
    client_save_settings(d->client, list, n, done, arg);
    free(list);
}
