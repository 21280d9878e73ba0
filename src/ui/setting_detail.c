/* What a setting or a button means, beside the tree: help, value and where it comes from, conditions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "catalogue/color.h"
#include "catalogue/condition.h"
#include "common/mem.h"
#include "ui/draw.h"
#include "ui/setting_edit.h"

#define SWATCH_STYLE 1001
#define NAME_COLS 10

void format_moment(int64_t ms, char *out, size_t n)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm = {0};
    localtime_r(&t, &tm);
    if (ms <= 0 || strftime(out, n, "%Y-%m-%d %H:%M", &tm) == 0)
        snprintf(out, n, "%s", "");
}

void setting_origin(const struct client_setting *known, char *out, size_t n)
{
    char when[32];
    format_moment(known ? known->at_ms : 0, when, sizeof when);
    out[0] = '\0';
    if (known == NULL || known->source == SETTING_SOURCE_UNKNOWN)
        return;
    if (known->source == SETTING_SOURCE_DEFAULT)
        snprintf(out, n, "default, never changed");
    else
        snprintf(out, n, "%s%s%s",
                 known->source == SETTING_SOURCE_FILE ? "the daemon's file"
                 : known->by                          ? known->by
                                                      : "somebody",
                 *when ? ", " : "", when);
}

/* A rectangle that is filled from above, or a dialog that has room for everything. */
struct column {
    struct ui *ui;
    struct rect r;
    int y;
    struct report *report; /* NULL: the rectangle */
    bool cut;              /* something had no room */
};

static struct rect rest(const struct column *p, int indent)
{
    return (struct rect){p->r.x + indent, p->y, p->r.w - indent, p->r.y + p->r.h - p->y};
}

static bool is_full(struct column *p)
{
    p->cut |= p->y >= p->r.y + p->r.h;
    return p->cut;
}

static void put(struct column *p, enum role role, const char *text)
{
    if (p->report)
        report_add(p->report, -1, role, 0, text);
    else if (!is_full(p))
        p->y += draw_wrapped(p->ui, rest(p, 0), plain(role), text);
}

static void put_named(struct column *p, const char *name, enum role role, const char *text)
{
    if (p->report)
        report_addf(p->report, -1, role, 0, "%-*s%s", NAME_COLS, name, *text ? text : "–");
    if (p->report || is_full(p))
        return;
    draw_text(p->ui, p->r.x, p->y, plain(ROLE_DIM_TEXT), name, NAME_COLS - 1);
    p->y += draw_wrapped(p->ui, rest(p, NAME_COLS), plain(role), *text ? text : "–");
}

static void gap(struct column *p)
{
    if (p->report)
        report_add(p->report, -1, ROLE_TEXT, 0, " ");
    p->y += p->r.h > 12;
}

static void put_swatch(struct column *p, const char *text)
{
    struct term_style s = {COLOR_DEFAULT, COLOR_DEFAULT, COLOR_DEFAULT, COLOR_NEAREST, 0, 0};
    uint32_t rgb;
    int x = p->r.x + NAME_COLS + text_width(text, strlen(text)) + 2;
    if (p->report || !color_rgb(text, &rgb) || p->y >= p->r.y + p->r.h || x + 4 > p->r.x + p->r.w)
        return;
    s.bg = (int32_t)rgb;
    term_style(p->ui->term, SWATCH_STYLE, &s);
    term_fill(p->ui->term, x, p->y, 4, 1, SWATCH_STYLE, ' ');
}

/* A whole text, not only its first line. */
static char *show_whole(setting_no no, const struct setting_value *v, const struct client_setting *known)
{
    bool text = v->type == SETTING_TEXT || v->type == SETTING_MULTILINE;
    return text ? x_strdup(v->s) : setting_show(no, v, known);
}

static void put_values(struct column *p, setting_no no)
{
    const struct settings_draft *d = p->ui->settings;
    const struct client_setting *known = settings_draft_known(d, no);
    const struct setting_value *stored = settings_draft_stored(d, no), *next = settings_draft_value(d, no);
    AUTO_FREE char *now = show_whole(no, stored, known);
    if (stored->type == SETTING_COLOR)
        put_swatch(p, now);
    put_named(p, "now", ROLE_VALUE, now);
    if (settings_draft_is_changed(d, no)) {
        AUTO_FREE char *then = show_whole(no, next, known);
        bool cleared = settings_draft_is_reset(d, no) && next->type == SETTING_SECRET;
        if (next->type == SETTING_COLOR)
            put_swatch(p, then);
        put_named(p, settings_draft_is_conflict(d, no) ? "mine" : "becomes", ROLE_CHANGED, cleared ? "cleared" : then);
    }
    if (stored->type != SETTING_SECRET) {
        struct setting_value standard;
        setting_value_default(no, &standard);
        AUTO_FREE char *text = show_whole(no, &standard, NULL);
        if (settings_draft_differs(d, no))
            put_named(p, "default", ROLE_DIM_TEXT, text);
        setting_value_free(&standard);
    }
    char origin[120];
    setting_origin(known, origin, sizeof origin);
    if (*origin)
        put_named(p, "from", ROLE_TEXT, origin);
}

