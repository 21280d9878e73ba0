#include "ui/matrix_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/draw.h"
#include "ui/form.h"
#include "ui/record_show.h"

#define COLUMN 9
#define SHOWN_CHANGES 8

const struct record_value *matrix_stored(const struct record *right)
{
    return &right->values[record_field_find(record_kind(RECORD_RIGHTS), "roles")];
}

struct matrix_change *matrix_change_of(const struct matrix *m, const char *right)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->changes[i].right, right) == 0)
            return &m->changes[i];
    return NULL;
}

static void change_fini(struct matrix_change *c)
{
    free(c->right);
    record_value_fini(&c->was);
    record_value_fini(&c->roles);
}

void matrix_forget(struct matrix *m, struct matrix_change *c)
{
    change_fini(c);
    *c = m->changes[--m->n];
}

void matrix_fini(struct matrix *m)
{
    for (size_t i = 0; i < m->n; i++)
        change_fini(&m->changes[i]);
    free(m->changes);
    m->changes = NULL;
    m->n = 0;
}

int matrix_name_cols(int w)
{
    return w >= 70 ? 36 : w / 2;
}

static const char *short_name(const char *role)
{
    return strncmp(role, "livechat-", 9) == 0 ? role + 9 : role;
}

static int columns_in(int w)
{
    int n = (w - matrix_name_cols(w) - 2) / COLUMN;
    return n < 1 ? 1 : n;
}

void matrix_paint_head(struct ui *ui, struct matrix *m, struct rect r)
{
    const struct client_records *roles = client_records(ui->client, RECORD_ROLES);
    int n = columns_in(r.w), x = r.x + matrix_name_cols(r.w) + 2;
    if (m->column < m->first)
        m->first = m->column;
    if (m->column >= m->first + n)
        m->first = m->column - n + 1;
    draw_clip(ui, r.x + 1, r.y, plain(ROLE_HEADER), "Right", matrix_name_cols(r.w));
    for (int i = 0; i < n && m->first + i < (int)roles->count; i++)
        draw_clip(ui, x + i * COLUMN, r.y, plain(m->first + i == m->column ? ROLE_STRONG : ROLE_HEADER),
                  short_name(roles->items[m->first + i]->id), COLUMN - 1);
}

void matrix_paint_row(struct ui *ui, const struct matrix *m, const struct record *right, struct rect r,
                      enum role_place at, bool cursor)
{
    const struct client_records *roles = client_records(ui->client, RECORD_ROLES);
    int n = columns_in(r.w), x = r.x + matrix_name_cols(r.w) + 2;
    const struct matrix_change *c = matrix_change_of(m, right->id);
    const struct record_value *was = c ? &c->was : matrix_stored(right), *now = c ? &c->roles : was;
    draw_clip(ui, r.x + 1, r.y, style_of(now == was ? ROLE_TEXT : ROLE_CHANGED, at), right->id, matrix_name_cols(r.w));
    for (int i = 0; i < n && m->first + i < (int)roles->count; i++) {
        const char *role = roles->items[m->first + i]->id;
        bool on = record_value_has(now, role), changed = on != record_value_has(was, role);
        bool here = cursor && m->first + i == m->column;
        unsigned style = here ? plain(ROLE_BUTTON_FOCUS)
                              : style_of(changed ? ROLE_CHANGED : on ? ROLE_NOTICE : ROLE_DIM_TEXT, at);
        draw_textf(ui, x + i * COLUMN, r.y, style, COLUMN - 1, " %s%s ", on ? "●" : "·", changed ? "*" : " ");
    }
}

int matrix_toggle(struct ui *ui, struct matrix *m, const struct record *right, struct error *err)
{
    const struct client_records *roles = client_records(ui->client, RECORD_ROLES);
    if (m->column >= (int)roles->count)
        return error_set(err, ERR_STATE, NULL, "The roles are not known yet");
    if (m->sending)
        return error_set(err, ERR_STATE, NULL, "The rights are being saved");
    const char *role = roles->items[m->column]->id;
    struct matrix_change *c = matrix_change_of(m, right->id);
    if (c == NULL) {
        m->changes = x_reallocarray(m->changes, m->n + 1, sizeof *m->changes);
        c = &m->changes[m->n++];
        *c = (struct matrix_change){.right = x_strdup(right->id)};
        record_value_copy(&c->was, matrix_stored(right));
        record_value_copy(&c->roles, &c->was);
    }
    size_t at = 0;
    while (at < c->roles.count && strcmp(c->roles.items[at], role) != 0)
        at++;
    if (at < c->roles.count)
        record_value_remove(&c->roles, at);
    else
        record_value_add(&c->roles, role);
    if (matrix_same(&c->roles, &c->was))
        matrix_forget(m, c);
    return 0;
}

