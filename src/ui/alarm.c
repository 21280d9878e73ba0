/* The bell that does not stop: while a chat of mine was never looked at, it sounds again and again
   (Livechat_continuous_sound_notification_new_livechat_room, behaviour 6.6). */
#include "ui/settings_draft.h"
#include "ui/ui_priv.h"

#define REPEAT_MS 3000

static bool is_wanted(const struct ui *ui)
{
    if (!ui->started || ui->no_bell || ui->model->state != CLIENT_ONLINE ||
        !settings_draft_stored_bool(ui->settings, "Livechat_continuous_sound_notification_new_livechat_room"))
        return false;
    for (size_t i = 0; i < ui->model->room_count; i++) {
        const struct client_room *r = ui->model->rooms[i];
        if (r->mine && r->open && r->never_read)
            return true;
    }
    return false;
}

static void on_alarm(uv_timer_t *t)
{
    struct ui *ui = t->data;
    if (!is_wanted(ui)) {
        uv_timer_stop(t);
        return;
    }
    term_bell(ui->term);
    ui_schedule(ui);
}

void alarm_check(struct ui *ui)
{
    if (!is_wanted(ui))
        uv_timer_stop(&ui->alarm);
    else if (!uv_is_active((uv_handle_t *)&ui->alarm))
        uv_timer_start(&ui->alarm, on_alarm, REPEAT_MS, REPEAT_MS);
}