static void put_conditions(struct column *p, setting_no no)
{
    struct buf words = BUF_INIT;
    for (const struct setting_condition *c = catalogue_row(no)->when; c && c->id; c++) {
        buf_puts(&words, words.len ? ", " : "");
        condition_describe(&words, c, false);
    }
    if (words.len)
        put_named(p, "needs", ROLE_TEXT, words.data);
    buf_clear(&words);
    setting_dependents_describe(&words, no, false);
    if (words.len)
        put_named(p, "needed by", ROLE_TEXT, words.data);
    buf_free(&words);
}

static void put_type(struct column *p, setting_no no)
{
    const struct setting_row *r = catalogue_row(no);
    struct buf words = BUF_INIT;
    buf_puts(&words, setting_type_name(no));
    if (r->unit)
        buf_printf(&words, " of %s", r->unit);
    if (r->min > INT32_MIN && (r->min || r->max))
        buf_printf(&words, ", at least %lld", (long long)r->min);
    if (r->max && r->max < INT32_MAX)
        buf_printf(&words, ", at most %lld", (long long)r->max);
    if (*setting_format_words(r->format))
        buf_printf(&words, ": %s", setting_format_words(r->format));
    for (const struct setting_choice *c = r->choices; c && c->key; c++)
        buf_printf(&words, "%s%s", c == r->choices ? ": " : ", ", c->label);
    put_named(p, "type", ROLE_DIM_TEXT, words.data);
    buf_free(&words);
}

static void put_setting(struct column *p, setting_no no)
{
    const struct ui *ui = p->ui;
    const struct setting_row *row = catalogue_row(no);
    const struct client_setting *known = settings_draft_known(ui->settings, no);
    char why[200];
    if (settings_draft_is_conflict(ui->settings, no))
        put(p, ROLE_ERROR, "Somebody else changed it meanwhile: c decides whose value counts.");
    if (!settings_draft_applies(ui->settings, no, why, sizeof why)) {
        AUTO_FREE char *text = x_asprintf("Has no effect now: %s.", why);
        put(p, ROLE_CHANGED, text);
    }
    if (row->type == SETTING_ACTION)
        put(p, ROLE_CHANGED, "Enter runs it.");
    put(p, ROLE_TEXT, row->help);
    gap(p);
    if (row->type != SETTING_ACTION)
        put_values(p, no);
    put_type(p, no);
    put_named(p, "id", ROLE_DIM_TEXT, row->id);
    put_conditions(p, no);
    if (known == NULL && ui->model->state == CLIENT_ONLINE && row->type != SETTING_ACTION)
        put_named(p, "note", ROLE_CHANGED, "this server does not tell this setting");
}

void setting_detail_paint(struct ui *ui, setting_no no, struct rect r)
{
    struct column p = {ui, r, r.y, NULL, false};
    p.y += draw_wrapped(ui, (struct rect){r.x, r.y, r.w, r.h > 6 ? 3 : 1}, plain(ROLE_STRONG), catalogue_row(no)->label);
    put_setting(&p, no);
    if ((p.cut || p.y >= r.y + r.h) && r.w > 12)
        draw_text(ui, r.x + r.w - 10, r.y + r.h - 1, plain(ROLE_BAR_LABEL), " i: more…", 10);
}

static void info_fill(struct report *s, void *arg)
{
    struct column p = {.ui = report_ui(s), .report = s};
    report_clear(s);
    put_setting(&p, (setting_no)(intptr_t)arg);
}

void setting_info(struct ui *ui, setting_no no)
{
    static const unsigned contexts[] = {CTX_DIALOG, CTX_LIST, 0};
    static const struct report_key foot[] = {{CMD_CANCEL, "Close"}, {CMD_CANCEL, NULL}};
    static const struct report_ops ops = {.name = "info", .contexts = contexts, .foot = foot, .changed = info_fill};
    struct report *s = report_new(ui, catalogue_row(no)->label, &ops, (void *)(intptr_t)no);
    info_fill(s, (void *)(intptr_t)no);
    report_show(s);
}

void setting_button_paint(struct ui *ui, const struct setting_button *b, struct rect r)
{
    struct column p = {ui, r, r.y, NULL, false};
    char why[200];
    put(&p, ROLE_STRONG, b->label);
    if (setting_button_applies(ui, b, why, sizeof why)) {
        put(&p, ROLE_CHANGED, "Enter runs it.");
    } else {
        AUTO_FREE char *text = x_asprintf("Cannot be run now: %s.", why);
        put(&p, ROLE_CHANGED, text);
    }
    put(&p, ROLE_TEXT, b->help);
    gap(&p);
    put_named(&p, "type", ROLE_DIM_TEXT, "action");
    AUTO_FREE char *method = x_asprintf("%s%s%s", b->method, b->action ? " " : "", b->action ? b->action : "");
    put_named(&p, "method", ROLE_DIM_TEXT, method);
}
