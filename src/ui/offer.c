/* Offers and pauses: what the server asks of the agent, and why he gets no chats just now, at the top of the screen with
   the seconds that are left; and his answers. */
#include <stdio.h>
#include <string.h>

#include "common/mem.h"
#include "ui/draw.h"
#include "ui/ui_priv.h"

static int64_t seconds_left(const struct ui *ui, int64_t until_ms)
{
    int64_t left = (until_ms - ui_now(ui) + 999) / 1000;
    return left > 0 ? left : 0;
}

const struct client_inquiry *offer_mine(const struct ui *ui)
{
    for (size_t i = 0; i < ui->model->queue_count; i++)
        if (ui->model->queue[i]->offer_until_ms > 0)
            return ui->model->queue[i];
    return NULL;
}

bool offer_ticks(const struct ui *ui)
{
    const struct client_inquiry *q = offer_mine(ui);
    const struct client_me *me = &ui->model->me;
    return (q && seconds_left(ui, q->offer_until_ms) > 0) || (me->pause && seconds_left(ui, me->pause_until_ms) > 0);
}

void offer_words(const struct ui *ui, const struct client_inquiry *q, char *out, size_t n)
{
    snprintf(out, n, "offered to you: %lld s", (long long)seconds_left(ui, q->offer_until_ms));
}

static void key_of(struct ui *ui, const char *command, char *out, size_t n)
{
    unsigned contexts[8];
    size_t count = ui_contexts(ui, ui_target(ui), contexts);
    if (!keymap_key_of(ui->keymap, contexts, count, command, out, n))
        snprintf(out, n, ":%s", command);
}

/* From the right: what matters most keeps its place when there is little room. */
static int paint_offer(struct ui *ui, const struct client_inquiry *q, int room, int w)
{
    char take[32], decline[32], keys[120];
    const char *name = q->visitor_name ? q->visitor_name : "a visitor";
    key_of(ui, "take-next", take, sizeof take);
    key_of(ui, "decline", decline, sizeof decline);
    snprintf(keys, sizeof keys, " %lld s  %s take  %s decline ", (long long)seconds_left(ui, q->offer_until_ms), take,
             decline);
    int keys_w = (int)strlen(keys), name_w = text_width(name, strlen(name));
    if (keys_w + 6 > room) {
        snprintf(keys, sizeof keys, " %lld s ", (long long)seconds_left(ui, q->offer_until_ms));
        keys_w = (int)strlen(keys);
    }
    if (name_w > room - keys_w - 2)
        name_w = room - keys_w - 2;
    if (name_w < 0)
        return 0;
    int x = w - keys_w - name_w - 2;
    draw_text(ui, x, 0, plain(ROLE_STATUS_BAD), "▶ ", 2);
    draw_clip(ui, x + 2, 0, plain(ROLE_STATUS_BAD), name, name_w);
    draw_text(ui, x + 2 + name_w, 0, plain(ROLE_STATUS_WARN), keys, keys_w);
    return w - x;
}

static int paint_pause(struct ui *ui, int room, int w)
{
    const struct client_me *me = &ui->model->me;
    char text[64];
    snprintf(text, sizeof text, "◐ %s %lld s ", str_eq(me->pause, "wrap-up") ? "wrap-up" : "paused",
             (long long)seconds_left(ui, me->pause_until_ms));
    int text_w = text_width(text, strlen(text));
    if (text_w > room)
        return 0;
    draw_text(ui, w - text_w, 0, plain(ROLE_STATUS_WARN), text, text_w);
    return text_w;
}

int offer_paint(struct ui *ui, int room)
{
    const struct client_inquiry *q = offer_mine(ui);
    int w = term_cols(ui->term);
    if (q)
        return paint_offer(ui, q, room, w);
    return ui->model->me.pause ? paint_pause(ui, room, w) : 0;
}

int offer_decline(struct ui *ui, struct error *err)
{
    const struct client_inquiry *q = offer_mine(ui);
    if (q == NULL)
        return error_set(err, ERR_STATE, NULL, "No chat is offered to you");
    client_decline(ui->client, q->rid, ui_done, ui);
    return 0;
}

int offer_end_pause(struct ui *ui, struct error *err)
{
    if (ui->model->me.pause == NULL)
        return error_set(err, ERR_STATE, NULL, "You have neither wrap-up time nor a pause");
    client_end_pause(ui->client, ui_done, ui);
    return 0;
}
