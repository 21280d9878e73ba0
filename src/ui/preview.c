#include "ui/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/mem.h"
#include "ui/draw.h"

#define STYLE_ONLINE 1001 /* styles of their own for the colours of the widget */
#define STYLE_OFFLINE 1002
#define WIDGET_COLS 34

bool preview_of(enum record_kind_no kind)
{
    return kind == RECORD_APPEARANCE || kind == RECORD_CANNED;
}

/* --- a canned response --- */

struct filling {
    const char *placeholder, *value;
};

static char *fill(const char *text, const struct filling *f, size_t n)
{
    struct buf b = BUF_INIT;
    while (*text) {
        size_t i = 0;
        while (i < n && strncmp(text, f[i].placeholder, strlen(f[i].placeholder)) != 0)
            i++;
        if (i < n) {
            buf_puts(&b, f[i].value);
            text += strlen(f[i].placeholder);
        } else {
            buf_putc(&b, *text++);
        }
    }
    return b.len ? buf_take(&b) : x_strdup("");
}

static void paint_canned(struct ui *ui, const struct record *record, struct rect r)
{
    const struct client_me *me = &ui->model->me;
    const struct filling sample[] = {
        {"{{contact.name}}", "Vera Vogel"},
        {"{{contact.email}}", "vera@example.com"},
        {"{{contact.phone}}", "+49 30 1234"},
        {"{{agent.name}}", me->name && *me->name ? me->name : me->username ? me->username : "Agent"},
        {"{{agent.email}}", "agent@example.com"}};
    int text = record_field_find(record_kind(RECORD_CANNED), "text");
    AUTO_FREE char *filled = fill(record_text(&record->values[text]), sample, COUNT_OF(sample));
    draw_clip(ui, r.x, r.y, plain(ROLE_DIM_TEXT), "As Vera Vogel would get it from you:", r.w);
    int y = r.y + 2;
    draw_clip(ui, r.x, y++, plain(ROLE_OWN), sample[3].value, r.w);
    if (y < r.y + r.h)
        draw_wrapped(ui, (struct rect){r.x, y, r.w, r.y + r.h - y}, 0, *filled ? filled : "(no text yet)");
}

/* --- the widget --- */

static const char *text_of(const struct record *r, const char *key)
{
    int i = record_field_find(record_kind(RECORD_APPEARANCE), key);
    return record_text(&r->values[i]);
}

static bool is_on(const struct record *r, const char *key)
{
    return strcmp(text_of(r, key), "true") == 0;
}

/* Light text on dark colours and the other way round, as the widget does. */
static void title_style(struct ui *ui, unsigned style, const char *color)
{
    struct term_style s = {0xFFFFFF, 0x1D74F5, 15, 4, 0, 0};
    size_t n = strlen(color);
    if (*color == '#' && n == 7) {
        s.bg = (int32_t)strtol(color + 1, NULL, 16);
    } else if (*color == '#' && n == 4) {
        int32_t v = (int32_t)strtol(color + 1, NULL, 16);
        s.bg = (v >> 8) * 0x110000 + ((v >> 4) & 15) * 0x1100 + (v & 15) * 0x11;
    }
    int light = ((s.bg >> 16) & 255) * 299 + ((s.bg >> 8) & 255) * 587 + (s.bg & 255) * 114;
    s.fg = light > 150000 ? 0x000000 : 0xFFFFFF;
    s.fg16 = light > 150000 ? 0 : 15;
    s.bg16 = COLOR_NEAREST;
    term_style(ui->term, style, &s);
}

struct pen {
    struct ui *ui;
    struct rect r;   /* inside of the widget's frame */
    int y;
};

static void frame(struct pen *p, const char *title, unsigned style, struct rect r)
{
    p->r = (struct rect){r.x + 2, r.y + 1, r.w - 4, r.h - 2};
    p->y = p->r.y + 2;
    draw_box(p->ui, r, plain(ROLE_BORDER));
    term_fill(p->ui->term, r.x + 1, r.y + 1, r.w - 2, 1, style, ' ');
    draw_clip(p->ui, p->r.x, r.y + 1, style, title, p->r.w);
}

static int left(const struct pen *p)
{
    return p->r.y + p->r.h - p->y;
}

static void say(struct pen *p, unsigned style, const char *text, int most)
{
    int h = left(p) < most ? left(p) : most;
    if (h > 0 && *text)
        p->y += draw_wrapped(p->ui, (struct rect){p->r.x, p->y, p->r.w, h}, style, text);
}