bool matrix_move(struct ui *ui, struct matrix *m, int by)
{
    int n = (int)client_records(ui->client, RECORD_ROLES)->count;
    if (m->column + by < 0)
        return false;
    if (m->column + by < n)
        m->column += by;
    return true;
}

struct saving {
    struct ui *ui;
    struct matrix *m;
};

static void saved(void *arg, const struct error *err)
{
    struct saving *s = arg;
    s->m->sending = false;
    if (err) {
        ui_say(s->ui, true, "%s", err->text);
    } else {
        ui_say(s->ui, false, "Saved: the rights hold from now on");
        matrix_fini(s->m);
        ui_dirty_all(s->ui);
    }
    free(s);
}

/* What is on the server now: somebody else may have changed the same rights. */
static void compared(void *arg, const struct record *now, const struct error *err)
{
    struct saving *s = arg;
    struct matrix *m = s->m;
    (void)now;
    if (err || !matrix_settled(s->ui, m) || m->n == 0) {
        m->sending = false;
        if (err)
            ui_say(s->ui, true, "%s", err->text);
        ui_schedule(s->ui);
        free(s);
        return;
    }
    struct client_right_change *changes = x_calloc(m->n + 1, sizeof *changes);
    for (size_t i = 0; i < m->n; i++)
        changes[i] = (struct client_right_change){m->changes[i].right, &m->changes[i].roles};
    client_save_rights(s->ui->client, changes, m->n, saved, s);
    free(changes);
}

void matrix_send(struct ui *ui, struct matrix *m)
{
    if (m->n == 0 || m->sending)
        return;
    struct saving *s = x_calloc(1, sizeof *s);
    *s = (struct saving){ui, m};
    m->sending = true;
    client_record_reread(ui->client, RECORD_RIGHTS, m->changes[0].right, compared, s);
}

static int accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)err;
    matrix_send(ui, arg);
    return 0;
}

void matrix_save(struct ui *ui, struct matrix *m, struct error *err)
{
    char why[320];
    if (m->n == 0) {
        error_set(err, ERR_STATE, NULL, "No right is changed");
        return;
    }
    if (!record_may(ui, record_kind(RECORD_RIGHTS)->may_save, why, sizeof why, "change rights")) {
        record_refuse(ui, why);
        return;
    }
    struct buf text = BUF_INIT;
    buf_printf(&text, "Change %zu right%s for everybody, at once?", m->n, m->n == 1 ? "" : "s");
    for (size_t i = 0; i < m->n && i < SHOWN_CHANGES; i++) {
        buf_printf(&text, "\n  %s:", m->changes[i].right);
        matrix_describe(&m->changes[i].was, &m->changes[i].roles, &text);
    }
    if (m->n > SHOWN_CHANGES)
        buf_printf(&text, "\n  and %zu more", m->n - SHOWN_CHANGES);
    form_show(form_new(ui, "Permissions", text.data, "Change", accepted, m, NULL));
    buf_free(&text);
}

static int discard_accepted(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    (void)f;
    (void)err;
    matrix_fini(arg);
    ui_dirty_all(ui);
    return 0;
}

void matrix_discard(struct ui *ui, struct matrix *m, struct error *err)
{
    if (m->n == 0) {
        error_set(err, ERR_STATE, NULL, "No right is changed");
        return;
    }
    AUTO_FREE char *text = x_asprintf("Forget the change%s of %zu right%s?", m->n == 1 ? "" : "s", m->n, m->n == 1 ? "" : "s");
    struct form *f = form_new(ui, "Discard", text, "Discard", discard_accepted, m, NULL);
    form_danger(f);
    form_show(f);
}