static void field(struct pen *p, const char *label)
{
    if (left(p) < 1)
        return;
    term_fill(p->ui->term, p->r.x, p->y, p->r.w, 1, plain(ROLE_FIELD), ' ');
    draw_clip(p->ui, p->r.x + 1, p->y, plain(ROLE_FIELD), label, p->r.w - 2);
    p->y += 1;
}

static void button(struct pen *p, const char *label, unsigned style)
{
    if (left(p) < 1)
        return;
    term_fill(p->ui->term, p->r.x, p->y, p->r.w, 1, style, ' ');
    draw_clip(p->ui, p->r.x + (p->r.w - (int)strlen(label)) / 2, p->y, style, label, p->r.w);
    p->y += 2;
}

static void paint_registration(struct pen *p, const struct record *r)
{
    say(p, 0, text_of(r, "Livechat_registration_form_message"), 2);
    if (is_on(r, "Livechat_name_field_registration_form"))
        field(p, "Name");
    if (is_on(r, "Livechat_email_field_registration_form"))
        field(p, "E-mail");
    button(p, "Start chat", STYLE_ONLINE);
}

static void paint_chat(struct pen *p, const struct record *r)
{
    char input[64];
    if (is_on(r, "Livechat_show_agent_info"))
        say(p, plain(ROLE_AGENT), is_on(r, "Livechat_show_agent_email") ? "Grace · grace@example.com" : "Grace", 1);
    say(p, 0, "Good day, how can I help you?", 1);
    if (is_on(r, "Livechat_enable_message_character_limit"))
        snprintf(input, sizeof input, "Type here      0/%.10s", text_of(r, "Livechat_message_character_limit"));
    else
        snprintf(input, sizeof input, "Type here");
    field(p, input);
    say(p, plain(ROLE_SYSTEM), text_of(r, "Livechat_conversation_finished_message"), 1);
    say(p, plain(ROLE_DIM_TEXT), text_of(r, "Livechat_conversation_finished_text"), 2);
}

static void paint_offline(struct pen *p, const struct record *r)
{
    const char *message = text_of(r, "Livechat_offline_message"),
               *away = text_of(r, "Livechat_offline_form_unavailable"),
               *done = text_of(r, "Livechat_offline_success_message");
    if (!is_on(r, "Livechat_display_offline_form")) {
        say(p, 0, *away ? away : "(no text: Offline Form Unavailable Message is empty)", 4);
        return;
    }
    say(p, 0, *message ? message : "We are not online right now. Please leave us a message.", 2);
    field(p, "Name");
    field(p, "E-mail");
    field(p, "Message");
    button(p, "Send", STYLE_OFFLINE);
    say(p, plain(ROLE_DIM_TEXT), *done ? done : "Thank you.", 1);
}

static void paint_widget(struct ui *ui, const struct record *record, struct rect r)
{
    struct pen p = {.ui = ui};
    const char *offline = text_of(record, "Livechat_offline_title");
    int w = r.w < WIDGET_COLS ? r.w : WIDGET_COLS, half = r.h / 2;
    bool both = r.h >= 18, side = r.w >= 2 * WIDGET_COLS + 2;
    title_style(ui, STYLE_ONLINE, text_of(record, "Livechat_title_color"));
    title_style(ui, STYLE_OFFLINE, text_of(record, "Livechat_offline_title_color"));
    int h = both && !side ? half : r.h;
    if (h > 16)
        h = 16;
    frame(&p, text_of(record, "Livechat_title"), STYLE_ONLINE, (struct rect){r.x, r.y, w, h});
    if (is_on(record, "Livechat_registration_form"))
        paint_registration(&p, record);
    paint_chat(&p, record);
    if (!both && !side)
        return;
    frame(&p, *offline ? offline : "Leave a message", STYLE_OFFLINE,
          side ? (struct rect){r.x + w + 2, r.y, w, h} : (struct rect){r.x, r.y + h, w, h});
    paint_offline(&p, record);
}

void preview_paint(struct ui *ui, enum record_kind_no kind, const struct record *record, struct rect r)
{
    if (kind == RECORD_CANNED)
        paint_canned(ui, record, r);
    else if (kind == RECORD_APPEARANCE)
        paint_widget(ui, record, r);
}
